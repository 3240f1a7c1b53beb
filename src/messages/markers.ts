import type { Run, Task } from "../core/run/run.ts";

/** Names the status comment of a task's pull request: the same in every life of the engine, another in every run. */
export function statusMarker(run: Pick<Run, "id">, task: Pick<Task, "key">): string {
  return `status:${run.id}:${task.key}`;
}

/** Names the comment with which a task's issue is closed. */
export function closingMarker(run: Pick<Run, "id">, task: Pick<Task, "key">): string {
  return `closed:${run.id}:${task.key}`;
}
