import type { PlannedIssue } from "../../src/core/plan/plan.ts";
import type { Action } from "../../src/core/run/actions.ts";
import type { RunEvent, StoredEvent } from "../../src/core/run/events.ts";
import { emptyRun, evolve } from "../../src/core/run/evolve.ts";
import type { Outcome, Work } from "../../src/core/run/outcomes.ts";
import type { Run, RunSettings, Task } from "../../src/core/run/run.ts";
import { addDependent, newTask } from "../../src/core/run/task-state.ts";
import { tick } from "../../src/core/run/transition.ts";

/** 2027-01-15T08:00:00Z; every test begins here. */
export const NOW = 1_800_000_000_000;

const AGENT = { agent: "scripted", model: null, continues: true, commits: true };

/** Settings of a small interactive run; each test names what it is about. */
export function settings(changes: Partial<RunSettings> = {}): RunSettings {
  return {
    mode: "interactive",
    parallel: 2,
    inFlight: 5,
    barrier: false,
    worktrees: true,
    target: "main",
    targetPolicy: "integration",
    integrationBranch: "milestone/1",
    wholeMilestone: true,
    roles: { implementer: AGENT, fixer: AGENT, reviewer: AGENT },
    gates: {
      preMerge: [{ name: "test", run: "npm test", kind: "test", timeoutMs: 1_000 }],
      postMerge: [],
      parallel: 1,
      outputBytes: 1_000,
    },
    requireGreenBaseline: "all",
    review: { mode: "two-stage", rounds: 2 },
    fixRounds: { pullRequest: 3, conflict: 2, run: 10 },
    attempts: 2,
    retryMs: [2_000, 4_000],
    mergeAuto: true,
    mergeMethod: "squash",
    land: "auto",
    protectedBranches: ["main", "milestone/1"],
    protectedSurfaces: {},
    budget: { sessionUsd: null, taskUsd: null, runUsd: null },
    sessionLimits: { wallMs: 1, stallMs: 1, turns: 1, outputBytes: 1, graceMs: 1 },
    ...changes,
  };
}

export interface TaskWishes extends Partial<Omit<Task, "key" | "issue">> {
  readonly dependsOn?: readonly string[];
  readonly group?: string;
  readonly issue?: Partial<PlannedIssue>;
}

/** A run in a state that a test needs, without telling the story that led there. */
export class RunBuilder {
  readonly #run: Run = emptyRun("run");

