import type { Instant } from "../shared/names.ts";
import { consequences } from "./consequences.ts";
import type { Decision } from "./decide.ts";
import { decide } from "./decide.ts";
import type { RunEvent, StoredEvent } from "./events.ts";
import { evolve } from "./evolve.ts";
import type { Message } from "./react.ts";
import { react } from "./react.ts";
import type { Run } from "./run.ts";
import { settle } from "./settle.ts";

/** One tick of the engine, as events: everything that follows from the messages, up to the intents to be begun. */
export interface Tick {
  readonly events: readonly RunEvent[];
  readonly decision: Decision;
}

/**
 * Takes the messages into the run and answers what must be appended, in one append. The run is evolved on the way; if
 * the append then fails, it must be thrown away and folded again from the log.
 */
export function tick(run: Run, messages: readonly Message[], now: Instant, inspect: (run: Run, event: StoredEvent) => void): Tick {
  const events: RunEvent[] = [];
  const record = (event: RunEvent): void => {
    const stored = { ...event, seq: run.seq + 1, at: now } as StoredEvent;
    evolve(run, stored);
    events.push(event);
    // Consequences first: an invariant may only be asked for in a state that a reader could see.
    for (const consequence of consequences(run, event)) record(consequence);
    inspect(run, stored);
  };
  for (const message of messages) for (const event of react(run, message, now)) record(event);
  for (let event = settle(run, now); event !== null; event = settle(run, now)) record(event);
  const decision = decide(run, now);
  for (const action of decision.actions) record({ type: "EffectStarted", key: action.key, action });
  return { events, decision };
}
