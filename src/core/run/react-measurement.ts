import type { Instant } from "../shared/names.ts";
import type { Action } from "./actions.ts";
import type { RunEvent } from "./events.ts";
import type { Outcome } from "./outcomes.ts";
import { reactToTrouble } from "./react-trouble.ts";
import type { Run } from "./run.ts";

/**
 * Gates whose colours say nothing about the commit: they wrote on a protected branch, were ended from outside, or were
 * red in a run that was being stopped. They are run again under the same key. Null: a measurement, to be judged.
 */
export function reactToNoMeasurement(
  run: Run,
  action: Action,
  outcome: Outcome,
  now: Instant,
): readonly RunEvent[] | null {
  if (!("results" in outcome)) return null;
  const { key } = action;
  const breaches = outcome.breaches ?? [];
  const isOver = run.status === "complete" || run.status === "cancelled";
  if (breaches.length > 0 && !isOver) {
    const refs = breaches.map((breach) => `${breach.ref} (kept as ${breach.keptAs})`).join(", ");
    const task = "task" in action ? action.task : null;
    const whose = task === null ? "A gate" : `A gate of ${task}`;
    const detail = `${whose} wrote on a protected branch. Put back: ${refs}.`;
    const stop = { type: "CriticalStopRaised", what: "breach", task, detail } as const;
    return [putOff(run, key, detail, now), stop];
  }
  const red = outcome.results.filter((result) => !result.ok);
  const isStopped = run.status === "paused" || run.status === "halted" || isOver;
  if (isStopped && red.length > 0)
    return [putOff(run, key, "The run was stopped while the gates ran.", now)];
  if (!red.some((result) => result.problem === "ended")) return null;
  const why = "The gates were ended from outside before they had measured anything.";
  return reactToTrouble(run, action, why, now);
}

/** Not the effect's own trouble: not counted. */
function putOff(run: Run, key: string, why: string, now: Instant): RunEvent {
  const tries = run.delayed.get(key)?.tries ?? 0;
  return { type: "EffectDelayed", key, why, notBefore: now, tries };
}
