import type { Clock } from "../../src/ports/clock.ts";

interface Alarm {
  at: number;
  readonly number: number;
  readonly ring: () => void;
  off: boolean;
}

/** Time that moves only when nobody has anything left to do. */
export class SimulatedClock implements Clock {
  #now = 1_800_000_000_000;
  #count = 0;
  readonly #alarms: Alarm[] = [];
  /** What the engine sees beside the truth: a clock that was set wrong for a while. */
  skewMs = 0;

  now(): number {
    return this.#now + this.skewMs;
  }

  /** The world's own time, which never jumps. */
  get true(): number {
    return this.#now;
  }

  alarm(at: number, ring: () => void): () => void {
    return this.#set(at - this.skewMs, ring);
  }

  /** Calls `ring` after `ms` of the world's time. */
  after(ms: number, ring: () => void): () => void {
    return this.#set(this.#now + ms, ring);
  }

  wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.after(ms, resolve);
    });
  }

  /** Moves to the next alarm and rings it; false when there is none within so much time. */
  advance(mostMs = Infinity): boolean {
    for (;;) {
      let next = -1;
      for (const [index, alarm] of this.#alarms.entries()) {
        const best = this.#alarms[next];
        if (!best || alarm.at < best.at || (alarm.at === best.at && alarm.number < best.number))
          next = index;
      }
      const alarm = this.#alarms[next];
      if (alarm === undefined || alarm.at - this.#now > mostMs) return false;
      this.#alarms.splice(next, 1);
      if (alarm.off) continue;
      this.#now = Math.max(this.#now + 1, alarm.at);
      alarm.ring();
      return true;
    }
  }

  #set(at: number, ring: () => void): () => void {
    this.#count += 1;
    const alarm = { at, number: this.#count, ring, off: false };
    this.#alarms.push(alarm);
    return () => {
      alarm.off = true;
    };
  }
}
