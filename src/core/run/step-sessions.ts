import type { AgentReport } from "../execute/agent-report.ts";
import type { CommitSha } from "../shared/names.ts";
import type { TaskEvent } from "./events.ts";
import type { Work } from "./outcomes.ts";
import type { Run, Task } from "./run.ts";

/** True where the branch stands as it did before this turn's work: in a fix round at the accepted head. */
export function isWhereItBegan(task: Task, head: CommitSha): boolean {
  if (task.status === "fixing") return head === task.head;
  // A part that goes on as one is no beginning.
  const part = task.owesFollowUps ? null : task.partAt;
  return head === (task.stepsDone.at(-1)?.commit ?? task.workspace?.forkPoint) || head === part;
}

/** Something of the task is done already, by sessions before this one. */
export function hasBegun(task: Task): boolean {
  return task.stepsDone.length > 0 || (task.partAt ?? null) !== null;
}

/** One session for each step of the issue: the next one begins where this one ended. Null: nothing is left but the whole. */
export function nextStepDone(
  run: Run,
  task: Task,
  report: AgentReport | null,
  work: Work,
): TaskEvent | null {
  const steps = task.issue.steps?.length ?? 0;
  const isStepwise = run.settings.discipline?.stepSessions === true && task.status === "running";
  const index = task.stepsDone.length;
  if (!isStepwise || report?.status === "partial" || index + 1 >= steps) return null;
  const step = { at: "session", reminder: null, continues: null } as const;
  return { type: "StepDone", task: task.key, index, commit: work.head, step };
}
