import { accept, refuse, type CommandResult } from "./command-result.ts";
import type { Command } from "./commands.ts";
import type { Run, Task } from "./run.ts";

const GOES: ReadonlySet<string> = new Set(["running", "waiting", "complete"]);

/**
 * A person takes a merged task back: a revert commit through the same gates. What others may have is never rewritten,
 * so a landing is taken back on the target by a person's own hand, with the commands that are printed.
 */
export function revertTask(run: Run, task: Task, command: Command): CommandResult {
  if (task.status !== "merged")
    return refuse(`${task.key} is ${task.status}; only what was merged can be taken back.`);
  const { mergedCommit, mergedOnto } = task;
  if (run.landed !== null || run.settings.targetPolicy === "direct")
    return refuse(landedAlready(run, task));
  if (mergedCommit !== null && mergedOnto === mergedCommit)
    return refuse(
      `No merge of this run brought ${task.key}: its change was on ${run.settings.integrationBranch} already.`,
    );
  if (mergedCommit === null || mergedOnto === null)
    return refuse(
      `${task.key} was merged by hand, not by this run. On ${run.settings.integrationBranch}: git revert ${mergedCommit ?? "COMMIT"}.`,
    );
  if (run.revert !== null)
    return refuse(`${run.revert.task} is being taken back at this moment. Look again when it is.`);
  if (!GOES.has(run.status)) {
    const rests = run.status === "paused" || run.status === "halted";
    const first = rests ? "First: cairn resume; then" : "When it is not any more";
    return refuse(`The run is ${run.status}. ${first}: cairn revert ${task.key}.`);
  }
  return accept(
    [{ type: "RevertRequested", task: task.key, by: command.by }],
    `${task.key} is taken back by a revert commit, as soon as that has passed the gates. Its branch and its commits are kept.`,
  );
}

function landedAlready(run: Run, { key, mergedCommit }: Task): string {
  const { target, mergeMethod } = run.settings;
  const commit = mergedCommit ?? "COMMIT";
  const parent = mergeMethod === "merge" ? "-m 1 " : "";
  return `${key} is on ${target} already, and what others may have is not rewritten. A revert on top: git switch ${target} && git revert ${parent}${commit}.`;
}
