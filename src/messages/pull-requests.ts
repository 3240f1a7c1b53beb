import type { Run, Task } from "../core/run/run.ts";
import { commitTitle } from "./commits.ts";

/** Title of a task's pull request: the title of the commit it becomes. */
export function pullRequestTitle(task: Task): string {
  return commitTitle(task);
}

/** Body of a task's pull request: what it is for, what was promised, what Cairn checked. */
export function pullRequestBody(run: Run, task: Task): string {
  const criteria = task.issue.acceptanceCriteria.map((criterion) => `- ${criterion}`);
  const review =
    run.settings.review.mode === "none"
      ? "Not reviewed by Cairn."
      : "Reviewed by a fresh session before it leaves draft.";
  return [
    `## Summary`,
    "",
    task.report?.summary ?? "The agent gave no report; the commits speak for themselves.",
    "",
    ...(criteria.length === 0 ? [] : ["## Acceptance criteria", "", ...criteria, ""]),
    "## Checks",
    "",
    `Gates: ${run.settings.gates.preMerge.map((gate) => gate.name).join(", ") || "none configured"}. ${review}`,
    "",
    `Closes ${task.key}`,
    "",
  ].join("\n");
}
