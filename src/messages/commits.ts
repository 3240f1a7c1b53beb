import type { Task } from "../core/run/run.ts";

const TYPES: Readonly<Record<string, string>> = {
  CODING: "feat",
  VALIDATION: "test",
  RESEARCH: "docs",
  MIXED: "feat",
};

/** `type(scope): text (#N)`; the scope is left out where nobody named one. */
export function commitTitle(task: Task): string {
  const type = TYPES[task.issue.type] ?? "feat";
  const title = task.issue.title.replaceAll(/\s+/g, " ").trim();
  return `${type}: ${title} (${task.key.startsWith("#") ? task.key : `#${task.issue.number}`})`;
}

/** Message of a commit that Cairn makes of what an agent left in its tree. */
export function commitMessage(task: Task, options: { readonly committedByCairn: boolean }): string {
  const trailer = options.committedByCairn
    ? "\n\nCommitted-by: Cairn, from what the agent left in its tree"
    : "";
  return `${commitTitle(task)}${trailer}`;
}

/** Message of the commit that holds what the owner's repairing commands changed. */
export function autofixMessage(task: Task): string {
  const number = task.key.startsWith("#") ? task.key : `#${task.issue.number}`;
  return `style: run the repairing commands (${number})\n\nCommitted-by: Cairn, from gates.autofix`;
}

/** Message of the commit that writes into the source's own file what was brought home. */
export function progressMessage(path: string): string {
  return `docs: mark what is done in ${path}\n\nMarked-by: Cairn\n`;
}

/** Message of the squash commit on the integration branch. */
export function mergeMessage(task: Task): string {
  return `${commitTitle(task)}\n\nIssue: ${task.key}\nPull-request: ${task.pullRequest?.number ?? "none"}\n`;
}

/** Message of the commit that takes a merged task back. */
export function revertMessage(task: Task, landed: string): string {
  return `revert: ${commitTitle(task)}\n\nThis takes back commit ${landed}.\n\nIssue: ${task.key}\n`;
}

/** Message of the commit that a stacked task begins on: the unmerged work that it waits for. */
export function stackMessage(task: string, tips: readonly { readonly task: string }[]): string {
  const below = tips.map((tip) => tip.task).join(", ");
  return `Begin ${task} on ${below}\n\nHolds work that is not merged yet, for this branch to stand on.\n`;
}
