import type { Instant } from "../shared/names.ts";
import type { Action } from "./actions.ts";
import { isDue, slotsTaken } from "./admission.ts";
import { RoomLeft } from "./agent-room.ts";
import { draftActions } from "./drafts.ts";
import { forecastActions } from "./forecast-conflicts.ts";
import { holdsEnd, mayBegin } from "./may-begin.ts";
import { newWork } from "./new-work.ts";
import type { Run, Task } from "./run.ts";
import { stepAction, takesGateSlot, takesSlot } from "./step-action.ts";
import { landingDeadlines } from "./overdue.ts";
import { questionDeadlines } from "./question-time.ts";
import { isTerminal, taskStatus } from "./task-state.ts";
import { trainActions } from "./train-actions.ts";
import { busyTasks, isUnderWay, whenDue } from "./under-way.ts";
import { revertActions, verifyActions, waveActions } from "./whole-actions.ts";

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
    // While it is looked for what broke the whole nothing begins: when it is found, the run waits.
    ...(run.status === "running" && run.redWhole === null ? taskActions(run, now) : []),
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
      return run.baseline === null ? [baselineOf(integration)] : [];
    case "running":
      return run.revert === null ? waveActions(run) : revertActions(run);
    case "verifying":
      return verifyActions(run);
    case "landing":
      return integration === null ? [] : landingActions(run, integration.head);
    default:
      return [];
  }
}

/** What was red on the target before is nobody's fault; what an older integration branch broke is that branch's. */
function baselineOf({ head, base }: NonNullable<Run["integration"]>): Action {
  const branch = head === base ? {} : { branch: head };
  return { type: "RunBaseline", key: `baseline:${head}`, commit: base, ...branch };
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
  const room = new RoomLeft(run);
  let gateSlots = run.settings.gates.parallel - countGates(run);
  // What is gated together comes after whoever has its turn, and before what is only on its way to the queue.
  const turn = run.merging === null ? 0 : 1;
  for (const wanted of trainActions(run, gateSlots - turn)) {
    const action = isUnderWay(run, wanted) ? null : whenDue(run, wanted, now);
    if (action === null) continue;
    if (takesGateSlot(action)) gateSlots -= 1;
    actions.push(action);
  }
  for (const task of byUrgency(run)) {
    if (!isDue(task, now) || busy.has(task.key)) continue;
    const wanted = stepAction(run, task);
    if (wanted === null || isUnderWay(run, wanted)) continue;
    const action = whenDue(run, wanted, now);
    if (action === null) continue;
    if (takesSlot(action)) {
      if (slots <= 0 || !mayBegin(run, task, now) || !room.has(task)) continue;
      slots -= 1;
      room.take(task);
    }
    if (takesGateSlot(action)) {
      if (gateSlots <= 0) continue;
      gateSlots -= 1;
    }
    actions.push(action);
  }
  for (const wanted of forecastActions(run)) {
    const action = isUnderWay(run, wanted) ? null : whenDue(run, wanted, now);
    if (action !== null) actions.push(action);
  }
  return [...actions, ...newWork(run, now, { slots, busy, room })];
}

function countGates(run: Run): number {
  let gates = 0;
  for (const effect of run.effects.values()) if (takesGateSlot(effect.action)) gates += 1;
  return gates;
}

const URGENCY: Readonly<Record<string, number>> = {
  merging: 0,
  fixing: 1,
  reviewing: 2,
  running: 3,
};

/** Started tasks, those nearest to being merged first; repairs before reviews: what is broken holds up others longest. */
function byUrgency(run: Run): readonly Task[] {
  const started = [...run.tasks.values()].filter((task) => task.status in URGENCY);
  return started.toSorted((a, b) => (URGENCY[a.status] ?? 9) - (URGENCY[b.status] ?? 9));
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
