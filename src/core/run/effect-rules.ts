import type { EventOf } from "./events.ts";
import { IllegalEvent } from "./illegal-event.ts";
import type { Run } from "./run.ts";

/** An effect is under way; a session with it is live. */
export function startEffect(run: Run, event: EventOf<"EffectStarted">, at: number): void {
  if (run.finishedKeys.has(event.key)) {
    throw new IllegalEvent(event.type, `${event.key} has its receipt already`);
  }
  if (run.effects.has(event.key)) {
    throw new IllegalEvent(event.type, `${event.key} is under way`);
  }
  run.effects.set(event.key, { key: event.key, action: event.action, startedAt: at });
  if (event.action.type !== "RunSession") return;
  const { session: id, role } = event.action;
  const task = run.tasks.get(event.action.task);
  if (task === undefined)
    throw new IllegalEvent(event.type, `there is no task ${event.action.task}`);
  if (task.session?.id === id) return; // Begun again after trouble: the same session.
  run.tasks.set(task.key, {
    ...task,
    sessions: task.sessions + 1,
    session: { id, role, startedAt: at, ending: false },
  });
}

/** What is begun again although its task is over: a session may be alive, last words are to be said, a merge is taken back. */
const OWED_AFTER_THE_END: ReadonlySet<string> = new Set([
  "RunSession",
  "EndSession",
  "TidyPullRequest",
  "RevertTask",
]);

/** An effect will be begun again, unless nobody wants it any more. */
export function delayEffect(run: Run, event: EventOf<"EffectDelayed">): void {
  const { key, notBefore, tries, why } = event;
  const action = run.effects.get(key)?.action;
  if (action === undefined) throw new IllegalEvent(event.type, `${key} is not under way`);
  run.effects.delete(key);
  const task = "task" in action ? run.tasks.get(action.task) : undefined;
  const isOwed = OWED_AFTER_THE_END.has(action.type);
  if (task !== undefined && task.endedAt !== null && !isOwed) return; // Nobody wants it any more.
  run.delayed.set(key, { action, notBefore, tries, why });
}
