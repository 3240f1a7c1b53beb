import type { AgentReport, Finding } from "../../src/core/execute/agent-report.ts";
import type { GateResult } from "../../src/core/execute/gates.ts";
import type { Blocker, Plan, PlannedIssue } from "../../src/core/plan/plan.ts";
import { consequences } from "../../src/core/run/consequences.ts";
import type { RunEvent, StoredEvent } from "../../src/core/run/events.ts";
import { emptyRun, evolve } from "../../src/core/run/evolve.ts";
import type { AgentRole, Question, Run, RunSettings } from "../../src/core/run/run.ts";
import type { SessionEnd } from "../../src/core/run/session-end.ts";
import type { Usage } from "../../src/core/shared/money.ts";

/** 2026-11-21T06:40:00Z: the moment every story begins. */
export const STORY_BEGINS = 1_795_243_200_000;
const MINUTE_MS = 60_000;

export interface StoryIssue {
  readonly key: string;
  readonly title: string;
  readonly needs?: readonly string[];
  readonly criteria?: readonly string[];
  /** What its size label says; absent: it has none. */
  readonly minutes?: number;
}

/** The milestone most stories are about: six issues in three waves. */
export const WORKERS: readonly StoryIssue[] = [
  {
    key: "4.1",
    title: "Worker process with a heartbeat",
    criteria: ["A dead worker is noticed within 5 s"],
  },
  { key: "4.2", title: "Queue of jobs on disk", criteria: ["Jobs survive a crash"] },
  { key: "4.3", title: "Retry policy with back-off", needs: ["4.2"] },
  { key: "4.4", title: "Metrics of workers and queue", needs: ["4.1", "4.2"] },
  {
    key: "4.5",
    title: "Command line to list and requeue the jobs that have failed for good",
    needs: ["4.2"],
  },
  { key: "4.6", title: "Handbook", needs: ["4.3", "4.4"] },
];

/** Writes a run as a list of real events and folds them as it goes: what the core refuses, no story can tell. */
export class RunStory {
  readonly events: StoredEvent[] = [];
  readonly run: Run = emptyRun("m4-workers-20261121-0640-k3f");
  readonly #listeners: ((run: Run, event: StoredEvent) => void)[] = [];
  now: number = STORY_BEGINS;
  #effects = 0;

  /** Called after each event with the state it led to. */
  onEvent(listener: (run: Run, event: StoredEvent) => void): this {
    this.#listeners.push(listener);
    return this;
  }

  wait(minutes: number): this {
    this.now += Math.round(minutes * MINUTE_MS);
    return this;
  }

