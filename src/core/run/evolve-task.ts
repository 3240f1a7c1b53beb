import type { TaskEvent } from "./events.ts";
import { DISCIPLINE_RULES } from "./discipline-rules.ts";
import { statesAfter } from "./failed-states.ts";
import { FORGE_RULES } from "./forge-rules.ts";
import { IllegalEvent } from "./illegal-event.ts";
import { MERGE_RULES } from "./merge-rules.ts";
import type { Run, Task } from "./run.ts";
import type { TaskEventMap, TaskRules } from "./task-rule.ts";
import { isTerminal } from "./task-state.ts";
import { TURN_RULES } from "./turn-rules.ts";
import { WORK_RULES } from "./work-rules.ts";

export { IllegalEvent } from "./illegal-event.ts";

/** The transition table of docs/state-machine.md, row by row. An event from another status is refused. */
export const TASK_RULES: TaskRules<TaskEvent["type"]> = {
  ...WORK_RULES,
  ...FORGE_RULES,
  ...DISCIPLINE_RULES,
  ...MERGE_RULES,
  ...TURN_RULES,
};

/** The task after the event. @throws IllegalEvent when the table has no such row. */
export function evolveTask(task: Task, event: TaskEvent, at: number): Task {
  const changes = applyRule(task, event.type, event, at);
  const stepNo = "step" in changes ? task.stepNo + 1 : task.stepNo;
  const next: Task = {
    ...task,
    ...changes,
    stepNo,
    changedAt: at,
    seen: seenAfter(task, event, changes),
  };
  return isTerminal(next.status) && !isTerminal(task.status) ? { ...next, endedAt: at } : next;
}

/** From the queue the same news is told twice, first back to review and then into a round: it is one state. */
function seenAfter(task: Task, event: TaskEvent, changes: Partial<Task>): readonly string[] {
  const isHalfway = event.type !== "AttemptFailed" && changes.rounds === undefined;
  return isHalfway && event.type !== "TaskRetried" ? task.seen : statesAfter(task, event);
}

function applyRule<T extends TaskEvent["type"]>(
  task: Task,
  type: T,
  event: TaskEventMap[T],
  at: number,
): Partial<Task> {
  const rule = TASK_RULES[type];
  if (!rule.from.includes(task.status)) {
    throw new IllegalEvent(type, `${task.key} is ${task.status}`);
  }
  return rule.apply(task, event, at);
}

/** True for facts about one task. */
export function isTaskEvent(event: { readonly type: string }): event is TaskEvent {
  return Object.hasOwn(TASK_RULES, event.type);
}

/** Keeps the run's records of who is merging, what was merged and how many rounds were opened in step with the tasks. */
export function noteTransition(run: Run, before: Task, after: Task): void {
  if (after.status === "merging") run.merging = after.key;
  else if (before.status === "merging") run.merging = null;
  if (after.status === "merged" && before.status !== "merged") run.merged.push(after.key);
  if (roundsOf(after) > roundsOf(before)) run.fixRounds += 1;
  if (isTerminal(after.status) !== isTerminal(before.status)) forgetDelays(run, after.key);
}

function roundsOf(task: Task): number {
  return Object.values(task.rounds).reduce((sum, rounds) => sum + rounds, 0);
}

/** What a task that is over, or begins again, no longer wants is not begun again; a session's outcome is owed. */
function forgetDelays(run: Run, key: string): void {
  for (const [name, { action }] of run.delayed) {
    if (!("task" in action) || action.task !== key) continue;
    if (action.type !== "RunSession" && action.type !== "EndSession") run.delayed.delete(name);
  }
}
