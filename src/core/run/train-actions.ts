import type { Instant } from "../shared/names.ts";
import type { Action } from "./actions.ts";
import type { RunEvent } from "./events.ts";
import type { Outcome } from "./outcomes.ts";
import type { Run } from "./run.ts";

/** What a train asks for now: to be put together, or gates on some of its prefixes, `gateSlots` at most. */
export function trainActions(_run: Run, _now: Instant, _gateSlots: number): readonly Action[] {
  return [];
}

/** What follows when branches were put together, or gated together. */
export function reactToTrain(
  _run: Run,
  _action: Action,
  _outcome: Extract<Outcome, { of: "BuildTrain" | "GateTrain" }>,
): readonly RunEvent[] {
  return [];
}
