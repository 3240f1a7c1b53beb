import type { Run, RunStatus } from "../run/run.ts";
import type { TaskKey } from "../shared/names.ts";
import type { ReportTask } from "./report.ts";

/** What was done in parts, a line for each issue that took over a rest: `4.1b (merged) is a follow-up of 4.1`. */
export function followUpLines(tasks: readonly ReportTask[]): readonly string[] {
  return tasks.flatMap(({ key, followUpOf, outcome }) => {
    if (followUpOf === undefined) return [];
    const original = tasks.find((task) => task.key === followUpOf);
    const part = original === undefined ? "" : `, of which a part is ${original.outcome}`;
    return [`${key} (${outcome}) is a follow-up of ${followUpOf}${part}.`];
  });
}

/** From then on nobody writes into the source any more, unless the run goes on. */
const WRITTEN: ReadonlySet<RunStatus> = new Set(["complete", "cancelled", "waiting", "landing"]);

/** Follow-ups that joined the run and are in no file of its source: the next reading would not know of them. */
export function unwrittenFollowUps(run: Run): readonly TaskKey[] {
  const source = run.plan?.source.truth ?? run.plan?.source;
  if (source === undefined || source.kind === "github" || !WRITTEN.has(run.status)) return [];
  const isTested = run.verified !== null || run.verifyFailed !== null || run.endedAt !== null;
  if (!isTested) return [];
  const { progress } = run;
  const written = new Set(progress !== null && "from" in progress ? progress.followUps : []);
  const planned = new Set(run.plan?.issues.map(({ key }) => key));
  return [...run.tasks.values()].flatMap(({ key, issue }) => {
    const original = run.tasks.get(issue.followUpOf ?? "");
    // Without its part on the branch the original is still to be done as a whole.
    const isOwed = original?.status === "merged" && !planned.has(key) && !written.has(key);
    return isOwed ? [key] : [];
  });
}
