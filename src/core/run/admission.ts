import type { TaskKey } from "../shared/names.ts";
import { inTaskOrder } from "../shared/task-order.ts";
import type { Action } from "./actions.ts";
import { originalOf } from "./follow-up-chain.ts";
import type { Run, Task } from "./run.ts";
import { isStarted, isTerminal, taskStatus } from "./task-state.ts";
import { NO_ESTIMATES, weightsOf } from "./weights.ts";

/**
 * The longest remaining path: the heaviest chain of open hard dependents below each task, itself included. In minutes of
 * the plan's estimates where it has any, else in tasks.
 */
export function remainingPath(run: Run): ReadonlyMap<TaskKey, number> {
  const length = new Map<TaskKey, number>();
  const { weights, otherwise } = weightsOf(run.plan?.estimates ?? NO_ESTIMATES);
  // Dependents first: an explicit stack, because a plan may be one chain of 10,000.
  for (const root of run.tasks.keys()) {
    const stack = [root];
    for (let key = stack.at(-1); key !== undefined; key = stack.at(-1)) {
      const below = openDependents(run, key);
      const unknown = length.has(key) ? [] : below.filter((dependent) => !length.has(dependent));
      if (unknown.length > 0) {
        stack.push(...unknown);
        continue;
      }
      const longest = Math.max(0, ...below.map((dependent) => length.get(dependent) ?? 0));
      length.set(key, (weights.get(key) ?? otherwise) + longest);
      stack.pop();
    }
  }
  return length;
}

function openDependents(run: Run, key: TaskKey): readonly TaskKey[] {
  return (run.dependents.get(key) ?? []).filter((dependent) => isOpen(run, dependent));
}

function isOpen(run: Run, key: TaskKey): boolean {
  const task = run.tasks.get(key);
  return task !== undefined && !isTerminal(task.status);
}

/** Ready tasks in the order they get a slot. */
export function startOrder(run: Run, now: number): readonly Task[] {
  const ready = [...run.tasks.values()].filter(
    (task) => task.status === "waiting" && isDue(task, now) && taskStatus(run, task) === "ready",
  );
  return ready.length <= 1 ? ready : inTaskOrder(ready, remainingPath(run));
}

/** True once the time a task was told to wait for has come. */
export function isDue(task: Task, now: number): boolean {
  return task.notBefore === null || task.notBefore <= now;
}

/** Effects under way, with those that met trouble and will be begun again: neither may be doubled. */
export function* owedActions(run: Run): Generator<Action> {
  for (const { action } of run.effects.values()) yield action;
  for (const { action } of run.delayed.values()) yield action;
}

/**
 * What `parallel` bounds: live agent sessions, and workspaces and sessions being prepared. A session whose outcome met
 * trouble on its way here may still be alive, so the task's own record counts, not the effect.
 */
export function slotsTaken(run: Run): number {
  let taken = 0;
  for (const task of run.tasks.values()) if (task.session !== null) taken += 1;
  for (const { action } of run.effects.values()) {
    if (action.type === "PrepareWorkspace" || action.type === "PrepareSession") taken += 1;
  }
  return taken;
}

/** Tasks started and not over, with those whose workspace is being prepared: what `inFlight` bounds. */
export function tasksInFlight(run: Run): number {
  let started = 0;
  for (const task of run.tasks.values()) if (isStarted(task.status)) started += 1;
  for (const { action } of run.effects.values()) {
    if (action.type === "PrepareWorkspace") started += 1;
  }
  return started;
}

/**
 * Conflict groups that are held, with their holder: a member that has begun and is not over (a person may send an
 * escalated one back to work at any moment), whose session still lives, or whose workspace is being prepared.
 */
export function busyGroups(run: Run): Map<string, TaskKey> {
  const busy = new Map<string, TaskKey>();
  for (const task of run.tasks.values()) {
    const group = task.issue.conflictGroup;
    const asks = task.status === "escalated" && task.cameFrom?.status !== "waiting";
    if (group !== null && (isStarted(task.status) || asks || task.session !== null))
      busy.set(group, task.key);
  }
  for (const action of owedActions(run)) {
    if (action.type !== "PrepareWorkspace") continue;
    const task = run.tasks.get(action.task);
    const group = task?.issue.conflictGroup ?? null;
    if (task?.status === "waiting" && group !== null) busy.set(group, task.key);
  }
  return busy;
}

/** The other member that holds this task's conflict group, or null. */
export function groupHolder(run: Run, task: Task): TaskKey | null {
  if (task.issue.conflictGroup === null) return null;
  const holder = busyGroups(run).get(task.issue.conflictGroup);
  return holder === undefined || holder === task.key ? null : holder;
}

/**
 * The plan's waves, each with the issues that took over the rest of one of its own, or the place of one: whoever comes
 * later waits for those as well. What else joins the run belongs to no wave.
 */
export function wavesOf(run: Run): readonly (readonly TaskKey[])[] {
  const planned = run.plan?.waves ?? [];
  const placed = new Set(planned.flat());
  const joined = [...run.tasks.keys()].filter((key) => !placed.has(key));
  if (joined.length === 0) return planned;
  const original = originalOf(run);
  const waveOf = (key: TaskKey): number => planned.findIndex((keys) => keys.includes(key));
  const placeOf = (key: TaskKey): number => {
    const at = waveOf(original(key));
    const waitsFor = run.tasks.get(key)?.issue.blockers ?? [];
    // Nobody waits in a wave for one of a later wave: that one could not begin.
    return at === -1 ? -1 : Math.max(at, ...waitsFor.map((blocker) => waveOf(blocker.key)));
  };
  const places = new Map(joined.map((key) => [key, placeOf(key)]));
  return planned.map((keys, at) => [...keys, ...joined.filter((key) => places.get(key) === at)]);
}

/** Under `barrier`: the first wave that has an open task; nothing of a later one starts. Null: none, or no barrier. */
export function barrierWave(run: Run): number | null {
  if (!run.settings.barrier || run.plan === null) return null;
  const index = wavesOf(run).findIndex((wave) => wave.some((key) => isOpen(run, key)));
  return index === -1 ? null : index;
}

/** True where a task may start while this is the wave at work: it is of it, or of none. */
export function isOfWave(run: Run, key: TaskKey, wave: number): boolean {
  const at = wavesOf(run).findIndex((keys) => keys.includes(key));
  return at === wave || at === -1;
}

/** True where an earlier wave has to be tested before this one may start. */
export function waitsForWaveTest(run: Run, wave: number): boolean {
  return run.settings.merging !== undefined && wave > run.wavesTested;
}
