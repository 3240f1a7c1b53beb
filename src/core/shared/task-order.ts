import type { TaskKey } from "./names.ts";

interface Ordered {
  readonly key: TaskKey;
  readonly issue: { readonly priority: "P0" | "P1" | "P2" | null };
}

const RANK = { P0: 0, P1: 1, P2: 2 } as const;

/**
 * The order in which tasks get a slot and a turn: the one that frees the longest remaining path first, then P0 > P1 > P2
 * > none, then what `otherwise` says, then the order given, which is that of the source.
 */
export function inTaskOrder<T extends Ordered>(
  tasks: readonly T[],
  remaining: ReadonlyMap<TaskKey, number>,
  otherwise: (a: T, b: T) => number = () => 0,
): readonly T[] {
  if (tasks.length <= 1) return tasks;
  const path = (task: T): number => remaining.get(task.key) ?? 0;
  return tasks.toSorted(
    (a, b) => path(b) - path(a) || priorityRank(a) - priorityRank(b) || otherwise(a, b),
  );
}

function priorityRank(task: Ordered): number {
  return task.issue.priority === null ? 3 : RANK[task.issue.priority];
}
