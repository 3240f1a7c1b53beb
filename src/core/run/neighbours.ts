import type { Neighbour } from "../execute/agent-prompt.ts";
import type { Run, Task } from "./run.ts";
import { isStarted } from "./task-state.ts";

/** More would be read by nobody. */
const NEIGHBOURS_MAX = 10;

/**
 * Others at work, or waiting for their turn, on files that this task has changed or that its issue names: whoever knows
 * of them can keep out of their way. Those whose work the branch holds already are not meant.
 */
export function neighboursOf(run: Run, task: Task): readonly Neighbour[] {
  const mine = pathsOf(task);
  const below = new Set(task.workspace?.standsOn);
  const found: Neighbour[] = [];
  for (const other of run.tasks.values()) {
    if (other.key === task.key || below.has(other.key) || !isStarted(other.status)) continue;
    const paths = pathsOf(other).filter((path) => mine.some((one) => isSame(one, path)));
    const isReady = other.status === "queued" || other.status === "merging";
    if (paths.length > 0) found.push({ task: other.key, title: other.issue.title, paths, isReady });
  }
  return found.slice(0, NEIGHBOURS_MAX);
}

/** What it has changed; before that, what its issue names. */
function pathsOf({ changedPaths, issue }: Task): readonly string[] {
  return [...new Set(changedPaths.length > 0 ? changedPaths : issue.files)];
}

function isSame(a: string, b: string): boolean {
  return a === b || isBelow(a, b) || isBelow(b, a);
}

/** Issues name folders too. */
function isBelow(path: string, folder: string): boolean {
  return path.startsWith(folder.endsWith("/") ? folder : `${folder}/`);
}
