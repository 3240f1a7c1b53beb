import { beadsProgress } from "../adapters/sources/beads/beads-source.ts";
import { dispatchProgress } from "../adapters/sources/dispatch/dispatch-progress.ts";
import { folderProgress } from "../adapters/sources/folder/folder-progress.ts";
import { markdownProgress } from "../adapters/sources/markdown/markdown-progress.ts";
import { specKitProgress } from "../adapters/sources/spec-kit/spec-kit-source.ts";
import { taskMasterProgress } from "../adapters/sources/task-master/task-master-source.ts";
import type { Config } from "../config/load.ts";
import type { Plan } from "../core/plan/plan.ts";
import type { Run } from "../core/run/run.ts";
import type { ProgressFile } from "../ports/source.ts";

/** Where the source of a run keeps how far it is; null: it keeps nothing in the repository, or nobody wants it written. */
export function progressFileOf(run: Run, config: Config): ProgressFile | null {
  if (run.plan === null) return null;
  // What joined the run is marked like what it began with.
  const known = new Set(run.plan.issues.map(({ key }) => key));
  const joined = [...run.tasks.values()].flatMap(({ issue }) =>
    known.has(issue.key) ? [] : issue,
  );
  return progressFileOfPlan({ ...run.plan, issues: [...run.plan.issues, ...joined] }, config);
}

function progressFileOfPlan(
  plan: Pick<Plan, "source" | "issues" | "handoff">,
  config: Config,
): ProgressFile | null {
  const { kind, reference } = plan.source;
  switch (kind) {
    case "markdown": {
      if (plan.handoff === null || config.sources.handoff === "off") return null;
      const titles = new Map(plan.issues.map((issue) => [issue.key, issue.title]));
      return markdownProgress(plan.handoff, titles);
    }
    case "folder":
      return folderProgress(reference, plan.issues);
    case "spec-kit":
      return specKitProgress(reference);
    case "task-master":
      return taskMasterProgress(reference);
    case "beads":
      return beadsProgress(reference);
    case "dispatch": {
      const { truth } = plan.source;
      // Made from another source, it only says how that one is to be run.
      return truth === undefined
        ? dispatchProgress(reference)
        : progressFileOfPlan({ ...plan, source: truth }, config);
    }
    // What a service has listed is the service's to keep.
    case "github":
    case "json":
      return null;
  }
}
