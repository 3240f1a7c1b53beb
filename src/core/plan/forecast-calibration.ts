import { KnownWork, quantile } from "./estimates-known.ts";
import { minutesOfSize } from "./estimates-words.ts";
import type { HistorySample } from "./forecast-history.ts";

/** A guess with its bounds: a quarter of what came before ended below `low`, a tenth above `high`. */
export interface Range {
  readonly low: number;
  readonly likely: number;
  readonly high: number;
}

/** How estimates turned out before: what to multiply them by. Kept with the plan, so that a report can repeat it. */
export interface Calibration {
  /** Tasks it was learnt from. */
  readonly tasks: number;
  /** For issues that say themselves how long they take; null while too few of them were merged. */
  readonly stated: Range | null;
  /** For all others, whose estimate follows from this history already. */
  readonly learnt: Range | null;
}

/** Fewer samples have no quantile worth the name. */
const SAMPLES_MIN = 5;
const LOW = 0.25;
const HIGH = 0.9;

/**
 * Factors while there is no history. The cone of uncertainty (Boehm, Software Engineering Economics, 1981) puts effort
 * between half and double the estimate once it is known what is to be built, but not how. That was measured on people:
 * for agents it is a rule of thumb.
 */
export const RULE_OF_THUMB: Range = { low: 0.5, likely: 1, high: 2 };

/** Factors from merged tasks; null where they are too few. */
export function calibrate(history: readonly HistorySample[]): Calibration | null {
  if (history.length < SAMPLES_MIN) return null;
  const known = new KnownWork(history);
  const expected = ({ size, type }: HistorySample): number =>
    size === null ? (known.minutesOfType(type) ?? minutesOfSize("M")) : known.minutesOfSize(size);
  const stated = history.flatMap(({ minutes, stated: said }) =>
    said === null ? [] : [minutes / said],
  );
  const learnt = history.flatMap((sample) =>
    sample.stated === null ? [sample.minutes / expected(sample)] : [],
  );
  return { tasks: history.length, stated: rangeOf(stated), learnt: rangeOf(learnt) };
}

function rangeOf(ratios: readonly number[]): Range | null {
  if (ratios.length < SAMPLES_MIN) return null;
  return {
    low: quantile(ratios, LOW),
    likely: quantile(ratios, 0.5),
    high: quantile(ratios, HIGH),
  };
}
