import type { TaskKey } from "../shared/names.ts";
import type { RunEvent, TaskEvent } from "./events.ts";
import { isTaskEvent } from "./evolve-task.ts";
import type { Run, Task } from "./run.ts";
import { freesDependents, isStarted, isTerminal } from "./task-state.ts";

/**
 * Events that must stand in the same append as the one just folded: dependents that were freed, chains that close over
 * a task that ended without freeing, chains that open again when it is retried, sessions that nobody wants any more.
 * No state in between is ever visible.
 */
export function consequences(run: Run, event: RunEvent): readonly TaskEvent[] {
  if (event.type === "TaskAdded") return toldOnEntry(run, event.task);
  if (!isTaskEvent(event)) return stopsEverything(event) ? endSessions(run, event.type) : [];
  const task = run.tasks.get(event.task);
  if (task === undefined) return [];
  const ending = isTerminal(task.status) ? endSession(task, task.status) : [];
  return [...ending, ...inGraph(run, task, event)];
}

function inGraph(run: Run, task: Task, event: TaskEvent): readonly TaskEvent[] {
  switch (event.type) {
    case "PullRequestMerged":
      return released(run, task.key, "BlockerMerged");
    case "MergedByPerson":
      return [...reopened(run, task.key), ...released(run, task.key, "BlockerMerged")];
    case "TaskRetried":
      return [...caughtUp(run, task), ...reopened(run, task.key)];
    case "DependencyAdded":
      return [...caughtUp(run, task), ...closedByEdge(run, event.blocker)];
    case "TaskReverted":
      return takenBack(run, task.key);
    case "ConflictGivenBack":
    case "AttemptFailed":
    case "TaskSkipped":
    case "TaskCancelled":
      if (!isTerminal(task.status)) return closedBehind(run, task);
      // Whoever closed the chain has closed all of it.
      if (isClosing(event)) return [];
      return freesDependents(task)
        ? released(run, task.key, "BlockerFreed")
        : closed(run, task.key);
    default:
      return closedBehind(run, task);
  }
}

function stopsEverything(event: RunEvent): boolean {
  switch (event.type) {
    case "RunAborted":
    case "PanicRaised":
    case "CriticalStopRaised":
    case "RunCancelled":
    case "PlanRejected":
      return true;
    default:
      return false;
  }
}

function endSessions(run: Run, why: string): readonly TaskEvent[] {
  return [...run.tasks.values()].flatMap((task) => endSession(task, why));
}

function endSession(task: Task, why: string): readonly TaskEvent[] {
  if (task.session === null || task.session.ending) return [];
  return [{ type: "SessionEnding", task: task.key, session: task.session.id, why }];
}

/** Row 28: nobody begins on what is gone; whoever has built on it may need it, and is told so. */
function takenBack(run: Run, key: TaskKey): readonly TaskEvent[] {
  const direct = run.dependents.get(key) ?? [];
  const blocked = direct.flatMap((dependent): readonly TaskEvent[] => {
    const task = run.tasks.get(dependent);
    const isTold = task?.released.includes(key) === true && !isTerminal(task.status);
    return isTold ? [{ type: "BlockerReverted", task: dependent, blocker: key }] : [];
  });
  const suspects = below(run, key).flatMap((dependent): readonly TaskEvent[] => {
    const status = run.tasks.get(dependent)?.status;
    const hasBuilt = status !== undefined && status !== "waiting";
    const isThere = hasBuilt && (status === "merged" || !isTerminal(status));
    return isThere ? [{ type: "MarkedSuspect", task: dependent, of: key }] : [];
  });
  return [...blocked, ...suspects, ...closed(run, key)];
}

/** Everybody who depends on it, directly or not. */
function below(run: Run, key: TaskKey): readonly TaskKey[] {
  const found = new Set<TaskKey>();
  const queue = [key];
  for (const next of queue) {
    for (const dependent of run.dependents.get(next) ?? []) {
      if (found.has(dependent)) continue;
      found.add(dependent);
      queue.push(dependent);
    }
  }
  return [...found];
}

function released(
  run: Run,
  blocker: TaskKey,
  type: "BlockerMerged" | "BlockerFreed",
): readonly TaskEvent[] {
  return (run.dependents.get(blocker) ?? [])
    .filter((key) => {
      const task = run.tasks.get(key);
      return task !== undefined && !task.released.includes(blocker) && !isTerminal(task.status);
    })
    .map((key) => ({ type, task: key, blocker }));
}

