import type { Run, Task } from "../run/run.ts";
import type { TaskKey } from "../shared/names.ts";
import { inTaskOrder } from "../shared/task-order.ts";

/**
 * The next task to merge, or null. One at a time; approved tasks only (their blockers are merged by construction), the
 * one that frees the longest remaining path first, then P0 > P1 > P2, then source order. A task that was put back to a
 * later time is passed over until then.
 */
export function headOfQueue(
  run: Run,
  now: number,
  remainingPath: (run: Run) => ReadonlyMap<TaskKey, number>,
): Task | null {
  if (run.merging !== null) return null;
  const queued = [...run.tasks.values()].filter(
    (task) => task.status === "queued" && (task.notBefore === null || task.notBefore <= now),
  );
  if (queued.length <= 1) return queued[0] ?? null;
  return inTaskOrder(queued, remainingPath(run))[0] ?? null;
}
