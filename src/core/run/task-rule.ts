import type { EventOf, TaskEvent } from "./events.ts";
import type { RoundKind, StoredStatus, Task } from "./run.ts";

/** One row of the transition table: where the event may come, and what it changes. */
export interface TaskRule<E> {
  readonly from: readonly StoredStatus[];
  /** What the event changes; `at` is when it was stored. */
  readonly apply: (task: Task, event: E, at: number) => Partial<Task>;
}

/** Every task event with its own shape, for tables and functions that go by its type. */
export type TaskEventMap = { readonly [T in TaskEvent["type"]]: EventOf<T> };

export type TaskRules<T extends TaskEvent["type"]> = {
  readonly [K in T]: TaskRule<TaskEventMap[K]>;
};

export const WORKING: readonly StoredStatus[] = [
  "running",
  "reviewing",
  "fixing",
  "queued",
  "merging",
];
export const OPEN: readonly StoredStatus[] = ["waiting", ...WORKING, "escalated"];
export const ENDED: readonly StoredStatus[] = ["failed", "cancelled", "skipped"];

export const SESSION = { at: "session", reminder: null, continues: null } as const;
export const NO_STEP = { at: "none" } as const;

/** A fix round of this kind begins, and is counted. */
export function openRound(task: Task, kind: RoundKind): Partial<Task> {
  return {
    status: "fixing",
    roundKind: kind,
    rounds: { ...task.rounds, [kind]: task.rounds[kind] + 1 },
    reminded: [],
    vendorSession: null,
    notBefore: null,
    limited: false,
  };
}

/** A round that begins with the merge of the base gives up the merge before it. */
export function mergeGivenUp(step: Task["step"]): Partial<Task> {
  return step.at === "begin-merge" ? { mergingWith: null } : {};
}
