import type { Run, Task } from "./run.ts";
import { freesDependents } from "./task-state.ts";

/** The task, or whoever took its place after a conflict, and so on. */
export function standIn(run: Run, task: Task): Task {
  const seen = new Set<string>();
  let at = task;
  while (at.supersededBy !== null && !seen.has(at.key)) {
    seen.add(at.key);
    const next = run.tasks.get(at.supersededBy);
    if (next === undefined) return at;
    at = next;
  }
  return at;
}

/** What it was to bring is on the branch, by its own hands, by those of its stand-in, or by others. */
export function isBroughtHome(run: Run, task: Task): boolean {
  return freesDependents(standIn(run, task));
}
