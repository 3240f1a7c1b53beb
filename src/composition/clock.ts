import { scaledClock, systemClock } from "../adapters/clock/system-clock.ts";
import type { Clock } from "../ports/clock.ts";

/**
 * The machine's clock. `CAIRN_CLOCK_SCALE=50` lets the engine's time run fifty times as fast, as if since midnight: for
 * tests of what waits for minutes. Sessions, gates and git keep their own time.
 */
export function clockFrom(env: Readonly<Record<string, string | undefined>>): Clock {
  const scale = Number(env["CAIRN_CLOCK_SCALE"] ?? "1");
  return Number.isFinite(scale) && scale > 1 ? scaledClock(scale) : systemClock;
}
