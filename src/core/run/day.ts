import { addUsage, NO_USAGE, type Usage } from "../shared/money.ts";
import type { Instant } from "../shared/names.ts";

/** A local day as the engine saw it when it started: the core knows no time zone. */
export interface Day {
  /** Local midnight. */
  readonly ends: Instant;
  /** What all runs of this repository have used since the midnight before. */
  readonly spent: Usage;
}

const DAY_MS = 24 * 60 * 60_000;

/**
 * The day that `now` lies in. Days after the one the engine saw are taken to have 24 hours: where clocks are changed
 * meanwhile a midnight is off by that hour until the next engine starts.
 */
export function dayAt(day: Day, now: Instant): Day {
  if (now < day.ends) return day;
  const days = Math.floor((now - day.ends) / DAY_MS) + 1;
  return { ends: day.ends + days * DAY_MS, spent: NO_USAGE };
}

/** The day after a session that ended at `at` is booked: it counts for the day it ends in. */
export function bookDay(day: Day | null, usage: Usage, at: Instant): Day | null {
  if (day === null) return null;
  const today = dayAt(day, at);
  return { ends: today.ends, spent: addUsage(today.spent, usage) };
}
