import type { Instant } from "../shared/names.ts";
import type { RunEvent } from "./events.ts";
import type { Outcome } from "./outcomes.ts";
import type { Run, Task } from "./run.ts";

/** The conflict is an issue of the source by now: it takes the task's place. */
export function reactToGiveBack(
  _run: Run,
  _task: Task,
  _outcome: Extract<Outcome, { of: "GiveBack" }>,
  _now: Instant,
): readonly RunEvent[] {
  return [];
}
