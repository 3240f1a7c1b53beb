import { changedSettings } from "./change-settings.ts";
import type { EventOf, WholeRunEvent } from "./events.ts";
import { IllegalEvent } from "./illegal-event.ts";
import { noteForecast } from "./forecast-conflicts.ts";
import { delayEffect, startEffect } from "./effect-rules.ts";
import type { Run, RunStatus, Task } from "./run.ts";
import { addDependent, newTask } from "./task-state.ts";
import { buildTrain, endTrain, gateTrain, planTrain } from "./train-rules.ts";
import { beginRevert, noteRed, noteWave, refuseRevert } from "./whole-rules.ts";

/** Every event of the run as a whole with its own shape. */
export type RunEventMap = { readonly [T in WholeRunEvent["type"]]: EventOf<T> };

interface RunRule<E> {
  readonly from: readonly RunStatus[];
  /** Changes the run in place; answers its new status, if it has one. */
  readonly apply: (run: Run, event: E, at: number) => RunStatus | void;
}

const OPEN: readonly RunStatus[] = [
  "planning",
  "running",
  "draining",
  "paused",
  "waiting",
  "verifying",
  "landing",
  "halted",
];
const ANY: readonly RunStatus[] = [...OPEN, "complete", "cancelled"];
/** News of the preparations may come when the run was stopped meanwhile. */
const BEFORE_START: readonly RunStatus[] = ["planning", "draining", "paused", "halted"];

const none = (): void => undefined;

/** Rows 29-44 of the table. */
export const RUN_RULES: { readonly [T in WholeRunEvent["type"]]: RunRule<RunEventMap[T]> } = {
  RunCreated: {
    from: ["planning"],
    apply: (run, event, at) => {
      run.settings = event.settings;
      run.createdAt = at;
    },
  },
  PlanProposed: { from: ["planning"], apply: takePlan },
  TaskAdded: { from: ["running", "draining", "paused", "waiting", "halted"], apply: addTask },
  IntegrationReady: {
    from: BEFORE_START,
    apply: (run, event) => {
      run.integration = { branch: event.branch, head: event.head, base: event.base };
    },
  },
  BaselineRecorded: {
    from: BEFORE_START,
    apply: (run, event) => {
      run.baseline = event.results;
      // Green is what is no worse than this.
      run.baseGated = { commit: event.commit, ok: true };
      if (event.results.every((result) => result.ok)) run.greenTrees.add(event.tree);
    },
  },
  PlanApproved: { from: ["planning"], apply: () => "running" },
  PlanRejected: {
    from: BEFORE_START,
    apply: (run, event) => {
      run.haltReason = event.why;
      return "cancelled";
    },
  },
  DrainRequested: {
    from: ["planning", "running", "verifying", "landing"],
    apply: (run, event) => {
      run.drainReason = event.by;
      return "draining";
    },
  },
  Drained: { from: ["draining"], apply: () => "paused" },
  NothingCanMove: { from: ["running"], apply: () => "waiting" },
  PhaseEnded: {
    from: ["running"],
    apply: (run, { phase, next, timeoutMs }, at) => {
      const until = timeoutMs === undefined ? {} : { until: at + timeoutMs };
      run.phases.asks = { phase, next, askedAt: at, ...until };
    },
  },
  PhaseContinued: {
    from: ["running", "waiting", "paused", "draining", "halted"],
    apply: (run, { phase }) => {
      run.phases.passed.add(phase);
      run.phases.asks = null;
    },
  },
  RunResumed: { from: ["paused", "waiting", "halted"], apply: resumeRun },
  SettingsChanged: {
    from: ANY,
    apply: (run, event) => {
      run.settings = changedSettings(run.settings, event.changes);
    },
  },
  TasksFinished: {
    from: ["running"],
    apply: (run, event) => {
      run.phases.asks = null;
      run.verifications += 1;
      run.landingPullRequest = null;
      return event.mergedAny ? "verifying" : "complete";
    },
  },
  IntegrationPassed: {
    from: ["verifying"],
    apply: (run, event) => {
      run.verified = { commit: event.commit, results: event.results };
      run.progress = event.progress ?? null;
      // The marks were tested with everything else, and are where the branch now ends.
      if (run.integration !== null && event.progress !== undefined && "from" in event.progress)
        run.integration = { ...run.integration, head: event.commit };
      run.verifyFailed = null;
      return event.lands ? "landing" : "complete";
    },
  },
  IntegrationFailed: {
    // From `running` after a wave, under `barrier`.
    from: ["verifying", "running"],
    apply: (run, { commit, results, culprit, search, why }) => {
      run.verifyFailed = {
        commit,
        results,
        culprit,
        ...(search === undefined ? {} : { search }),
        ...(why === undefined ? {} : { why }),
      };
      run.redWhole = null;
      // What was red is tested again under another key, whenever somebody says so.
      run.verifications += 1;
      // Somebody takes a part of it back already.
      return run.revert === null ? "waiting" : "running";
    },
  },
  LandingOpened: {
    from: ["landing"],
    apply: (run, event, at) => {
      const { number, url, head } = event;
      run.landingPullRequest = { number, url, head, since: at };
    },
  },
  LandingHandedOver: { from: ["landing"], apply: () => "complete" },
  Landed: {
    from: ["landing"],
    apply: (run, event) => {
      run.landed = { commit: event.commit, target: event.target };
      run.landing = null;
      return "complete";
    },
  },
  LandingRefused: {
    from: ["landing"],
    apply: (run, event) => {
      run.landingRefused = event.why;
      run.landing = null;
      return "waiting";
    },
  },
  LandRequested: {
    from: ["complete", "waiting", "landing"],
    apply: (run, event) => {
      run.landing = { partial: event.partial, by: event.by };
      run.verifications += 1;
      run.landingRefused = null;
      return "landing";
    },
  },
  // Not from `halted`: a stop may not be turned into a pause that anybody resumes.
  RunAborted: { from: OPEN.filter((status) => status !== "halted"), apply: () => "paused" },
  PanicRaised: {
    from: OPEN,
    apply: (run, event) => {
      run.panicked = true;
      run.haltReason = `Panic by ${event.by}.`;
      return "halted";
    },
  },
  CriticalStopRaised: {
    from: OPEN,
    apply: (run, event) => {
      run.haltReason =
        run.status === "halted" ? `${run.haltReason ?? ""} ${event.detail}`.trim() : event.detail;
      const { task, session = null, secrets = [] } = event;
      if (secrets.length > 0) run.secretStops = [...run.secretStops, { task, session, secrets }];
      return "halted";
    },
  },
  RunCancelled: { from: OPEN, apply: () => "cancelled" },
  CommandTaken: {
    from: ANY,
    apply: (run, event) => {
      run.commandsTaken = Math.max(run.commandsTaken, event.number);
    },
  },
  EffectStarted: { from: ANY, apply: startEffect },
  EffectFinished: {
    from: ANY,
    apply: (run, event) => {
      run.effects.delete(event.key);
      run.finishedKeys.add(event.key);
      run.delayed.delete(event.key);
    },
  },
  EffectDelayed: { from: ANY, apply: delayEffect },
  EngineStarted: {
    from: ANY,
    apply: (run, event) => {
      run.day = event.day ?? run.day;
      noteTools(run, event);
    },
  },
  BaseGated: {
    from: OPEN,
    apply: (run, { commit, ok }) => {
      run.baseGated = { commit, ok };
    },
  },
  CheckpointNamed: { from: ANY, apply: none },
  TrainPlanned: { from: ["running"], apply: planTrain },
  TrainBuilt: { from: OPEN, apply: buildTrain },
  TrainGated: { from: OPEN, apply: gateTrain },
  TrainEnded: { from: ANY, apply: endTrain },
  ConflictsForecast: { from: ANY, apply: noteForecast },
  WaveTested: { from: OPEN, apply: noteWave },
  IntegrationRed: { from: OPEN, apply: noteRed },
  RevertRequested: { from: ["running", "waiting", "complete"], apply: beginRevert },
  // The run may have been given up meanwhile.
  RevertRefused: { from: ANY, apply: refuseRevert },
};