  constructor(changes: Partial<RunSettings>) {
    Object.assign(this.#run, {
      status: "running",
      settings: settings(changes),
      integration: { branch: "milestone/1", head: "head0", base: "head0" },
      baseline: [],
      baseGated: { commit: "head0", ok: true },
    });
  }

  with(changes: Partial<Run>): this {
    Object.assign(this.#run, changes);
    const { integration, baseGated } = changes;
    // Where the test does not say otherwise the branch is known to be green.
    if (integration != null && baseGated === undefined)
      this.#run.baseGated = { commit: integration.head, ok: true };
    return this;
  }

  withTask(key: string, wishes: TaskWishes = {}): this {
    const { dependsOn = [], group = null, issue = {}, ...changes } = wishes;
    const blockers = dependsOn.map(
      (blocker) => ({ key: blocker, strength: "hard", from: "test" }) as const,
    );
    const planned = { ...anIssue(key), conflictGroup: group, blockers, ...issue };
    const task = { ...newTask(planned, `feat/${key}`, NOW), ...changes };
    const begun = task.status !== "waiting" && task.workspace === null;
    const workspace = {
      slot: `w-${key}`,
      path: `/w/${key}`,
      branch: task.branch,
      forkPoint: "head0",
    };
    this.#run.tasks.set(key, begun ? { ...task, workspace } : task);
    for (const blocker of dependsOn) addDependent(this.#run, blocker, key);
    if (task.status === "merging") this.#run.merging = key;
    if (task.status === "merged") this.#run.merged.push(key);
    if (task.mergedCommit !== null)
      this.#run.landings.push({ task: key, commit: task.mergedCommit, onto: task.mergedOnto });
    return this;
  }

  /** The effect is under way; a session with it is live. */
  withEffect(action: Action): this {
    this.#run.effects.set(action.key, { key: action.key, action, startedAt: NOW });
    if (action.type === "RunSession") {
      const task = this.#run.tasks.get(action.task);
      if (task === undefined) throw new Error(`no task ${action.task}`);
      const session = { id: action.session, role: action.role, startedAt: NOW, ending: false };
      this.#run.tasks.set(task.key, { ...task, session, sessions: task.sessions + 1 });
    }
    return this;
  }

  build(): Run {
    return this.#run;
  }
}

export function aRun(changes: Partial<RunSettings> = {}): RunBuilder {
  return new RunBuilder(changes);
}

export function anIssue(key: string): PlannedIssue {
  return {
    key,
    number: key,
    title: `Task ${key}`,
    body: "",
    state: "open",
    closedAs: null,
    labels: [],
    priority: null,
    type: "CODING",
    url: null,
    files: [],
    acceptanceCriteria: [],
    declarations: [],
    statesDependencies: true,
    place: {},
    blockers: [],
    conflictGroup: null,
    done: false,
    blockedFromOutside: null,
  };
}

/** A live implementer, or whoever `changes` says. */
export function aSession(
  task: string,
  changes: Partial<Extract<Action, { type: "RunSession" }>> = {},
): Extract<Action, { type: "RunSession" }> {
  return {
    type: "RunSession",
    key: `session:${task}:s1`,
    task,
    session: `${task}-s1`,
    role: "implementer",
    reminder: null,
    continues: null,
    stages: [],
    ...changes,
  };
}

/** Good work: one commit, clean tree, on its branch. */
export function work(task: string, changes: Partial<Work> = {}): Work {
  return {
    head: `work-${task}`,
    onBranch: `feat/${task}`,
    missing: false,
    descends: true,
    commits: [{ sha: `work-${task}`, subject: "work" }],
    changedPaths: ["a.ts"],
    changedLines: 1,
    dirtyPaths: [],
    markers: [],
    patchId: `patch-${task}`,
    ...changes,
  };
}

/** A session that finished, said `complete` and did good work. */
export function sessionEnded(
  task: string,
  changes: Partial<Extract<Outcome, { of: "RunSession" }>> = {},
): Extract<Outcome, { of: "RunSession" }> {
  return {
    of: "RunSession",
    session: `${task}-s1`,
    end: "finished",
    vendorSession: "v1",
    report: {
      status: "complete",
      summary: "done",
      stepsCompleted: [],
      stepsBlocked: [],
      filesChanged: [],
      commits: [],
      notes: [],
      discoveries: [],
      error: null,
      question: null,
      verdicts: null,
    },
    lastWords: "",
    usage: { usd: 1, inputTokens: 1, outputTokens: 1, turns: 1 },
    retryAt: null,
    detail: "",
    work: work(task),
    breaches: [],
    ...changes,
  };
}

/** Tells the run what became of an effect that is under way; answers the events it caused. */
export function tell(
  run: Run,
  key: string,
  outcome: Outcome,
  now: number = NOW,
): readonly RunEvent[] {
  return tick(run, [{ kind: "outcome", key, outcome }], now, () => undefined).events;
}

/** A person says something; answers the events it caused. */
export function say(
  run: Run,
  name: string,
  task: string | null = null,
  text: string | null = null,
): readonly RunEvent[] {
  const command = {
    name: name as "pause",
    task,
    text,
    flags: {},
    by: "ada",
    from: "terminal" as const,
  };
  return tick(
    run,
    [{ kind: "command", number: run.commandsTaken + 1, command }],
    NOW,
    () => undefined,
  ).events;
}

/** Folds one event into the run. */
export function happens(run: Run, event: RunEvent): Run {
  const stored: StoredEvent = { ...event, seq: run.seq + 1, at: NOW };
  return evolve(run, stored);
}

export function types(events: readonly RunEvent[]): readonly string[] {
  return events.map((event) => event.type);
}

export function taskIn(run: Run, key: string): Task {
  const task = run.tasks.get(key);
  if (task === undefined) throw new Error(`no task ${key}`);
  return task;
}
