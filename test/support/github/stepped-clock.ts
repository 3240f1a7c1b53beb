// Time that a test moves by hand.
import type { Alarm } from "./hub.ts";

interface Ringing {
  readonly at: number;
  readonly ring: () => void;
}

/** A `Clock` that stands still until it is advanced; alarms ring in the order of their times, at their times. */
export class SteppedClock {
  #now = Date.UTC(2026, 9, 1);
  readonly #alarms = new Set<Ringing>();

  now(): number {
    return this.#now;
  }

  alarm: Alarm = (at, ring) => {
    const set = { at, ring };
    this.#alarms.add(set);
    return () => {
      this.#alarms.delete(set);
    };
  };

  /** Moves on, and rings what is due on the way, with what that sets in turn. */
  advance(ms: number): void {
    const until = this.#now + ms;
    for (;;) {
      const [next] = [...this.#alarms]
        .filter((set) => set.at <= until)
        .toSorted((a, b) => a.at - b.at);
      if (next === undefined) break;
      this.#alarms.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.ring();
    }
    this.#now = until;
  }
}
