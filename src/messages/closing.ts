import { shortCommit } from "../core/report/words.ts";
import type { Run, Task } from "../core/run/run.ts";

/**
 * True where Cairn closes the issues of merged tasks itself: closing words in a pull request work only on the forge's
 * default branch, and a milestone branch is none.
 */
export function closesIssue(run: Run): boolean {
  const { forge, targetPolicy } = run.settings;
  return forge?.closes.issues === true && forge.hasIssues && targetPolicy === "integration";
}

/** The one comment on an issue whose work was merged into the milestone branch: where it is, and how it goes on. */
export function mergedIntoIntegration(run: Run, task: Task): string {
  const { integrationBranch } = run.settings;
  const by = task.pullRequest === null ? "" : ` by #${task.pullRequest.number}`;
  const as = task.mergedCommit === null ? "" : ` as ${shortCommit(task.mergedCommit)}`;
  const { followUps } = task;
  const rest =
    followUps.length === 0
      ? ""
      : ` It was done in part: what is left is in ${followUps.join(", ")}.`;
  return `Merged into \`${integrationBranch}\`${by}${as}; ${landsWith(run)}.${rest}`;
}

/** The same comment when the work was taken back, and the issue is open again. */
export function takenBack(run: Run, task: Task): string {
  const { integrationBranch } = run.settings;
  const isKept = run.settings.forge?.deletesBranch !== true;
  const where = isKept ? `; the work itself is still on \`${task.branch}\`` : "";
  return `Taken back from \`${integrationBranch}\` by a commit that undoes it${where}.`;
}

/** On the issue whose place another one took after a conflict. */
export function broughtByOther(run: Run, task: Task): string {
  return `Its work came home with ${task.key}, which took its place after a conflict. ${mergedIntoIntegration(run, task)}`;
}

/** How what is on the milestone branch comes to the target. */
function landsWith(run: Run): string {
  const { integrationBranch, target } = run.settings;
  if (run.landed !== null)
    return `landed on \`${run.landed.target}\` as ${shortCommit(run.landed.commit)}`;
  const opened = run.landingPullRequest;
  if (opened !== null) return `lands on \`${target}\` with ${opened.url ?? `#${opened.number}`}`;
  return `lands on \`${target}\` with the milestone branch \`${integrationBranch}\``;
}
