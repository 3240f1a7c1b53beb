import type { TaskKey } from "../shared/names.ts";
import type { StoredEvent } from "./events.ts";
import { InvariantBroken } from "./invariant-record.ts";
import type { Run, StoredStatus, Task } from "./run.ts";

const OVER: ReadonlySet<StoredStatus> = new Set(["merged", "failed", "cancelled", "skipped"]);
const AT_WORK: ReadonlySet<StoredStatus> = new Set([
  "running",
  "reviewing",
  "fixing",
  "queued",
  "merging",
]);

/** True when nothing keeps dependents of `key` from starting, as far as it is concerned. */
function isFree(run: Run, key: TaskKey): boolean {
  const blocker = run.tasks.get(key);
  if (blocker === undefined) return run.freed.has(key);
  if (blocker.status === "merged") return true;
  return blocker.status === "skipped" && blocker.reason === "done-elsewhere";
}

/** I1, I3 and I5 for one task. @throws InvariantBroken */
export function checkGraph(run: Run, task: Task, event: StoredEvent | null): void {
  const place = { event, task: task.key };
  for (const { key, strength } of task.issue.blockers) {
    if (strength !== "hard") continue;
    const blocker = run.tasks.get(key);
    const free = isFree(run, key);
    // What was taken back under somebody who had begun: a person did that, and whoever it is knows.
    if (!free && !task.suspectOf.includes(key)) checkBegun(run, task, key, event);
    if (blocker === undefined || OVER.has(task.status)) continue;
    if (free && !task.released.includes(key)) {
      throw new InvariantBroken("I3", `${task.key} was not told that ${key} is merged`, place);
    }
    if (!free && OVER.has(blocker.status) && task.status === "waiting") {
      throw new InvariantBroken(
        "I5",
        `${task.key} waits for ${key}, which is ${blocker.status}`,
        place,
      );
    }
  }
  checkClosed(run, task, place);
}

/** I1 and I5 for a task and a blocker of it that is not merged. Under `start: stacked` only its merge waits for that. */
function checkBegun(run: Run, task: Task, key: TaskKey, event: StoredEvent | null): void {
  const place = { event, task: task.key };
  const isOwn = event !== null && "task" in event && event.task === task.key;
  const lands = task.status === "merging" || (isOwn && event.type === "PullRequestMerged");
  if (!lands && !AT_WORK.has(task.status)) return;
  const status = run.tasks.get(key)?.status;
  const begins = isOwn && event.type === "AttemptStarted";
  const isReady = status === "queued" || status === "merging";
  const mayStand = run.settings.start === "stacked" && status !== undefined && !lands;
  if (!mayStand || (begins && !isReady)) {
    throw new InvariantBroken("I1", `${task.key} is ${task.status} before ${key} is merged`, place);
  }
  if (OVER.has(status))
    throw new InvariantBroken("I5", `${task.key} goes on, but ${key} is ${status}`, place);
}

/** I5, the other half: failure closes over nobody who does not depend on it. */
function checkClosed(
  run: Run,
  task: Task,
  place: { event: StoredEvent | null; task: TaskKey },
): void {
  if (task.status !== "skipped" || task.reason !== "blocker-ended") return;
  const ended = task.issue.blockers.some(({ key, strength }) => {
    const blocker = run.tasks.get(key);
    return (
      strength === "hard" && blocker !== undefined && OVER.has(blocker.status) && !isFree(run, key)
    );
  });
  if (!ended)
    throw new InvariantBroken(
      "I5",
      `${task.key} was closed, but no blocker of it has ended`,
      place,
    );
}

/** I8: one branch at its turn. @throws InvariantBroken */
export function checkTurns(run: Run, event: StoredEvent | null): void {
  let merging: TaskKey | null = null;
  for (const task of run.tasks.values()) {
    if (task.status !== "merging") continue;
    if (merging !== null) {
      throw new InvariantBroken("I8", `${merging} and ${task.key} are both at their turn`, {
        event,
      });
    }
    merging = task.key;
  }
  if (merging !== run.merging) {
    throw new InvariantBroken("I12", "the run's record of who is merging differs from the tasks", {
      event,
    });
  }
}

/** I10. @throws InvariantBroken */
export function checkGroups(run: Run, event: StoredEvent | null): void {
  const holders = new Map<string, TaskKey>();
  for (const task of run.tasks.values()) {
    const group = task.issue.conflictGroup;
    if (group === null || (task.session === null && !AT_WORK.has(task.status))) continue;
    const other = holders.get(group);
    if (other !== undefined) {
      const what = `${other} and ${task.key} of group ${group} are at work together`;
      throw new InvariantBroken("I10", what, { event, task: task.key });
    }
    holders.set(group, task.key);
  }
}

/** I6. @throws InvariantBroken */
export function checkRunEnd(run: Run, event: StoredEvent | null): void {
  for (const task of run.tasks.values()) {
    if (OVER.has(task.status)) continue;
    throw new InvariantBroken("I6", `the run is complete while ${task.key} is ${task.status}`, {
      event,
      task: task.key,
    });
  }
  if (run.merged.length > 0 && run.verified?.commit !== run.integration?.head) {
    throw new InvariantBroken("I6", "the run is complete but what was merged is not verified", {
      event,
    });
  }
}
