import type { Config } from "../config/load.ts";
import type { Plan } from "../core/plan/plan.ts";
import type { ForgeSettings, RunSettings } from "../core/run/settings.ts";

/** The repository on GitHub that a run works with, as far as its settings say so. */
export interface ForgeHome {
  readonly owner: string;
  readonly name: string;
}

/** What a run waits for and does on its forge, frozen with the rest of its settings. */
export function forgeSettings(config: Config, plan: Plan, home: ForgeHome): ForgeSettings {
  const { ci, review, merge, close, pullRequest, labels } = config;
  const hasIssues = plan.source.kind === "github" || plan.source.truth?.kind === "github";
  return {
    kind: "github",
    repository: `${home.owner}/${home.name}`,
    milestone: milestoneOf(plan),
    hasIssues,
    taskBranch: config.branches.task,
    closes: { issues: close.issues && hasIssues, milestone: close.milestone },
    ci: {
      wait: ci.wait,
      timeoutMs: ci.timeoutMs,
      pollMs: ci.pollMs,
      noneAfterMs: ci.noneAfterMs,
    },
    reviews: { waitFor: review.waitFor, timeoutMs: review.timeoutMs },
    mergeMethod: merge.method,
    update: merge.update,
    deletesBranch: merge.deleteBranch,
    opensDraft: pullRequest.draft,
    labels: pullRequest.labels,
    colours: labels,
  };
}

/** Who lands: on a forge by its pull request unless told otherwise; here only a person does, by `cairn land --yes`. */
export function landOf(config: Config, isForge: boolean): RunSettings["land"] {
  return isForge ? config.land : "manual";
}

const MILESTONE = / milestone (\d+)$/u;

/** Number of the milestone on the forge; a list of issues has none of its own. */
function milestoneOf(plan: Plan): number | null {
  const reference = plan.source.kind === "github" ? plan.source : plan.source.truth;
  const number = MILESTONE.exec(reference?.reference ?? "")?.[1];
  return number === undefined ? null : Number(number);
}
