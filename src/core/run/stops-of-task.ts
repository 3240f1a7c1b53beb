import type { StopFound } from "../review/change-facts.ts";
import { behaviourOf, STOP_TABLE } from "../review/stops/stop-table.ts";
import type { Run, Task } from "./run.ts";

/** What the change of a task runs into, by what follows from it. */
export interface TaskStops {
  /** A person decides; in autonomous mode the task is skipped for it. */
  readonly held: readonly StopFound[];
  /** The owner wants it skipped without being asked. */
  readonly skipped: readonly StopFound[];
  readonly labels: readonly string[];
}

const NONE: TaskStops = { held: [], skipped: [], labels: [] };

/** The stop conditions of the newest measured commit; a task that was not measured meets none. */
export function stopsOf(run: Run, task: Task): TaskStops {
  const { discipline, mode } = run.settings;
  const found = task.change?.stops ?? [];
  if (discipline === undefined || found.length === 0) return NONE;
  const held: StopFound[] = [];
  const skipped: StopFound[] = [];
  const labels = new Set<string>();
  for (const stop of found) {
    const behaviour = behaviourOf(stop.kind, discipline.stops, mode);
    if (behaviour === "label") labels.add(STOP_TABLE[stop.kind].label ?? "sensitive-review");
    else if (behaviour === "skip" && mode === "interactive") skipped.push(stop);
    else if (behaviour !== "pass") held.push(stop);
  }
  return { held, skipped, labels: [...labels] };
}

/** What was found, as one line. */
export function stopWords(stops: readonly StopFound[]): string {
  return stops.map(({ words }) => words).join(" ");
}
