import type { TaskEvent } from "./events.ts";
import type { SessionReminder, Task } from "./run.ts";

/** The session that has just ended is continued, and told one thing. */
export function reminder(task: Task, about: SessionReminder, why: string): TaskEvent {
  return {
    type: "StepDecided",
    task: task.key,
    step: { at: "session", reminder: about, continues: task.vendorSession },
    why,
  };
}
