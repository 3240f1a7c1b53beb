import type { Run } from "../run/run.ts";
import type { CommitSha, TaskKey } from "../shared/names.ts";
import { mayRevert } from "./red-whole.ts";
import type { Report } from "./report.ts";
import type { Block } from "./sections.ts";
import { shortCommit } from "./words.ts";

/** How one merged task is taken back; history that others may have is never rewritten. */
export interface TaskRollBack {
  readonly task: TaskKey;
  readonly commit: CommitSha;
  /** While nothing has landed; null: it has, or it was merged by hand. */
  readonly before: string | null;
  /** On the target, once it is there. */
  readonly after: string;
}

/** Commands that take all of it back, or where nothing has landed the newest merge. */
export function rollBackOf(run: Run): readonly string[] {
  const { integrationBranch, target } = run.settings;
  if (run.landed !== null && integrationBranch !== target)
    return [`git switch ${run.landed.target}`, `git revert -m 1 ${run.landed.commit}`];
  const [newest] = taskRollBacks(run);
  if (newest === undefined) return [];
  return newest.before === null
    ? [`git switch ${integrationBranch}`, newest.after]
    : [newest.before];
}

/** Each merged task, the newest first: the order in which several are taken back. */
export function taskRollBacks(run: Run): readonly TaskRollBack[] {
  const parent = run.settings.mergeMethod === "merge" ? "-m 1 " : "";
  return run.merged.toReversed().flatMap((key) => {
    const { mergedCommit: commit = null, mergedOnto = null } = run.tasks.get(key) ?? {};
    // What was found on the branch has no commit of its own to take back.
    if (commit === null || commit === mergedOnto) return [];
    const before = mayRevert(run, key) ? `cairn revert ${key}` : null;
    return [{ task: key, commit, before, after: `git revert ${parent}${commit}` }];
  });
}

/** The section of a report. */
export function rollBackBlocks(report: Report): readonly Block[] {
  if (report.rollBack.length === 0) return [];
  const { landed, target, integrationBranch, taskRollBacks: tasks } = report;
  const whole: Block = { kind: "commands", lines: report.rollBack };
  if (integrationBranch === target) return [words("The newest merge:"), whole, table(tasks)];
  if (landed !== null)
    return [
      words("The whole landing, by one commit that undoes it:"),
      whole,
      words(`One task of it, by a commit on top of ${landed.target}:`),
      table(tasks),
    ];
  return [
    words(
      `All of it: do not land it, ${target} has not moved. The newest merge, by a commit that undoes it and passes the gates first:`,
    ),
    whole,
    table(tasks),
  ];
}

function table(tasks: readonly TaskRollBack[]): Block {
  const isAfter = tasks.every(({ before }) => before === null);
  return {
    kind: "table",
    head: isAfter ? ["Task", "Command"] : ["Task", "Before the landing", "After it"],
    rows: tasks.map(({ task, before, after, commit }) => {
      // A table may be cut to the width of a terminal; a command is there to be copied.
      const short = after.replace(commit, shortCommit(commit));
      return isAfter ? [task, short] : [task, before ?? "by hand", short];
    }),
  };
}

function words(text: string): Block {
  return { kind: "text", text };
}
