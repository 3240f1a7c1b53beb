import type { TaskKey } from "../shared/names.ts";
import type { Run, Task } from "./run.ts";
import { openBlockers } from "./task-state.ts";

/** True when nothing that a task depends on is missing on the branch: whoever began stacked waits for its blockers here. */
export function mayMerge(run: Run, task: Task): boolean {
  return unmergedBlocker(run, task) === null;
}

/** The first blocker that has to be merged before this task, or null; one that was taken back does not hold it. */
export function unmergedBlocker(run: Run, task: Task): TaskKey | null {
  return unmergedBlockers(run, task)[0] ?? null;
}

/** Blockers that have to be merged before this task, in plan order. */
export function unmergedBlockers(run: Run, task: Task): readonly TaskKey[] {
  return openBlockers(run, task).filter((key) => !task.suspectOf.includes(key));
}
