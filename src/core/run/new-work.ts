import type { Instant, TaskKey } from "../shared/names.ts";
import type { Action } from "./actions.ts";
import type { RoomLeft } from "./agent-room.ts";
import {
  barrierWave,
  busyGroups,
  isOfWave,
  startOrder,
  tasksInFlight,
  waitsForWaveTest,
} from "./admission.ts";
import { mayBegin } from "./may-begin.ts";
import { phaseIsOpen } from "./phases.ts";
import type { Run, Task } from "./run.ts";
import { stackTips } from "./task-state.ts";
import { busyTasks, isUnderWay, whenDue } from "./under-way.ts";

/** What is free for tasks that have not begun. */
export interface Free {
  readonly slots: number;
  readonly busy: ReadonlySet<TaskKey>;
  readonly room: RoomLeft;
}

/** Tasks that may start now, each by having its workspace made. */
export function newWork(run: Run, now: Instant, free: Free): readonly Action[] {
  let slots = Math.min(free.slots, run.settings.inFlight - tasksInFlight(run));
  if (slots <= 0 || run.integration === null) return [];
  const groups = busyGroups(run);
  const wave = barrierWave(run);
  const taken = takenSlots(run);
  const actions: Action[] = [];
  for (const task of startOrder(run, now)) {
    if (slots <= 0) break;
    const group = task.issue.conflictGroup;
    const holder = group === null ? undefined : groups.get(group);
    if (!mayBegin(run, task, now) || (holder !== undefined && holder !== task.key)) continue;
    if (wave !== null && !isOfWave(run, task.key, wave)) continue;
    if (wave !== null && waitsForWaveTest(run, wave)) continue;
    if (!free.room.has(task) || free.busy.has(task.key) || !phaseIsOpen(run, task)) continue;
    const wanted = prepareWorkspace(run, task, run.integration.head, taken);
    const action = isUnderWay(run, wanted) ? null : whenDue(run, wanted, now);
    if (action === null) continue;
    if (group !== null) groups.set(group, task.key);
    slots -= 1;
    free.room.take(task);
    actions.push(action);
  }
  return actions;
}

function prepareWorkspace(
  run: Run,
  task: Task,
  integrationHead: string,
  taken: Set<string>,
): Action {
  const slot = task.workspace?.slot ?? freeSlot(taken);
  taken.add(slot);
  // Whoever has begun goes on where it began.
  const tips = task.workspace === null ? stackTips(run, task) : [];
  return {
    type: "PrepareWorkspace",
    key: `workspace:${task.key}:n${task.stepNo}`,
    task: task.key,
    slot,
    branch: task.branch,
    base: task.workspace?.forkPoint ?? integrationHead,
    ...(tips.length === 0 ? {} : { tips }),
    mode: modeFor(task),
    attempt: task.attemptsFailed + 1,
  };
}

/** A preparation that met trouble may have left the branch at an older base: it is the run's own and is made anew. */
function modeFor(task: Task): "create" | "reuse" | "restart" {
  if (task.startOver) return "restart";
  if (task.workspace !== null) return "reuse";
  return task.stepNo > 0 && task.retries === 0 ? "restart" : "create";
}

/** Workspaces in use: a merged task's goes back to the pool once nothing works in it, everybody else's is kept. */
function takenSlots(run: Run): Set<string> {
  const taken = new Set<string>();
  const busy = busyTasks(run);
  for (const task of run.tasks.values()) {
    if (task.workspace === null) continue;
    if (task.status !== "merged" || busy.has(task.key)) taken.add(task.workspace.slot);
  }
  for (const { action } of [...run.effects.values(), ...run.delayed.values()]) {
    if (action.type === "PrepareWorkspace") taken.add(action.slot);
  }
  return taken;
}

function freeSlot(taken: ReadonlySet<string>): string {
  for (let number = 1; ; number += 1) if (!taken.has(`w${number}`)) return `w${number}`;
}
