import type { Clock } from "../../ports/clock.ts";

/** Longest delay a Node timer takes; a later alarm is set again when it is over. */
const TIMER_MAX_MS = 2 ** 31 - 1;

/** The machine's clock. Alarms do not keep the process alive by themselves: the engine's host does. */
export const systemClock: Clock = {
  now: () => Date.now(),
  alarm(at, ring) {
    let timer: NodeJS.Timeout;
    const set = (): void => {
      const left = at - Date.now();
      // Looked at again after the longest delay, so that a clock that jumps is noticed.
      timer =
        left > TIMER_MAX_MS ? setTimeout(set, TIMER_MAX_MS) : setTimeout(ring, Math.max(0, left));
    };
    set();
    return () => clearTimeout(timer);
  },
};

const DAY_MS = 24 * 60 * 60_000;

/** A clock that runs `scale` times as fast; its days begin with ours, so that several processes agree on the time. */
export function scaledClock(scale: number): Clock {
  const began = Math.floor(Date.now() / DAY_MS) * DAY_MS;
  const faster = (real: number): number => began + (real - began) * scale;
  return {
    now: () => Math.floor(faster(Date.now())),
    alarm: (at, ring) => systemClock.alarm(Math.ceil(began + (at - began) / scale), ring),
  };
}
