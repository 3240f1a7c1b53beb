import type { Instant, TaskKey } from "../shared/names.ts";
import type { Action } from "./actions.ts";
import {
  barrierWave,
  busyGroups,
  isDue,
  slotsTaken,
  startOrder,
  tasksInFlight,
} from "./admission.ts";
import { draftActions, owesDraft } from "./drafts.ts";
import { holdsEnd, mayBegin } from "./may-begin.ts";
import type { Run, Task } from "./run.ts";
import { stepAction, takesGateSlot, takesSlot } from "./step-action.ts";
import { landingDeadlines } from "./overdue.ts";
import { phaseIsOpen } from "./phases.ts";
import { questionDeadlines } from "./question-time.ts";
import { isTerminal, taskStatus } from "./task-state.ts";

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
  const wanted = [
    ...owedSessions(run),
    ...endings(run),
    ...wholeRunActions(run),
    ...(run.status === "running" ? taskActions(run, now) : []),
    ...(TIDIES.has(run.status) ? tidyActions(run) : []),
    ...draftActions(run),
  ];
  const actions: Action[] = [];
  for (const action of wanted) {
    const due = isUnderWay(run, action) ? null : whenDue(run, action, now);
    if (due !== null) actions.push(due);
  }
  return { actions, wakeAt: nextInstant(run, now) };
}

const TIDIES: ReadonlySet<string> = new Set(["running", "verifying", "landing"]);

function isUnderWay(run: Run, action: Action): boolean {
  return run.effects.has(action.key) || run.finishedKeys.has(action.key);
}

/** The action, or null while it waits after trouble; then it is begun with the arguments it was first begun with. */
function whenDue(run: Run, action: Action, now: Instant): Action | null {
  const delayed = run.delayed.get(action.key);
  if (delayed === undefined) return action;
  return delayed.notBefore > now ? null : delayed.action;
}

/** Sessions whose outcome met trouble on its way: they may be alive, so it is asked for in any status of the run. */
function owedSessions(run: Run): readonly Action[] {
  const owed: Action[] = [];
  for (const { action } of run.delayed.values())
    if (action.type === "RunSession") owed.push(action);
  return owed;
}

/** Sessions whose end was asked for, in any status of the run. */
function endings(run: Run): readonly Action[] {
  const actions: Action[] = [];
  for (const { key, session } of run.tasks.values()) {
    if (session?.ending !== true) continue;
    actions.push({
      type: "EndSession",
      key: `end:${session.id}`,
      task: key,
      session: session.id,
    });
  }
  return actions;
}

function wholeRunActions(run: Run): readonly Action[] {
  const { settings, integration } = run;
  switch (run.status) {
    case "planning":
      if (integration === null) {
        return [
          {
            type: "PrepareIntegration",
            key: `integration:${settings.integrationBranch}`,
            branch: settings.integrationBranch,
            target: settings.target,
          },
        ];
      }
      return run.baseline === null
        ? [{ type: "RunBaseline", key: `baseline:${integration.head}`, commit: integration.head }]
        : [];
    case "verifying":
      if (integration === null) return [];
      return [
        {
          type: "TestIntegration",
          key: `verify:${run.verifications}:${integration.head}`,
          commit: integration.head,
        },
      ];
    case "landing":
      return integration === null ? [] : landingActions(run, integration.head);
    default:
      return [];
  }
}

function landingActions(run: Run, head: string): readonly Action[] {
  const { land, target, forge, targetPolicy } = run.settings;
  const key = `land:${run.verifications}:${head}`;
  // Under `direct` what was merged is on the target: what is left is to say so there.
  const isDirect = targetPolicy === "direct" && forge !== undefined;
  if (run.landing !== null || land === "auto" || isDirect)
    return [{ type: "Land", key, head, target }];
  if (land !== "pull-request" || run.landingPullRequest?.head === head) return [];
  return [{ type: "OpenLanding", key: `landing-${key}`, head, target }];
}

/** Last words on the forge for tasks that are over. */
export function tidyActions(run: Run): readonly Action[] {
  if (run.settings.forge === undefined) return [];
  return [...run.tasks.values()].flatMap((task): readonly Action[] => {
    if (task.pullRequest === null || !isTerminal(task.status)) return [];
    const key = `tidy:${task.key}:${task.status}:r${task.retries}`;
    return run.finishedKeys.has(key) ? [] : [{ type: "TidyPullRequest", key, task: task.key }];
  });
}

