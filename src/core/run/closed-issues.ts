import { stopTask } from "../review/fix-round.ts";
import { owedActions } from "./admission.ts";
import type { RunEvent, TaskEvent } from "./events.ts";
import type { Run, Step, Task } from "./run.ts";
import { isTerminal } from "./task-state.ts";

/**
 * Row 24: what follows from one issue that others closed; called until it answers nothing. Completed without a commit
 * of ours, its task is done elsewhere. Else a person is asked, once, when nothing of the task is under way; without one
 * it is skipped.
 */
export function closedIssues(run: Run): readonly RunEvent[] {
  if (!["running", "draining", "waiting"].includes(run.status)) return [];
  for (const task of run.tasks.values()) {
    if (task.issueClosed !== "unasked" || isTerminal(task.status)) continue;
    const events = afterClosing(run, task);
    if (events.length > 0) return [...events, ...wakes(run, events)];
  }
  return [];
}

function afterClosing(run: Run, task: Task): readonly TaskEvent[] {
  const owed = [...owedActions(run)].filter(
    (action) => "task" in action && action.task === task.key,
  );
  // Its receipt will tell whether the work is on the branch.
  if (owed.some(({ type }) => type === "MergePullRequest")) return [];
  const { closedAs } = task.issue;
  if (closedAs === "completed" && !hasWork(task)) {
    const detail = `The issue ${task.key} was closed as completed by others.`;
    return [
      {
        type: "TaskSkipped",
        task: task.key,
        reason: "done-elsewhere",
        detail,
        by: "the milestone",
      },
    ];
  }
  const isAsked = run.settings.mode === "interactive";
  const isBusy = owed.length > 0 || task.session !== null || task.status === "escalated";
  if (isAsked && isBusy) return [];
  const how = HOW[closedAs ?? "completed"];
  return stopTask(run, task, {
    kind: "issue-closed",
    reason: "issue-closed",
    text: `The issue ${task.key} was closed ${how}${hasWork(task) ? " while there is work on it" : ""}.`,
    options: ["continue", "skip", "abort"],
    default: "skip",
  });
}

const HOW: Readonly<Record<"completed" | "not-planned" | "duplicate", string>> = {
  completed: "as completed",
  "not-planned": "as not planned",
  duplicate: "as a duplicate",
};

const WITH_WORK: ReadonlySet<string> = new Set(["reviewing", "fixing", "queued", "merging"]);
const BEHIND_A_COMMIT: ReadonlySet<Step["at"]> = new Set(["commit", "gates", "publish"]);

/** True once a commit of ours is known. */
function hasWork(task: Task): boolean {
  const { status, step } = task.status === "escalated" ? (task.cameFrom ?? task) : task;
  return (
    task.head !== null ||
    task.pullRequest !== null ||
    (task.report?.commits.length ?? 0) > 0 ||
    WITH_WORK.has(status) ||
    BEHIND_A_COMMIT.has(step.at)
  );
}

/** Row 34. */
function wakes(run: Run, events: readonly TaskEvent[]): readonly RunEvent[] {
  if (run.status !== "waiting" || !events.some(({ type }) => type === "TaskSkipped")) return [];
  return [{ type: "RunResumed", by: "the milestone", afterPanic: false, acknowledged: false }];
}
