import type { Run, Task } from "../run/run.ts";
import { isStarted, isTerminal, taskStatus } from "../run/task-state.ts";
import type { TaskKey } from "../shared/names.ts";

/** Longest chain of open hard dependents below each task, itself included, in tasks: the longest remaining path. */
export function remainingPath(run: Run): ReadonlyMap<TaskKey, number> {
  const length = new Map<TaskKey, number>();
  // Dependents first: an explicit stack, because a plan may be one chain of 10,000.
  for (const root of run.tasks.keys()) {
    const stack = [root];
    while (stack.length > 0) {
      const key = stack[stack.length - 1] as TaskKey;
      if (length.has(key)) {
        stack.pop();
        continue;
      }
      const below = (run.dependents.get(key) ?? []).filter((dependent) => isOpen(run, dependent));
      const unknown = below.filter((dependent) => !length.has(dependent));
      if (unknown.length > 0) stack.push(...unknown);
      else {
        length.set(key, 1 + Math.max(0, ...below.map((dependent) => length.get(dependent) ?? 0)));
        stack.pop();
      }
    }
  }
  return length;
}

function isOpen(run: Run, key: TaskKey): boolean {
  const task = run.tasks.get(key);
  return task !== undefined && !isTerminal(task.status);
}

/** Ready tasks in the order they get a slot: longest remaining path, then P0 > P1 > P2, then source order. */
export function startOrder(run: Run, now: number): readonly Task[] {
  const ready = [...run.tasks.values()].filter((task) => taskStatus(run, task) === "ready" && isDue(task, now));
  if (ready.length <= 1) return ready;
  const remaining = remainingPath(run);
  // Array sorting is stable and the map is in source order, which is the last criterion.
  return ready.toSorted((a, b) => (remaining.get(b.key) ?? 0) - (remaining.get(a.key) ?? 0) || priorityRank(a) - priorityRank(b));
}

/** True once the time a task was told to wait for has come. */
export function isDue(task: Task, now: number): boolean {
  return task.notBefore === null || task.notBefore <= now;
}

/** P0 before P1 before P2 before none. */
export function priorityRank(task: Task): number {
  return task.issue.priority === null ? 3 : Number(task.issue.priority[1]);
}

/** Live agent sessions, with workspaces being prepared for one: what `parallel` bounds. */
export function slotsTaken(run: Run): number {
  let taken = 0;
  for (const effect of run.effects.values()) {
    if (effect.action.type === "RunSession" || effect.action.type === "PrepareWorkspace") taken += 1;
  }
  return taken;
}

/** Tasks started and not over, with those whose workspace is being prepared: what `inFlight` bounds. */
export function tasksInFlight(run: Run): number {
  let started = 0;
  for (const task of run.tasks.values()) if (isStarted(task.status)) started += 1;
  for (const effect of run.effects.values()) if (effect.action.type === "PrepareWorkspace") started += 1;
  return started;
}

/** Conflict groups with a member between `running` and `merging`, or about to start. */
export function busyGroups(run: Run): Set<string> {
  const busy = new Set<string>();
  for (const task of run.tasks.values()) {
    if (task.issue.conflictGroup !== null && isStarted(task.status)) busy.add(task.issue.conflictGroup);
  }
  for (const effect of run.effects.values()) {
    if (effect.action.type !== "PrepareWorkspace") continue;
    const group = run.tasks.get(effect.action.task)?.issue.conflictGroup;
    if (group != null) busy.add(group);
  }
  return busy;
}

/** True when money for one more turn of this task is left. Reached ceilings stop new turns, never live ones. */
export function hasMoney(run: Run, task: Task): boolean {
  const { taskUsd, runUsd } = run.settings.budget;
  if (runUsd !== null && (run.usage.usd ?? 0) >= runUsd) return false;
  return taskUsd === null || (task.usage.usd ?? 0) < taskUsd;
}

/** Wave of each open task under `barrier`: nothing starts while an earlier wave has an open task. */
export function barrierWave(run: Run): number | null {
  if (!run.settings.barrier || run.plan === null) return null;
  const index = run.plan.waves.findIndex((wave) => wave.some((key) => isOpen(run, key)));
  return index === -1 ? null : index;
}
