import type { StopFound } from "../review/change-facts.ts";
import { behaviourOf, STOP_TABLE, type StopBehaviour } from "../review/stops/stop-table.ts";
import type { Run, Task } from "./run.ts";

/** What the change of a task runs into, by what follows from it. */
export interface TaskStops {
  /** A person decides; in autonomous mode the task is skipped for it. */
  readonly held: readonly StopFound[];
  /** The owner wants it skipped without being asked. */
  readonly skipped: readonly StopFound[];
  readonly labels: readonly string[];
}

/** The stop conditions of the newest measured commit; a task that was not measured meets none. */
export function stopsOf(run: Run, task: Task): TaskStops {
  const held: StopFound[] = [];
  const skipped: StopFound[] = [];
  const labels = new Set<string>();
  for (const { stop, behaviour, label } of stopsMet(run, task)) {
    if (behaviour === "label") labels.add(label);
    else if (behaviour === "skip" && run.settings.mode === "interactive") skipped.push(stop);
    else if (behaviour !== "pass") held.push(stop);
  }
  return { held, skipped, labels: [...labels] };
}

/** One condition that is met, and what follows from it. */
export interface StopMet {
  readonly stop: StopFound;
  readonly behaviour: StopBehaviour;
  /** What it puts on where it only goes on with a label. */
  readonly label: string;
}

/** Every condition that the newest measured commit meets, with what its row and the owner's settings make of it. */
export function stopsMet({ settings }: Run, task: Task): readonly StopMet[] {
  const { discipline, mode } = settings;
  if (discipline === undefined) return [];
  return (task.change?.stops ?? []).map((stop) => ({
    stop,
    behaviour: behaviourOf(stop.kind, discipline.stops, mode),
    label: STOP_TABLE[stop.kind].label ?? "sensitive-review",
  }));
}

/** What was found, as one line. */
export function stopWords(stops: readonly StopFound[]): string {
  return stops.map(({ words }) => words).join(" ");
}
