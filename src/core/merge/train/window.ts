import type { TrainRecord } from "../../run/merge-state.ts";
import type { MergeSettings } from "../../run/settings.ts";

/** Longer trains than this cost more when one car is bad than they save when none is. */
const WINDOW_MAX = 16;
/** Above this share of red cars gating each landing by itself takes fewer rounds than searching prefixes. */
const RED_RATE_MAX = 0.15;
/** Before as many were judged, their share says nothing. */
const JUDGED_MIN = 8;

/**
 * How many branches the next train takes: as many as gates can run at once at first, twice as many after each train
 * that was all green, half after one with a red car. A number in the settings is a ceiling.
 */
export function windowOf(merging: MergeSettings, record: TrainRecord, gateSlots: number): number {
  const most = merging.train === "auto" ? WINDOW_MAX : merging.train;
  const first = Math.max(2, gateSlots);
  const window = isEachGated(merging, record) ? first : record.window === 0 ? first : record.window;
  return Math.min(most, window);
}

/** Every prefix is gated by itself: asked for, or because too many turned out red. */
export function isEachGated(merging: MergeSettings, record: TrainRecord): boolean {
  if (merging.everyCommitGreen) return true;
  return record.judged >= JUDGED_MIN && record.red / record.judged > RED_RATE_MAX;
}

/** The window after a train that judged `green` cars good and, or not, one bad. */
export function windowAfter(window: number, isRed: boolean): number {
  return isRed ? Math.max(2, Math.floor(window / 2)) : Math.min(WINDOW_MAX, window * 2);
}
