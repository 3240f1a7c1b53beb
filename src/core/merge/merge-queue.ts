import type { Run, Task } from "../run/run.ts";
import type { TaskKey } from "../shared/names.ts";
import { inTaskOrder } from "../shared/task-order.ts";
import { prefixBounds } from "./train/prefix-search.ts";

type RemainingPath = (run: Run) => ReadonlyMap<TaskKey, number>;

/**
 * The next task to merge, or null. One at a time; approved tasks only (their blockers are merged by construction).
 * While branches are gated together, those of the green prefix have their turn, in the train's order; whoever turned
 * one red comes next, alone. A task that was put back to a later time is passed over until then.
 */
export function headOfQueue(run: Run, now: number, remainingPath: RemainingPath): Task | null {
  if (run.merging !== null || run.revert !== null) return null;
  if (run.train !== null) return nextCar(run, now);
  const alone = run.trains.alone === null ? undefined : run.tasks.get(run.trains.alone.task);
  if (alone?.status === "queued") return isDueNow(alone, now) ? alone : null;
  return mergeOrder(run, now, remainingPath)[0] ?? null;
}

/**
 * Approved tasks in the order of their turns: the one that frees the longest remaining path first, then P0 > P1 > P2,
 * then source order.
 */
export function mergeOrder(run: Run, now: number, remainingPath: RemainingPath): readonly Task[] {
  const queued = [...run.tasks.values()].filter(
    (task) => task.status === "queued" && isDueNow(task, now),
  );
  return queued.length <= 1 ? queued : inTaskOrder(queued, remainingPath(run));
}

function nextCar(run: Run, now: number): Task | null {
  const { cars = null, gated = {} } = run.train ?? {};
  const tasks = (cars ?? []).map(({ task }) => run.tasks.get(task));
  const at = tasks.findIndex((task) => task?.status !== "merged");
  const next = tasks[at];
  if (next === undefined || at >= prefixBounds(gated).green) return null;
  return next.status === "queued" && isDueNow(next, now) ? next : null;
}

function isDueNow({ notBefore }: Task, now: number): boolean {
  return notBefore === null || notBefore <= now;
}
