import type { Run, Task } from "../core/run/run.ts";

/**
 * True where Cairn closes issues itself: they live on this forge, and the owner wants it. Closing words in a pull request
 * count only where its base is the default branch, which a milestone branch never is.
 */
export function closesIssue(run: Run): boolean {
  return run.settings.forge?.closes.issues === true;
}

/** What is said on an issue whose pull request was merged into the milestone branch. */
export function mergedIntoIntegration(run: Run, task: Task): string {
  const { integrationBranch, target, targetPolicy } = run.settings;
  const by = task.pullRequest === null ? "" : ` by #${task.pullRequest.number}`;
  if (targetPolicy === "direct") return `Merged into \`${target}\`${by}.`;
  return `Merged into milestone branch \`${integrationBranch}\`${by}; lands with the milestone branch on \`${target}\`.`;
}
