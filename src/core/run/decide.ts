import { barrierWave, busyGroups, hasMoney, isDue, slotsTaken, startOrder, tasksInFlight } from "../execute/admission.ts";
import type { Instant } from "../shared/names.ts";
import type { Action } from "./actions.ts";
import type { Run, Task } from "./run.ts";
import { stepAction, takesSlot } from "./step-action.ts";
import { taskStatus } from "./task-state.ts";

/** What should be begun now, and when to look again although nothing happened (null: never). */
export interface Decision {
  readonly actions: readonly Action[];
  readonly wakeAt: Instant | null;
}

/**
 * Answers what should be under way and is not: a pure function of the state and the time. Called after every append;
 * whatever it answers is recorded as an intent before it is begun. Finishing beats starting: merging, then reviews and
 * fix rounds, then new work.
 */
export function decide(run: Run, now: Instant): Decision {
  const wanted = [...endings(run), ...wholeRunActions(run), ...(run.status === "running" ? taskActions(run, now) : [])];
  const actions = wanted.filter((action) => !isUnderWay(run, action) && !isDelayed(run, action, now));
  return { actions, wakeAt: nextInstant(run, now) };
}

function isUnderWay(run: Run, action: Action): boolean {
  return run.effects.has(action.key) || run.finishedKeys.has(action.key);
}

function isDelayed(run: Run, action: Action, now: Instant): boolean {
  const delayed = run.delayed.get(action.key);
  return delayed !== undefined && delayed.notBefore > now;
}

/** Sessions whose end was asked for, in any status of the run. */
function endings(run: Run): readonly Action[] {
  const actions: Action[] = [];
  for (const task of run.tasks.values()) {
    if (task.session?.ending !== true) continue;
    actions.push({ type: "EndSession", key: `end:${task.session.id}`, task: task.key, session: task.session.id });
  }
  return actions;
}

function wholeRunActions(run: Run): readonly Action[] {
  const { settings, integration } = run;
  switch (run.status) {
    case "planning":
      if (integration === null) {
        return [{ type: "PrepareIntegration", key: `integration:${settings.integrationBranch}`, branch: settings.integrationBranch, target: settings.target }];
      }
      return run.baseline === null ? [{ type: "RunBaseline", key: `baseline:${integration.head}`, commit: integration.head }] : [];
    case "verifying":
      if (integration === null) return [];
      return [{ type: "TestIntegration", key: `verify:${run.verifications}:${integration.head}`, commit: integration.head }];
    case "landing":
      if (integration === null || (run.landing === null && settings.land === "manual")) return [];
      return [{ type: "Land", key: `land:${run.verifications}:${integration.head}`, head: integration.head, target: settings.target }];
    default:
      return [];
  }
}

function taskActions(run: Run, now: Instant): readonly Action[] {
  const actions: Action[] = [];
  let slots = run.settings.parallel - slotsTaken(run);
  let gateSlots = run.settings.gates.parallel - countGates(run);
  for (const task of byUrgency(run)) {
    if (!isDue(task, now) || task.session !== null) continue;
    const action = stepAction(run, task);
    if (action === null || isUnderWay(run, action) || isDelayed(run, action, now)) continue;
    if (takesSlot(action)) {
      if (slots <= 0 || !hasMoney(run, task)) continue;
      slots -= 1;
    }
    if (action.type === "RunGates") {
      if (gateSlots <= 0) continue;
      gateSlots -= 1;
    }
    actions.push(action);
  }
  return [...actions, ...newWork(run, now, slots)];
}

function countGates(run: Run): number {
  let gates = 0;
  for (const effect of run.effects.values()) if (effect.action.type === "RunGates") gates += 1;
  return gates;
}

const URGENCY: Readonly<Record<string, number>> = { merging: 0, reviewing: 1, fixing: 1, running: 2 };

/** Started tasks, those nearest to being merged first. */
function byUrgency(run: Run): readonly Task[] {
  const started = [...run.tasks.values()].filter((task) => task.status in URGENCY);
  return started.toSorted((a, b) => (URGENCY[a.status] ?? 9) - (URGENCY[b.status] ?? 9));
}

function newWork(run: Run, now: Instant, freeSlots: number): readonly Action[] {
  let slots = Math.min(freeSlots, run.settings.inFlight - tasksInFlight(run));
  if (slots <= 0 || run.integration === null) return [];
  const busy = busyGroups(run);
  const wave = barrierWave(run);
  const taken = takenSlots(run);
  const actions: Action[] = [];
  for (const task of startOrder(run, now)) {
    if (slots <= 0) break;
    const group = task.issue.conflictGroup;
    if (!hasMoney(run, task) || (group !== null && busy.has(group))) continue;
    if (wave !== null && run.plan?.waves[wave]?.includes(task.key) !== true) continue;
    const action = prepareWorkspace(task, run.integration.head, taken);
    if (isUnderWay(run, action) || isDelayed(run, action, now)) continue;
    if (group !== null) busy.add(group);
    slots -= 1;
    actions.push(action);
  }
  return actions;
}

function prepareWorkspace(task: Task, integrationHead: string, taken: Set<string>): Action {
  const again = task.workspace !== null;
  const slot = task.workspace?.slot ?? freeSlot(taken);
  taken.add(slot);
  return {
    type: "PrepareWorkspace",
    key: `workspace:${task.key}:r${task.retries}:s${task.sessions}:a${task.attemptsFailed}`,
    task: task.key,
    slot,
    branch: task.branch,
    base: task.workspace?.forkPoint ?? integrationHead,
    mode: again ? "reuse" : "create",
    attempt: task.attemptsFailed + 1,
  };
}

/** Workspaces in use: a merged task's goes back to the pool, everybody else's is kept. */
function takenSlots(run: Run): Set<string> {
  const taken = new Set<string>();
  for (const task of run.tasks.values()) {
    if (task.workspace !== null && task.status !== "merged") taken.add(task.workspace.slot);
  }
  for (const effect of run.effects.values()) if (effect.action.type === "PrepareWorkspace") taken.add(effect.action.slot);
  return taken;
}

function freeSlot(taken: ReadonlySet<string>): string {
  for (let number = 1; ; number += 1) if (!taken.has(`w${number}`)) return `w${number}`;
}

/** The earliest time at which a task or a delayed effect becomes due. */
function nextInstant(run: Run, now: Instant): Instant | null {
  let next: Instant | null = null;
  const consider = (at: Instant): void => {
    if (at > now && (next === null || at < next)) next = at;
  };
  for (const task of run.tasks.values()) if (task.notBefore !== null && taskStatus(run, task) !== "blocked") consider(task.notBefore);
  for (const delayed of run.delayed.values()) consider(delayed.notBefore);
  return next;
}