function toldOnEntry(run: Run, key: TaskKey): readonly TaskEvent[] {
  const task = run.tasks.get(key);
  return task === undefined ? [] : caughtUp(run, task);
}

/** A new edge to what has ended without freeing anybody closes the chain behind it. */
function closedByEdge(run: Run, blocker: TaskKey): readonly TaskEvent[] {
  const task = run.tasks.get(blocker);
  const hasEnded = task !== undefined && isTerminal(task.status) && !freesDependents(task);
  return hasEnded ? closed(run, blocker) : [];
}

/** Sent back to wait while what it was built on was taken back under it: there is nothing to wait for. */
function closedBehind(run: Run, task: Task): readonly TaskEvent[] {
  if (task.status !== "waiting" || task.suspectOf.length === 0) return [];
  const [ended] = endedBlockers(run, task);
  return ended === undefined ? [] : closed(run, ended);
}

/** A task that begins again, or comes in late, is told what was merged while it was over. */
function caughtUp(run: Run, task: Task): readonly TaskEvent[] {
  return task.issue.blockers
    .filter(({ key, strength }) => {
      const blocker = run.tasks.get(key);
      if (strength !== "hard" || blocker === undefined || task.released.includes(key)) return false;
      return freesDependents(blocker);
    })
    .map(({ key }) => ({ type: "BlockerMerged", task: task.key, blocker: key }));
}

/**
 * Every transitive dependent that waits, each once, with the chain that leads to it; and those that had begun on the
 * unmerged work of one of them: their own work stays where it is.
 */
function closed(run: Run, ended: TaskKey): readonly TaskEvent[] {
  const events: TaskEvent[] = [];
  const seen = new Set<TaskKey>([ended]);
  const queue: { readonly key: TaskKey; readonly path: readonly TaskKey[] }[] = [
    { key: ended, path: [ended] },
  ];
  for (const { key, path } of queue) {
    for (const dependent of run.dependents.get(key) ?? []) {
      const task = run.tasks.get(dependent);
      if (task === undefined || seen.has(dependent)) continue;
      if (task.status !== "waiting" && !standsOn(task, key)) continue;
      seen.add(dependent);
      const chain = [...path, dependent];
      events.push(
        task.status === "waiting"
          ? { type: "BlockerEnded", task: dependent, blocker: ended, path: chain }
          : { ...CLOSING, task: dependent, detail: `It had begun on ${chain.join(" -> ")}.` },
      );
      queue.push({ key: dependent, path: chain });
    }
  }
  return events;
}

const CLOSING = { type: "TaskSkipped", reason: "blocker-ended", by: "engine" } as const;

function isClosing(event: TaskEvent): boolean {
  return event.type === "TaskSkipped" && event.reason === CLOSING.reason;
}

/** It has begun, and nobody has told it that this blocker is merged or freed, nor that it was taken back. */
function standsOn(task: Task, blocker: TaskKey): boolean {
  const { status } = task.cameFrom ?? task;
  if (isTerminal(task.status) || !isStarted(status)) return false;
  return !task.released.includes(blocker) && !task.suspectOf.includes(blocker);
}

/** Dependents that were skipped because of this task wait for it again; not in a run that was given up. */
function reopened(
  run: Run,
  blocker: TaskKey,
): readonly Extract<TaskEvent, { type: "TaskRetried" }>[] {
  if (run.status === "cancelled") return [];
  return (run.dependents.get(blocker) ?? [])
    .filter((key) => {
      const task = run.tasks.get(key);
      if (task?.status !== "skipped" || task.reason !== "blocker-ended") return false;
      return endedBlockers(run, task).every((other) => other === blocker);
    })
    .map((key) => ({ type: "TaskRetried", task: key, by: `retry of ${blocker}` }));
}

/** Hard blockers of a task that are over and have not freed it: it cannot begin unless they are begun again. */
export function endedBlockers(run: Run, task: Task): readonly TaskKey[] {
  return task.issue.blockers
    .filter(({ key, strength }) => {
      const blocker = run.tasks.get(key);
      if (strength !== "hard" || blocker === undefined) return false;
      return isTerminal(blocker.status) && !freesDependents(blocker);
    })
    .map(({ key }) => key);
}
