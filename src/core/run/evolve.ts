import { addUsage, NO_USAGE } from "../shared/money.ts";
import type { RunId, TaskKey } from "../shared/names.ts";
import type { EventOf, StoredEvent, TaskEvent, WholeRunEvent } from "./events.ts";
import { evolveTask, IllegalEvent, isTaskEvent, noteMerging, OPENS_ROUND } from "./evolve-task.ts";
import type { Run, RunStatus } from "./run.ts";
import { newTask } from "./task-state.ts";

/** A run before its first event. */
export function emptyRun(id: RunId): Run {
  return {
    id,
    seq: 0,
    status: "planning",
    createdAt: 0,
    changedAt: 0,
    settings: null as never, // set by RunCreated, the only event an empty run takes
    plan: null,
    tasks: new Map(),
    dependents: new Map(),
    baseline: null,
    integration: null,
    greenTrees: new Set(),
    effects: new Map(),
    finishedKeys: new Set(),
    delayed: new Map(),
    merging: null,
    merged: [],
    freed: new Set(),
    usage: NO_USAGE,
    fixRounds: 0,
    commandsTaken: 0,
    drainReason: null,
    haltReason: null,
    panicked: false,
    verified: null,
    verifyFailed: null,
    verifications: 0,
    landing: null,
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
  if (event.seq !== run.seq + 1) throw new IllegalEvent(event.type, `sequence ${event.seq} follows ${run.seq}`);
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
  noteMerging(run, before, after);
  if (OPENS_ROUND.has(event.type)) run.fixRounds += 1;
  switch (event.type) {
    case "GatesPassed":
      run.greenTrees.add(event.tree);
      break;
    case "SessionEnded":
      run.usage = addUsage(run.usage, event.usage);
      break;
    case "PullRequestMerged":
      if (run.integration !== null) run.integration.head = event.commit;
      break;
    case "BaseMoved":
      if (run.integration !== null) run.integration.head = event.base;
      break;
    case "TaskRetried":
      if (run.status === "complete" || run.status === "waiting") {
        run.status = "running";
        run.endedAt = null;
      }
      break;
    case "DependencyAdded":
      addDependent(run, event.blocker, event.task);
      break;
    default:
  }
}

function addDependent(run: Run, blocker: TaskKey, dependent: TaskKey): void {
  const known = run.dependents.get(blocker);
  if (known === undefined) run.dependents.set(blocker, [dependent]);
  else if (!known.includes(dependent)) known.push(dependent);
}

interface Rule<T extends WholeRunEvent["type"]> {
  readonly from: readonly RunStatus[];
  readonly apply: (run: Run, event: EventOf<T>, at: number) => RunStatus | void;
}

const OPEN: readonly RunStatus[] = ["planning", "running", "draining", "paused", "waiting", "verifying", "landing", "halted"];
const ANY: readonly RunStatus[] = [...OPEN, "complete", "cancelled"];

const RUN_RULES: { readonly [T in WholeRunEvent["type"]]: Rule<T> } = {
  RunCreated: {
    from: ["planning"],
    apply: (run, event, at) => {
      run.settings = event.settings;
      run.createdAt = at;
    },
  },
  PlanProposed: { from: ["planning"], apply: takePlan },
  IntegrationReady: {
    from: ["planning"],
    apply: (run, event) => {
      run.integration = { branch: event.branch, head: event.head, base: event.base };
    },
  },
  BaselineRecorded: {
    from: ["planning"],
    apply: (run, event) => {
      run.baseline = event.results;
      if (event.results.every((result) => result.ok)) run.greenTrees.add(event.tree);
    },
  },
  PlanApproved: { from: ["planning"], apply: () => "running" },
  PlanRejected: {
    from: ["planning"],
    apply: (run, event) => {
      run.haltReason = event.why;
      return "cancelled";
    },
  },
  DrainRequested: {
    from: ["running", "verifying", "landing"],
    apply: (run, event) => {
      run.drainReason = event.by;
      return "draining";
    },
  },
  Drained: { from: ["draining"], apply: () => "paused" },
  NothingCanMove: { from: ["running"], apply: () => "waiting" },
  RunResumed: { from: ["paused", "waiting", "halted"], apply: resumeRun },
  TasksFinished: { from: ["running"], apply: (run, event) => {
      run.verifications += 1;
      return event.mergedAny ? "verifying" : "complete";
    } },
  IntegrationPassed: {
    from: ["verifying"],
    apply: (run, event) => {
      run.verified = { commit: event.commit, results: event.results };
      run.verifyFailed = null;
      return event.lands ? "landing" : "complete";
    },
  },
  IntegrationFailed: {
    from: ["verifying"],
    apply: (run, event) => {
      run.verifyFailed = { commit: event.commit, results: event.results, culprit: event.culprit };
      return "waiting";
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
    from: ["complete", "waiting"],
    apply: (run, event) => {
      run.landing = { partial: event.partial, by: event.by };
      run.verifications += 1;
      run.landingRefused = null;
      return "landing";
    },
  },
  RunAborted: { from: OPEN, apply: () => "paused" },
  PanicRaised: {
    from: OPEN,
    apply: (run, event) => {
      run.panicked = true;
      run.haltReason = `Panic by ${event.by}.`;
      return "halted";
    },
  },
  CriticalStopRaised: {
    from: ANY,
    apply: (run, event) => {
      run.haltReason = event.detail;
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
  EffectDelayed: {
    from: ANY,
    apply: (run, event) => {
      run.effects.delete(event.key);
      run.delayed.set(event.key, { notBefore: event.notBefore, tries: event.tries, why: event.why });
    },
  },
  EngineStarted: { from: ANY, apply: () => undefined },
};

function evolveRun(run: Run, event: WholeRunEvent, at: number): void {
  const rule = RUN_RULES[event.type] as Rule<WholeRunEvent["type"]>;
  if (!rule.from.includes(run.status)) throw new IllegalEvent(event.type, `the run is ${run.status}`);
  const status = rule.apply(run, event, at);
  if (status === undefined) return;
  run.status = status;
  run.endedAt = status === "complete" || status === "cancelled" ? at : null;
}

function takePlan(run: Run, event: EventOf<"PlanProposed">, at: number): void {
  run.plan = event.plan;
  for (const key of event.plan.done) run.freed.add(key);
  for (const key of event.freed) run.freed.add(key);
  for (const issue of event.plan.issues) {
    const branch = event.branches[issue.key];
    if (branch === undefined) continue; // outside the scope of this run
    run.tasks.set(issue.key, newTask(issue, branch, at));
    for (const blocker of issue.blockers) {
      if (blocker.strength === "hard") addDependent(run, blocker.key, issue.key);
    }
  }
}

function resumeRun(run: Run, event: EventOf<"RunResumed">): RunStatus {
  if (run.status === "halted") {
    if (run.panicked && !event.afterPanic) throw new IllegalEvent(event.type, "after a panic only with afterPanic");
    if (!run.panicked && !event.acknowledged) throw new IllegalEvent(event.type, "the cause of the stop was not acknowledged");
  }
  run.panicked = false;
  run.haltReason = null;
  run.drainReason = null;
  run.verifyFailed = null;
  return run.integration === null || run.tasks.size === 0 ? "planning" : "running";
}

function startEffect(run: Run, event: EventOf<"EffectStarted">, at: number): void {
  if (run.finishedKeys.has(event.key)) throw new IllegalEvent(event.type, `${event.key} has its receipt already`);
  if (run.effects.has(event.key)) throw new IllegalEvent(event.type, `${event.key} is under way`);
  run.effects.set(event.key, { key: event.key, action: event.action, startedAt: at });
  if (event.action.type !== "RunSession") return;
  const task = run.tasks.get(event.action.task);
  if (task === undefined) throw new IllegalEvent(event.type, `there is no task ${event.action.task}`);
  run.tasks.set(task.key, {
    ...task,
    sessions: task.sessions + 1,
    session: { id: event.action.session, role: event.action.role, startedAt: at, ending: false },
  });
}
