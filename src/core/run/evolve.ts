import { addUsage, NO_USAGE } from "../shared/money.ts";
import type { RunId } from "../shared/names.ts";
import { growRoom, shrinkRoom } from "./agent-room.ts";
import { bookDay } from "./day.ts";
import type { EventOf, StoredEvent, TaskEvent, WholeRunEvent } from "./events.ts";
import { evolveTask, IllegalEvent, isTaskEvent, noteTransition } from "./evolve-task.ts";
import { RUN_RULES, type RunEventMap } from "./run-rules.ts";
import type { Run } from "./run.ts";
import { NO_SETTINGS } from "./settings.ts";
import { forgetAlone, leaveMove, moveTrain, noteGatedBase, NO_TRAINS } from "./train-rules.ts";
import { addDependent } from "./task-state.ts";
import { takeBack } from "./whole-rules.ts";

/** A run before its first event. */
export function emptyRun(id: RunId): Run {
  return {
    id,
    seq: 0,
    status: "planning",
    createdAt: 0,
    changedAt: 0,
    settings: NO_SETTINGS,
    plan: null,
    tasks: new Map(),
    dependents: new Map(),
    baseline: null,
    integration: null,
    greenTrees: new Set(),
    baseGated: null,
    tools: null,
    effects: new Map(),
    finishedKeys: new Set(),
    delayed: new Map(),
    merging: null,
    train: null,
    trains: NO_TRAINS,
    forecast: [],
    forecasts: 0,
    wavesTested: 0,
    redWhole: null,
    revert: null,
    reverts: 0,
    merged: [],
    landings: [],
    movingCleared: null,
    freed: new Set(),
    usage: NO_USAGE,
    day: null,
    limitedUntil: new Map(),
    agentRoom: new Map(),
    fixRounds: 0,
    commandsTaken: 0,
    phases: { passed: new Set(), asks: null },
    drainReason: null,
    haltReason: null,
    secretStops: [],
    panicked: false,
    verified: null,
    progress: null,
    verifyFailed: null,
    verifications: 0,
    landing: null,
    landingPullRequest: null,
    landed: null,
    landingRefused: null,
    endedAt: null,
  };
}

/**
 * Folds one event into the run, in place: the value passed in is consumed, so that a log of 100,000 events folds in
 * well under a second. @throws IllegalEvent when the transition tables do not allow it.
 */
export function evolve(run: Run, event: StoredEvent): Run {
  if (event.seq !== run.seq + 1)
    throw new IllegalEvent(event.type, `sequence ${event.seq} follows ${run.seq}`);
  run.seq = event.seq;
  run.changedAt = event.at;
  if (isTaskEvent(event)) evolveTaskIn(run, event, event.at);
  else evolveRun(run, event, event.at);
  return run;
}

/** The state after a whole log. */
export function foldLog(id: RunId, events: Iterable<StoredEvent>): Run {
  const run = emptyRun(id);
  for (const event of events) evolve(run, event);
  return run;
}

function evolveTaskIn(run: Run, event: TaskEvent, at: number): void {
  const before = run.tasks.get(event.task);
  if (before === undefined) throw new IllegalEvent(event.type, `there is no task ${event.task}`);
  const after = evolveTask(before, event, at);
  run.tasks.set(event.task, after);
  noteTransition(run, before, after);
  forgetAlone(run, after);
  switch (event.type) {
    case "GatesPassed":
      run.greenTrees.add(event.tree);
      break;
    case "SessionEnded":
      run.usage = addUsage(run.usage, event.usage);
      run.day = bookDay(run.day, event.usage, at);
      growRoom(run, event);
      break;
    case "ProviderLimited":
      shrinkRoom(run, before, event);
      noteLimit(run, event);
      break;
    case "PullRequestMerged":
      run.landings.push({
        task: event.task,
        commit: event.commit,
        onto: event.isAsChecked === false ? null : event.from,
      });
      noteGatedBase(run, event);
      moveTrain(run, event);
      moveIntegration(run, event.commit);
      break;
    case "BaseMoved":
      moveIntegration(run, event.base);
      break;
    case "MergedByPerson":
      // Found there: no move of the branch is its own.
      if (event.found !== true)
        run.landings.push({ task: event.task, commit: event.commit, onto: null });
      if (event.tip !== undefined) moveIntegration(run, event.tip);
      break;
    case "TaskReverted":
      moveIntegration(run, event.commit);
      takeBack(run, event);
      break;
    case "TaskRetried":
      reopenRun(run);
      break;
    case "DependencyAdded":
      addDependent(run, event.blocker, event.task);
      break;
    case "DependencyRemoved":
      removeDependent(run, event.blocker, event.task);
      break;
    default:
  }
  leaveMove(run, after);
}

/** A later word of the same provider never brings an earlier time. */
function noteLimit(run: Run, { agent, until }: EventOf<"ProviderLimited">): void {
  if (agent === undefined) return;
  run.limitedUntil.set(agent, Math.max(until, run.limitedUntil.get(agent) ?? 0));
}

function moveIntegration(run: Run, head: string): void {
  if (run.integration === null || run.integration.head === head) return;
  run.integration = { ...run.integration, head };
  // What landed is another state of the branch now, and what was tested as well.
  run.landed = null;
  run.redWhole = null;
  if (run.status === "verifying" || run.status === "landing") run.status = "running";
}

/** Row 40 and 34: a task that begins again makes a run that was over, or about to be, go on. */
function reopenRun(run: Run): void {
  if (!["complete", "waiting", "verifying", "landing"].includes(run.status)) return;
  run.status = "running";
  run.endedAt = null;
}

function removeDependent(run: Run, blocker: string, dependent: string): void {
  const known = run.dependents.get(blocker) ?? [];
  run.dependents.set(
    blocker,
    known.filter((key) => key !== dependent),
  );
}

function evolveRun(run: Run, event: WholeRunEvent, at: number): void {
  const status = applyRule(run, event.type, event, at);
  if (status === undefined) return;
  run.status = status;
  run.endedAt = status === "complete" || status === "cancelled" ? at : null;
}

function applyRule<T extends WholeRunEvent["type"]>(
  run: Run,
  type: T,
  event: RunEventMap[T],
  at: number,
): Run["status"] | void {
  const rule = RUN_RULES[type];
  if (!rule.from.includes(run.status)) {
    throw new IllegalEvent(type, `the run is ${run.status}`);
  }
  return rule.apply(run, event, at);
}
