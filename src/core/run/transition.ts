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

/** The functions a tick is made of. */
export interface Rules {
  readonly react: typeof react;
  readonly evolve: typeof evolve;
  readonly consequences: typeof consequences;
  readonly settle: typeof settle;
  readonly decide: typeof decide;
}

/** The rules of this version. */
export const RULES: Rules = { react, evolve, consequences, settle, decide };

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
  rules: Rules = RULES,
): Tick {
  const all: RunEvent[] = [];
  const record = (caused: readonly RunEvent[]): void => {
    const stored: StoredEvent[] = [];
    const fold = (event: RunEvent): void => {
      const known: StoredEvent = { ...event, seq: run.seq + 1, at: now };
      rules.evolve(run, known);
      all.push(event);
      stored.push(known);
      // What follows from it stands right behind it.
      for (const consequence of rules.consequences(run, event)) fold(consequence);
    };
    for (const event of caused) fold(event);
    for (const event of stored) inspect(run, event);
  };
  for (const message of messages) record(rules.react(run, message, now));
  for (let due = rules.settle(run, now); due.length > 0; due = rules.settle(run, now)) record(due);
  const decision = rules.decide(run, now);
  record(decision.actions.map((action) => ({ type: "EffectStarted", key: action.key, action })));
  return { events: all, decision };
}
