import type { Run, Task } from "../run/run.ts";
import type { TaskKey } from "../shared/names.ts";
import { inTaskOrder } from "../shared/task-order.ts";
import { trainBounds } from "./train/prefix-search.ts";

/** What the order of turns goes by; each is asked of the run as it is. */
export interface TurnFacts {
  readonly remainingPath: (run: Run) => ReadonlyMap<TaskKey, number>;
  /** Blockers that have to be merged first. */
  readonly unmergedBlockers: (run: Run, task: Task) => readonly TaskKey[];
  /** Conflicts that are to be expected when it is merged before the others. */
  readonly conflictsAhead: (run: Run, task: Task) => readonly unknown[];
}

/**
 * The next task to merge, or null. One at a time; approved tasks whose blockers are merged only.
 * While branches are gated together, those of the green prefix have their turn, in the train's order; whoever turned
 * one red comes next, alone. A task that was put back to a later time is passed over until then.
 */
export function headOfQueue(run: Run, now: number, facts: TurnFacts): Task | null {
  if (run.merging !== null || run.revert !== null) return null;
  if (run.train !== null) return nextCar(run, now);
  const alone = run.trains.alone === null ? undefined : run.tasks.get(run.trains.alone.task);
  const isNext = alone?.status === "queued" && isDueNow(alone, now);
  if (isNext && facts.unmergedBlockers(run, alone).length === 0) return alone;
  return mergeOrder(run, now, facts)[0] ?? null;
}

/**
 * Approved tasks in the order of their turns: the one that frees the longest remaining path first, then P0 > P1 > P2,
 * then the one with fewer conflicts ahead, then the smaller change, then source order. A task that waits for the merge
 * of a blocker comes behind it, or not at all.
 */
export function mergeOrder(run: Run, now: number, facts: TurnFacts): readonly Task[] {
  const queued = [...run.tasks.values()].filter(
    (task) => task.status === "queued" && isDueNow(task, now),
  );
  const ahead = new Set<TaskKey>();
  return inOrder(run, queued, facts).filter((task) => {
    const follows = facts.unmergedBlockers(run, task).every((key) => ahead.has(key));
    if (follows) ahead.add(task.key);
    return follows;
  });
}

function inOrder(run: Run, queued: readonly Task[], facts: TurnFacts): readonly Task[] {
  if (queued.length <= 1) return queued;
  const conflicts = new Map(
    queued.map((task) => [task.key, facts.conflictsAhead(run, task).length]),
  );
  return inTaskOrder(
    queued,
    facts.remainingPath(run),
    (a, b) =>
      (conflicts.get(a.key) ?? 0) - (conflicts.get(b.key) ?? 0) ||
      (a.change?.lines ?? 0) - (b.change?.lines ?? 0),
  );
}

function nextCar(run: Run, now: number): Task | null {
  const tasks = (run.train?.cars ?? []).map(({ task }) => run.tasks.get(task));
  const at = tasks.findIndex((task) => task?.status !== "merged");
  const next = tasks[at];
  if (next === undefined || at >= trainBounds(run).green) return null;
  return next.status === "queued" && isDueNow(next, now) ? next : null;
}

function isDueNow({ notBefore }: Task, now: number): boolean {
  return notBefore === null || notBefore <= now;
}
