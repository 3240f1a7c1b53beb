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
