import type { Instant, TaskKey } from "../shared/names.ts";
import type { Action } from "./actions.ts";
import { owesDraft } from "./drafts.ts";
import type { Run } from "./run.ts";

/** True while the effect is under way, or has its receipt: it is not begun again. */
export function isUnderWay(run: Run, action: Action): boolean {
  return run.effects.has(action.key) || run.finishedKeys.has(action.key);
}

/** The action, or null while it waits after trouble; then it is begun with the arguments it was first begun with. */
export function whenDue(run: Run, action: Action, now: Instant): Action | null {
  const delayed = run.delayed.get(action.key);
  if (delayed === undefined) return action;
  return delayed.notBefore > now ? null : delayed.action;
}

/** Tasks with a live session or an effect under way: one thing at a time happens to a task. */
export function busyTasks(run: Run): Set<TaskKey> {
  const busy = new Set<TaskKey>();
  for (const task of run.tasks.values()) if (task.session !== null) busy.add(task.key);
  for (const { action } of run.effects.values()) {
    if ("task" in action && action.type !== "EndSession") busy.add(action.task);
  }
  for (const key of owesDraft(run)) busy.add(key);
  return busy;
}