  tell(...events: readonly RunEvent[]): this {
    for (const event of events) {
      const stored: StoredEvent = { ...event, seq: this.run.seq + 1, at: this.now };
      evolve(this.run, stored);
      this.events.push(stored);
      for (const listener of this.#listeners) listener(this.run, stored);
      this.tell(...consequences(this.run, event));
    }
    return this;
  }

  created(settings: Partial<RunSettings> = {}): this {
    return this.tell({
      type: "RunCreated",
      run: this.run.id,
      settings: storySettings(settings),
      version: "0.1.0",
    });
  }

  planned(issues: readonly StoryIssue[] = WORKERS): this {
    const plan = storyPlan(issues);
    const branches = Object.fromEntries(
      issues.map((issue) => [issue.key, `feat/issue-${issue.key}`]),
    );
    return this.tell({ type: "PlanProposed", plan, branches, freed: [] });
  }

  /** Everything up to the first task: created, planned, baseline green, approved. */
  begun(settings: Partial<RunSettings> = {}, issues: readonly StoryIssue[] = WORKERS): this {
    return this.created(settings)
      .tell({ type: "EngineStarted", pid: 4711, recovering: false })
      .planned(issues)
      .tell({
        type: "IntegrationReady",
        branch: "milestone/m4-workers",
        head: commit("base"),
        base: commit("base"),
      })
      .tell({
        type: "BaselineRecorded",
        commit: commit("base"),
        tree: commit("tree"),
        results: greenGates(),
      })
      .tell({ type: "PlanApproved", by: "plan gate" });
  }

  started(task: string): this {
    const slot = `w${this.run.tasks.get(task)?.workspace?.slot.slice(1) ?? task.split(".").at(-1) ?? "1"}`;
    const workspace = {
      slot,
      path: `.cairn/worktrees/${slot}`,
      branch: `feat/issue-${task}`,
      forkPoint: commit("base"),
    };
    const attempt = (this.run.tasks.get(task)?.attemptsFailed ?? 0) + 1;
    return this.tell({ type: "AttemptStarted", task, attempt, workspace }).session(
      task,
      "implementer",
    );
  }

  session(task: string, role: AgentRole): this {
    const session = `${task}-s${(this.run.tasks.get(task)?.sessions ?? 0) + 1}`;
    this.#effects += 1;
    const key = `session:${session}:${this.#effects}`;
    return this.tell({
      type: "EffectStarted",
      key,
      action: {
        type: "RunSession",
        key,
        task,
        session,
        role,
        reminder: null,
        continues: null,
        stages: [],
      },
    });
  }

  sessionEnded(
    task: string,
    usd: number | null,
    end: SessionEnd = "finished",
    more: Partial<Usage> = {},
  ): this {
    const live = this.run.tasks.get(task)?.session;
    if (live == null) throw new Error(`${task} has no live session`);
    const key =
      [...this.run.effects.keys()].find((name) => name.startsWith(`session:${live.id}:`)) ?? "";
    return this.tell(
      { type: "EffectFinished", key, outcome: "RunSession" },
      {
        type: "SessionEnded",
        task,
        session: live.id,
        role: live.role,
        end,
        usage: { usd, inputTokens: 42_000, outputTokens: 3_100, turns: 12, ...more },
        report: end === "finished" ? completeReport(task) : null,
        vendorSession: null,
        lastWords: "Done.",
        detail: end === "finished" ? "" : `The session ended: ${end}.`,
      },
    );
  }

  /** The session ends with work that the gates and git accept; a draft pull request is open. */
  accepted(task: string, usd: number | null = 0.42): this {
    const number = Number(task.split(".").at(-1)) + 10;
    const head = commit(`head-${task}`);
    return this.sessionEnded(task, usd).tell(
      {
        type: "GatesPassed",
        task,
        commit: head,
        tree: commit(`tree-${task}`),
        results: greenGates(),
        step: { at: "publish", commit: head },
      },
      {
        type: "WorkAccepted",
        task,
        head,
        patchId: `patch-${task}`,
        changedPaths: [`src/${task}.ts`],
        pullRequest: { number, url: null },
        step: { at: "review", stages: ["spec", "quality"], retry: false },
      },
    );
  }

  reviewed(task: string, usd: number | null = 0.08): this {
    return this.session(task, "spec-reviewer")
      .sessionEnded(task, usd)
      .tell(
        {
          type: "ReviewPassed",
          task,
          stages: ["spec", "quality"],
          patchId: `patch-${task}`,
          findings: [],
          step: { at: "undraft" },
        },
        { type: "DraftLeft", task },
        { type: "MergeApproved", task, head: commit(`head-${task}`) },
      );
  }

  merged(task: string): this {
    const from = this.run.integration?.head ?? commit("base");
    return this.tell(
      { type: "MergeStarted", task, onto: from },
      { type: "PullRequestMerged", task, from, commit: commit(`merge-${task}`) },
    );
  }

  /** The whole way of one task, `minutes` long. */
  broughtHome(task: string, minutes = 4): this {
    return this.started(task)
      .wait(minutes / 2)
      .accepted(task)
      .wait(minutes / 2)
      .reviewed(task)
      .merged(task);
  }

  asked(
    task: string,
    question: Partial<Question> & { readonly text: string },
    findings: readonly Finding[] = [],
  ): this {
    const { kind = "rounds", options = ["fix", "approve", "skip", "abort"], text } = question;
    return this.tell({
      type: "QuestionAsked",
      task,
      question: { id: `${task}-q1`, kind, text, options, default: question.default ?? "skip" },
      findings,
    });
  }

  failedFor(task: string, detail: string): this {
    return this.sessionEnded(task, 0.3, "stall").tell({
      type: "AttemptFailed",
      task,
      reason: "stall",
      detail,
      final: true,
      notBefore: null,
    });
  }
}

/** A made-up commit id: forty hexadecimal digits that differ for different words. */
export function commit(words: string): string {
  let hash = 0x811c9dc5;
  let digits = "";
  for (let round = 0; digits.length < 40; round += 1) {
    for (const char of `${words}${round}`)
      hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193) >>> 0;
    digits += hash.toString(16).padStart(8, "0");
  }
  return digits.slice(0, 40);
}