/** What was green with other tools is not known to be green with these; but what is on its way to the branch goes on. */
function noteTools(run: Run, { tools }: EventOf<"EngineStarted">): void {
  if (tools === undefined || tools === run.tools) return;
  if (run.tools !== null) {
    const moving = [...run.tasks.values()].flatMap(({ step }) =>
      step.at === "move" ? [step.tree] : [],
    );
    run.greenTrees = new Set(moving);
    run.baseGated = null;
  }
  run.tools = tools;
}

function takePlan(run: Run, event: EventOf<"PlanProposed">, at: number): void {
  run.plan = event.plan;
  for (const key of event.plan.done) run.freed.add(key);
  for (const key of event.freed) run.freed.add(key);
  for (const issue of event.plan.issues) {
    const branch = event.branches[issue.key];
    if (branch === undefined) continue; // outside the scope of this run
    enter(run, newTask(issue, branch, at));
  }
}

function addTask(run: Run, event: EventOf<"TaskAdded">, at: number): void {
  if (run.tasks.has(event.task)) throw new IllegalEvent(event.type, `${event.task} is there`);
  enter(run, newTask(event.issue, event.branch, at));
}

function enter(run: Run, task: Task): void {
  run.tasks.set(task.key, task);
  for (const blocker of task.issue.blockers) {
    if (blocker.strength === "hard") addDependent(run, blocker.key, task.key);
  }
}

function resumeRun(run: Run, event: EventOf<"RunResumed">): RunStatus {
  if (run.status === "halted") {
    if (run.panicked && !event.afterPanic) {
      throw new IllegalEvent(event.type, "after a panic only with afterPanic");
    }
    if (!run.panicked && !event.acknowledged) {
      throw new IllegalEvent(event.type, "the cause of the stop was not acknowledged");
    }
  }
  run.panicked = false;
  run.haltReason = null;
  run.secretStops = [];
  run.drainReason = null;
  run.verifyFailed = null;
  run.redWhole = null;
  run.verifications += 1;
  // Whatever is left to be prepared is decided there; a run that was approved leaves it in the same append.
  return run.integration === null || run.baseline === null ? "planning" : "running";
}