function taskActions(run: Run, now: Instant): readonly Action[] {
  const actions: Action[] = [];
  const busy = busyTasks(run);
  let slots = run.settings.parallel - slotsTaken(run);
  let gateSlots = run.settings.gates.parallel - countGates(run);
  for (const task of byUrgency(run)) {
    if (!isDue(task, now) || busy.has(task.key)) continue;
    const wanted = stepAction(run, task);
    if (wanted === null || isUnderWay(run, wanted)) continue;
    const action = whenDue(run, wanted, now);
    if (action === null) continue;
    if (takesSlot(action)) {
      if (slots <= 0 || !mayBegin(run, task, now)) continue;
      slots -= 1;
    }
    if (takesGateSlot(action)) {
      if (gateSlots <= 0) continue;
      gateSlots -= 1;
    }
    actions.push(action);
  }
  return [...actions, ...newWork(run, now, { slots, busy })];
}

/** Tasks with a live session or an effect under way: one thing at a time happens to a task. */
function busyTasks(run: Run): Set<TaskKey> {
  const busy = new Set<TaskKey>();
  for (const task of run.tasks.values()) if (task.session !== null) busy.add(task.key);
  for (const { action } of run.effects.values()) {
    if ("task" in action && action.type !== "EndSession") busy.add(action.task);
  }
  for (const key of owesDraft(run)) busy.add(key);
  return busy;
}

function countGates(run: Run): number {
  let gates = 0;
  for (const effect of run.effects.values()) if (takesGateSlot(effect.action)) gates += 1;
  return gates;
}

const URGENCY: Readonly<Record<string, number>> = {
  merging: 0,
  reviewing: 1,
  fixing: 1,
  running: 2,
};

/** Started tasks, those nearest to being merged first. */
function byUrgency(run: Run): readonly Task[] {
  const started = [...run.tasks.values()].filter((task) => task.status in URGENCY);
  return started.toSorted((a, b) => (URGENCY[a.status] ?? 9) - (URGENCY[b.status] ?? 9));
}

interface Room {
  readonly slots: number;
  readonly busy: ReadonlySet<TaskKey>;
}

function newWork(run: Run, now: Instant, room: Room): readonly Action[] {
  let slots = Math.min(room.slots, run.settings.inFlight - tasksInFlight(run));
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
    if (wave !== null && run.plan?.waves[wave]?.includes(task.key) !== true) continue;
    if (room.busy.has(task.key) || !phaseIsOpen(run, task)) continue;
    const wanted = prepareWorkspace(task, run.integration.head, taken);
    const action = isUnderWay(run, wanted) ? null : whenDue(run, wanted, now);
    if (action === null) continue;
    if (group !== null) groups.set(group, task.key);
    slots -= 1;
    actions.push(action);
  }
  return actions;
}

function prepareWorkspace(task: Task, integrationHead: string, taken: Set<string>): Action {
  const slot = task.workspace?.slot ?? freeSlot(taken);
  taken.add(slot);
  return {
    type: "PrepareWorkspace",
    key: `workspace:${task.key}:n${task.stepNo}`,
    task: task.key,
    slot,
    branch: task.branch,
    base: task.workspace?.forkPoint ?? integrationHead,
    mode: modeFor(task),
    attempt: task.attemptsFailed + 1,
  };
}

/** A preparation that met trouble may have left the branch at an older base: it is the run's own and is made anew. */
function modeFor(task: Task): "create" | "reuse" | "restart" {
  if (task.workspace !== null) return task.startOver ? "restart" : "reuse";
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

/** The earliest time at which a task or a delayed effect becomes due. */
function nextInstant(run: Run, now: Instant): Instant | null {
  const instants: Instant[] = [];
  for (const task of run.tasks.values()) {
    const waits = task.notBefore !== null && task.endedAt === null;
    if (waits && taskStatus(run, task) !== "blocked") instants.push(task.notBefore);
  }
  instants.push(...landingDeadlines(run), ...questionDeadlines(run), ...holdsEnd(run, now));
  for (const delayed of run.delayed.values()) instants.push(delayed.notBefore);
  const ahead = instants.filter((at) => at > now);
  return ahead.length === 0 ? null : ahead.reduce((a, b) => Math.min(a, b));
}
