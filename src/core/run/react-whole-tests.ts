import type { Action } from "./actions.ts";
import type { RunEvent } from "./events.ts";
import type { Outcome } from "./outcomes.ts";
import type { Run } from "./run.ts";

/** What follows from the test of a wave, the search for a culprit, and a revert. */
export function reactToWholeTests(
  _run: Run,
  _action: Action,
  _outcome: Extract<Outcome, { of: "TestWave" | "FindCulprit" | "RevertTask" }>,
): readonly RunEvent[] {
  return [];
}
