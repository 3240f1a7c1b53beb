import type { Plan } from "../plan/plan.ts";
import type { TaskKey } from "../shared/names.ts";

interface Weights {
  /** Minutes of each task that something is known of. */
  readonly weights: ReadonlyMap<TaskKey, number>;
  /** Of all others: the median of what is known, or 1, so that paths count tasks where nothing is. */
  readonly otherwise: number;
}

type Estimates = Plan["estimates"];

export const NO_ESTIMATES: Estimates = {};

/** A plan's estimates never change, and the path is asked for at every step of a run. */
const known = new WeakMap<Estimates, Weights>();

/** How heavy tasks are on a path; an estimate that is only the default says nothing. Never 0: a chain has a direction. */
export function weightsOf(estimates: Estimates): Weights {
  const seen = known.get(estimates);
  if (seen !== undefined) return seen;
  const weights = new Map<TaskKey, number>();
  for (const [key, { minutes, source }] of Object.entries(estimates))
    if (source !== "default" && minutes > 0) weights.set(key, minutes);
  const sorted = [...weights.values()].toSorted((a, b) => a - b);
  const made = { weights, otherwise: sorted[Math.floor(sorted.length / 2)] ?? 1 };
  known.set(estimates, made);
  return made;
}
