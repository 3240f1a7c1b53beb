import type { Run, Task } from "../core/run/run.ts";

/** Name by which the one status comment of a pull request is found again. */
export function statusMarker(run: Run, task: Task): string {
  return `status:${run.id}:${task.key}`;
}

/** Name by which the one closing comment on an issue is found again. */
export function closingMarker(run: Run, task: Task): string {
  return `closed:${run.id}:${task.key}`;
}

/** Hidden first line of a pull request's body: which run and which task it belongs to. */
export function pullRequestMarker(run: Run, task: Task): string {
  return hidden(`pr:${run.id}:${task.key}`);
}

/** Hidden first line of the body of the pull request that lands a run. */
export function landingMarker(run: Run): string {
  return hidden(`landing:${run.id}`);
}

/** A line that nobody sees. */
export function hidden(marker: string): string {
  return `<!-- cairn:${marker.replaceAll("-->", "--]")} -->`;
}
