import type { TaskKey } from "../shared/names.ts";
import type { RunEvent, TaskEvent } from "./events.ts";
import { isTaskEvent } from "./evolve-task.ts";
import type { Run } from "./run.ts";
import { freesDependents, isTerminal } from "./task-state.ts";

/**
 * Events that must stand in the same append as the one just folded: dependents that were freed, chains that close over
 * a task that ended without freeing, chains that open again when it is retried. No state in between is ever visible.
 */
export function consequences(run: Run, event: RunEvent): readonly TaskEvent[] {
  if (!isTaskEvent(event)) return [];
  const task = run.tasks.get(event.task);
  if (task === undefined) return [];
  switch (event.type) {
    case "PullRequestMerged":
      return released(run, task.key, "BlockerMerged");
    case "MergedByPerson":
      return [...reopened(run, task.key), ...released(run, task.key, "BlockerMerged")];
    case "TaskRetried":
      return reopened(run, task.key);
    case "AttemptFailed":
    case "TaskSkipped":
    case "TaskCancelled":
      if (!isTerminal(task.status)) return [];
      return freesDependents(task) ? released(run, task.key, "BlockerFreed") : closed(run, task.key);
    default:
      return [];
  }
}

function released(run: Run, blocker: TaskKey, type: "BlockerMerged" | "BlockerFreed"): readonly TaskEvent[] {
  return (run.dependents.get(blocker) ?? [])
    .filter((key) => isOpen(run, key) && run.tasks.get(key)?.released.includes(blocker) !== true)
    .map((key) => ({ type, task: key, blocker }));
}

function isOpen(run: Run, key: TaskKey): boolean {
  const task = run.tasks.get(key);
  return task !== undefined && !isTerminal(task.status);
}

/** Every waiting transitive dependent, each once, with the chain that leads to it. */
function closed(run: Run, ended: TaskKey): readonly TaskEvent[] {
  const events: TaskEvent[] = [];
  const seen = new Set<TaskKey>([ended]);
  const queue: { readonly key: TaskKey; readonly path: readonly TaskKey[] }[] = [{ key: ended, path: [ended] }];
  for (const { key, path } of queue) {
    for (const dependent of run.dependents.get(key) ?? []) {
      const task = run.tasks.get(dependent);
      if (task === undefined || task.status !== "waiting" || seen.has(dependent)) continue;
      seen.add(dependent);
      events.push({ type: "BlockerEnded", task: dependent, blocker: ended, path: [...path, dependent] });
      queue.push({ key: dependent, path: [...path, dependent] });
    }
  }
  return events;
}

/** Dependents that were skipped because of this task wait for it again. */
function reopened(run: Run, blocker: TaskKey): readonly TaskEvent[] {
  return (run.dependents.get(blocker) ?? [])
    .filter((key) => {
      const task = run.tasks.get(key);
      return task?.status === "skipped" && task.reason === "blocker-ended" && !hasEndedBlocker(run, key, blocker);
    })
    .map((key) => ({ type: "TaskRetried", task: key, by: `retry of ${blocker}` }));
}

function hasEndedBlocker(run: Run, key: TaskKey, except: TaskKey): boolean {
  const blockers = run.tasks.get(key)?.issue.blockers ?? [];
  return blockers.some((blocker) => {
    const task = run.tasks.get(blocker.key);
    if (blocker.strength !== "hard" || blocker.key === except || task === undefined) return false;
    return isTerminal(task.status) && !freesDependents(task);
  });
}