export function greenGates(): readonly GateResult[] {
  return [gateResult("typecheck", true), gateResult("test", true)];
}

export function gateResult(
  name: "typecheck" | "test",
  ok: boolean,
  failures: readonly string[] = [],
): GateResult {
  return {
    name,
    kind: name,
    ok,
    exitCode: ok ? 0 : 1,
    durationMs: 4_200,
    failures,
    tail: "",
    problem: null,
  };
}

export function aFinding(message: string, source: Finding["source"] = "spec"): Finding {
  return { source, severity: "critical", file: "src/queue.ts", line: 12, message };
}

function completeReport(task: string): AgentReport {
  return {
    status: "complete",
    summary: `Did ${task}.`,
    stepsCompleted: [],
    stepsBlocked: [],
    filesChanged: [],
    commits: [],
    notes: [],
    discoveries: [],
    error: null,
    question: null,
    verdicts: null,
  };
}

function storyPlan(issues: readonly StoryIssue[]): Plan {
  const planned = issues.map(plannedIssue);
  return {
    source: { kind: "markdown", reference: "docs/M4_workers.md" },
    milestone: { title: "Workers", number: "m4", url: null },
    status: "ready",
    issues: planned,
    waves: wavesOf(issues),
    criticalPath: [],
    mergeOrder: issues.map((issue) => issue.key),
    free: [],
    done: [],
    cycles: [],
    findings: [],
    proposed: [],
    conflictGroups: [],
    estimates: Object.fromEntries(
      issues.flatMap(({ key, minutes }) =>
        minutes === undefined ? [] : [[key, { minutes, source: "size" }] as const],
      ),
    ),
    fingerprint: "f",
    documents: [],
    handoff: null,
  };
}

function plannedIssue(issue: StoryIssue): PlannedIssue {
  return {
    key: issue.key,
    number: issue.key,
    title: issue.title,
    body: "",
    state: "open",
    closedAs: null,
    labels: [],
    priority: null,
    type: "CODING",
    url: null,
    files: [],
    acceptanceCriteria: issue.criteria ?? [],
    declarations: [],
    statesDependencies: true,
    place: {},
    blockers: (issue.needs ?? []).map((key): Blocker => ({
      key,
      strength: "hard",
      from: "the story",
    })),
    conflictGroup: null,
    done: false,
    blockedFromOutside: null,
  };
}

function wavesOf(issues: readonly StoryIssue[]): readonly (readonly string[])[] {
  const waves: string[][] = [];
  const waveOf = new Map<string, number>();
  for (const { key, needs = [] } of issues) {
    const wave = Math.max(-1, ...needs.map((need) => waveOf.get(need) ?? -1)) + 1;
    waveOf.set(key, wave);
    (waves[wave] ??= []).push(key);
  }
  return waves;
}

function storySettings(changes: Partial<RunSettings>): RunSettings {
  const agent = { agent: "scripted", model: null, continues: false, commits: true };
  const gate = { run: "true", timeoutMs: 60_000 };
  return {
    mode: "interactive",
    parallel: 2,
    inFlight: 5,
    barrier: false,
    worktrees: true,
    target: "main",
    targetPolicy: "integration",
    integrationBranch: "milestone/m4-workers",
    wholeMilestone: true,
    roles: { implementer: agent, fixer: agent, reviewer: agent },
    gates: {
      preMerge: [
        { ...gate, name: "typecheck", kind: "typecheck" },
        { ...gate, name: "test", kind: "test" },
      ],
      postMerge: [],
      parallel: 1,
      outputBytes: 1_000_000,
    },
    requireGreenBaseline: "none",
    review: { mode: "one-pass", rounds: 2 },
    fixRounds: { pullRequest: 3, conflict: 2, run: 6 },
    attempts: 2,
    retryMs: [2_000, 4_000],
    mergeAuto: true,
    mergeMethod: "squash",
    land: "manual",
    protectedBranches: ["main"],
    protectedSurfaces: {},
    budget: { sessionUsd: null, taskUsd: null, runUsd: 20 },
    sessionLimits: {
      wallMs: 3_600_000,
      stallMs: 600_000,
      turns: 200,
      outputBytes: 50_000_000,
      graceMs: 10_000,
    },
    ...changes,
  };
}
