import type { Action } from "./actions.ts";
import type { EventOf } from "./events.ts";
import type { Run } from "./run.ts";

/** Pairs of branches that share a path and have not been looked at, as one action; nothing while one is under way. */
export function forecastActions(_run: Run): readonly Action[] {
  return [];
}

/** Keeps what was found for the newest heads. */
export function noteForecast(_run: Run, _event: EventOf<"ConflictsForecast">): void {
  // Written by the helper.
}
