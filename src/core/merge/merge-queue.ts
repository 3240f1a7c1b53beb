import type { Run, Task } from "../run/run.ts";
import { isDue, priorityRank, remainingPath } from "../execute/admission.ts";

/**
 * The next task to merge, or null. One at a time; approved tasks only (their blockers are merged by construction), the
 * one that frees the longest remaining path first, then P0 > P1 > P2, then source order.
 */
export function headOfQueue(run: Run, now: number): Task | null {
  if (run.merging !== null) return null;
  const queued = [...run.tasks.values()].filter((task) => task.status === "queued" && isDue(task, now));
  if (queued.length <= 1) return queued[0] ?? null;
  const remaining = remainingPath(run);
  return (
    queued.toSorted((a, b) => (remaining.get(b.key) ?? 0) - (remaining.get(a.key) ?? 0) || priorityRank(a) - priorityRank(b))[0] ??
    null
  );
}
