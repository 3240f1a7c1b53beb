import type { Instant } from "../shared/names.ts";
import { consequences } from "./consequences.ts";
import { decide, type Decision } from "./decide.ts";
import type { RunEvent, StoredEvent } from "./events.ts";
import { evolve } from "./evolve.ts";
import { react, type Message } from "./react.ts";
import type { Run } from "./run.ts";
import { settle } from "./settle.ts";

/** One tick of the engine, as events: everything that follows from the messages, up to the intents to be begun. */
export interface Tick {
  readonly events: readonly RunEvent[];
  readonly decision: Decision;
}

/**
 * Takes the messages into the run and answers what must be appended, in one append. The run is evolved on the way; if
 * the append then fails, it must be thrown away and folded again from the log. `inspect` is told of each event with the
 * state after all that one message caused: a state that a reader could see.
 */
export function tick(
  run: Run,
  messages: readonly Message[],
  now: Instant,
  inspect: (run: Run, event: StoredEvent) => void,
): Tick {
  const all: RunEvent[] = [];
  const record = (caused: readonly RunEvent[]): void => {
    const stored: StoredEvent[] = [];
    for (const event of caused)
      fold(run, event, now, (plain, known) => {
        all.push(plain);
        stored.push(known);
      });
    for (const event of stored) inspect(run, event);
  };
  for (const message of messages) record(react(run, message, now));
  for (let event = settle(run, now); event !== null; event = settle(run, now)) record([event]);
  const decision = decide(run, now);
  record(decision.actions.map((action) => ({ type: "EffectStarted", key: action.key, action })));
  return { events: all, decision };
}

/** Folds an event and, right behind it, what follows from it. */
function fold(
  run: Run,
  event: RunEvent,
  now: Instant,
  note: (event: RunEvent, stored: StoredEvent) => void,
): void {
  const stored: StoredEvent = { ...event, seq: run.seq + 1, at: now };
  evolve(run, stored);
  note(event, stored);
  for (const consequence of consequences(run, event)) fold(run, consequence, now, note);
}
