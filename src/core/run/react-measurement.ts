import type { Instant } from "../shared/names.ts";
import type { Action } from "./actions.ts";
import type { EventOf, RunEvent } from "./events.ts";
import type { Outcome } from "./outcomes.ts";
import { reactToTrouble } from "./react-trouble.ts";
import type { Run } from "./run.ts";
import { gatedCommit } from "./step-action.ts";
import { isStarted } from "./task-state.ts";
import { trainGivenUp } from "./train-actions.ts";

/**
 * Gates whose colours say nothing about the commit: they were ended from outside, or were red in a run that was being
 * stopped; and what else runs the owner's commands (a proof, a repair, a landing) and was ended by such a stop. They are run again under the same key. Null: a measurement, to be judged.
 */
export function reactToNoMeasurement(
  run: Run,
  action: Action,
  outcome: Outcome,
  now: Instant,
): readonly RunEvent[] | null {
  if (outcome.of === "Trouble")
    return outcome.ended === true && isStopped(run) ? notCounted(run, action, now) : null;
  if (!("results" in outcome) || breachesOf(outcome) !== null) return null;
  // The baseline may have looked at an older branch as well.
  const there = outcome.of === "RunBaseline" ? (outcome.branch?.results ?? []) : [];
  const red = [...outcome.results, ...there].filter((result) => !result.ok);
  if (isStopped(run) && red.length > 0) return notCounted(run, action, now);
  if (!red.some((result) => result.problem === "ended")) return null;
  const why = "The gates were ended from outside before they had measured anything.";
  return reactToTrouble(run, action, why, now);
}

function isStopped(run: Run): boolean {
  return run.status === "paused" || run.status === "halted" || isOver(run);
}

/** The stop's doing, not the effect's own trouble. */
function notCounted(run: Run, { key }: Action, now: Instant): readonly RunEvent[] {
  const tries = run.delayed.get(key)?.tries ?? 0;
  const why = "The run was stopped while the gates ran.";
  return [{ type: "EffectDelayed", key, why, notBefore: now, tries }];
}

/**
 * What follows where code that Cairn ran for a measurement wrote on a protected branch: the run is halted. `usual` is
 * what would have followed; gates that did it are believed in nothing, and run again as an effect of another key.
 */
export function reactToBreach(
  run: Run,
  action: Action,
  outcome: Outcome,
  usual: readonly RunEvent[],
): readonly RunEvent[] {
  const refs = breachesOf(outcome);
  if (refs === null || isOver(run)) return usual;
  const task = "task" in action ? action.task : null;
  const whose = task === null ? "What was run for the whole" : `What was run for ${task}`;
  const detail = `${whose} (${action.type}) wrote on a protected branch. Put back: ${refs}.`;
  const stop: RunEvent = { type: "CriticalStopRaised", what: "breach", task, detail };
  switch (action.type) {
    case "RunGates":
      return [...sameStepAgain(run, action), stop];
    case "TestIntegration":
    case "TestWave":
    case "FindCulprit":
    case "Land":
      return [stop];
    case "GateTrain":
      return [...trainGivenUp(run, "A gate wrote on a protected branch."), stop];
    default:
      return usual.some((event) => event.type === "PlanRejected") ? usual : [...usual, stop];
  }
}

function breachesOf(outcome: Outcome): string | null {
  if (outcome.of === "RunSession" || !("breaches" in outcome)) return null;
  const { breaches = [] } = outcome;
  if (breaches.length === 0) return null;
  return breaches.map((breach) => `${breach.ref} (kept as ${breach.keptAs})`).join(", ");
}

function sameStepAgain(
  run: Run,
  action: Extract<Action, { type: "RunGates" }>,
): readonly EventOf<"StepDecided">[] {
  const task = run.tasks.get(action.task);
  if (task === undefined || !isStarted(task.status)) return [];
  const { step } = task;
  if (gatedCommit(step) !== action.commit) return [];
  const why = "A gate wrote on a protected branch; what it said is not believed.";
  return [{ type: "StepDecided", task: task.key, step, why }];
}

function isOver(run: Run): boolean {
  return run.status === "complete" || run.status === "cancelled";
}
