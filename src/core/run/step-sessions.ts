import type { AgentReport } from "../execute/agent-report.ts";
import type { TaskEvent } from "./events.ts";
import type { Work } from "./outcomes.ts";
import type { Run, Task } from "./run.ts";

/** Where the branch stood before this turn's work: at the accepted head in a fix round, else behind the last step that is done. */
export function beganAt(task: Task): string | null | undefined {
  if (task.status === "fixing") return task.head;
  return task.stepsDone.at(-1)?.commit ?? task.workspace?.forkPoint;
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
