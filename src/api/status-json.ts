import { conflictsAhead } from "../core/run/forecast-conflicts.ts";
import type { Plan } from "../core/plan/plan.ts";
import { exitCodeOf, isHome } from "../core/report/exit-code.ts";
import { isoOrNull, isoTime } from "../core/report/words.ts";
import type { Run, RunStatus, Task, TaskStatus } from "../core/run/run.ts";
import type { SecretStop } from "../core/run/secret-stop.ts";
import { isTerminal, openBlockers, taskStatus } from "../core/run/task-state.ts";
import { waitingFor } from "../core/run/waiting-for.ts";
import type { Usage } from "../core/shared/money.ts";
import type { Instant, TaskKey } from "../core/shared/names.ts";
import { nextCommands } from "./next-commands.ts";
import {
  phaseQuestionOf,
  taskQuestionsOf,
  type OpenQuestion,
  type PhaseQuestionJson,
  type QuestionJson,
} from "./question-json.ts";
import { doingOf, reasonOf, stepProgress, taskDoing, type StepProgressJson } from "./run-words.ts";

export type { OpenQuestion } from "./question-json.ts";

/** The process that works on the run, where there is one. */
export interface EngineHolder {
  readonly pid: number;
  /** As typed: `cairn run docs/M4.md`. */
  readonly command: string;
  readonly startedAt: Instant;
}

/** What `cairn status --json` prints, and what every view shows. Times are ISO 8601 in UTC. */
export interface StatusJson {
  readonly schemaVersion: 1;
  readonly run: RunJson;
  /** Task keys by wave, merged ones included; what no wave names stands in a last one. */
  readonly waves: readonly (readonly TaskKey[])[];
  readonly tasks: readonly TaskJson[];
  readonly questions: readonly QuestionJson[];
  /** What the run itself asks, at the end of a phase; absent: nothing. */
  readonly phaseQuestion?: PhaseQuestionJson;
  /** Commands a person would type next, the most useful first. */
  readonly next: readonly string[];
}

export interface RunJson {
  readonly id: string;
  readonly status: RunStatus;
  /** What `cairn status --exit-status` exits with. */
  readonly exitCode: number;
  /** The run is under way by its log, but no process holds it. */
  readonly interrupted: boolean;
  readonly engine: {
    readonly pid: number;
    readonly command: string;
    readonly startedAt: string;
  } | null;
  readonly milestone: Plan["milestone"] | null;
  readonly source: Plan["source"] | null;
  readonly startedAt: string;
  readonly changedAt: string;
  readonly endedAt: string | null;
  readonly mode: "interactive" | "autonomous";
  readonly target: string;
  readonly integrationBranch: string;
  readonly integrationHead: string | null;
  readonly landed: { readonly commit: string; readonly target: string } | null;
  /** The pull request that lands the milestone on the forge; null before it is opened, and where none is. */
  readonly landingPullRequest: { readonly number: number; readonly url: string | null } | null;
  /** One sentence on why the run is paused, waiting, halted or cancelled. */
  readonly reason: string | null;
  /** Secrets that it is halted for, never their values; absent: for none. */
  readonly secrets?: readonly SecretStop[];
  /** What the run as a whole is doing, when that is not its tasks. */
  readonly doing: string | null;
  readonly counts: Readonly<Partial<Record<TaskStatus, number>>> & { readonly total: number };
  /** Tasks whose work is on the branch, merged here or elsewhere. */
  readonly home: number;
  readonly mergeOrder: readonly TaskKey[];
  /** Issues of the plan that were done before the run began. */
  readonly doneBefore: readonly TaskKey[];
  readonly usage: Usage;
  readonly budgetUsd: number | null;
  /** Number of the last event this was folded from. */
  readonly seq: number;
}

export interface TaskJson {
  readonly key: TaskKey;
  readonly title: string;
  readonly url: string | null;
  readonly status: TaskStatus;
  readonly reason: string | null;
  readonly detail: string | null;
  readonly waitingFor: WaitingForJson | null;
  /** What is under way for it beside a session: `gates run`; null when nothing is. */
  readonly doing: string | null;
  /** The open attempt, or the last one; 0 before the first. */
  readonly attempt: number;
  readonly attempts: number;
  readonly rounds: Task["rounds"];
  readonly branch: string;
  readonly workspace: string | null;
  readonly pullRequest: Task["pullRequest"];
  readonly session: {
    readonly id: string;
    readonly role: string;
    readonly startedAt: string;
    readonly ending: boolean;
  } | null;
  readonly sessions: number;
  readonly cost: number | null;
  readonly usage: Usage;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly changedAt: string;
  readonly blockers: readonly TaskKey[];
  /** Those of `blockers` that are neither merged nor freed. */
  readonly openBlockers: readonly TaskKey[];
  readonly findings: Task["findings"];
  readonly labels: readonly string[];
  readonly mergedCommit: string | null;
  /** Tasks whose unmerged work its branch began on; absent: it began on the branch it targets. */
  readonly standsOn?: readonly TaskKey[];
  /** Branches that will most likely conflict with this one, null for the branch they target; absent: none is known. */
  readonly mayConflict?: readonly {
    readonly with: TaskKey | null;
    readonly paths: readonly string[];
  }[];
  /** Absent: the issue has no steps. */
  readonly steps?: StepProgressJson;
  /** The issue whose rest this one takes over; absent: nobody's. */
  readonly followUpOf?: TaskKey;
  /** Issues that took over what this one left; absent: it left nothing. */
  readonly followUps?: readonly TaskKey[];
}

export interface WaitingForJson {
  readonly what: string;
  readonly key: string | null;
  readonly until: string | null;
  readonly question: string | null;
}

const UNDER_WAY: ReadonlySet<RunStatus> = new Set([
  "planning",
  "running",
  "draining",
  "verifying",
  "landing",
]);

/** The state of a run as one documented object; `engine` is whoever holds the repository's lock for it. */
export function statusJson(run: Run, now: Instant, engine: EngineHolder | null): StatusJson {
  const tasks = [...run.tasks.values()];
  const ofRun = phaseQuestionOf(run);
  return {
    schemaVersion: 1,
    run: runJson(run, tasks, engine),
    waves: wavesOf(run),
    tasks: tasks.map((task) => taskJson(run, task, now)),
    questions: taskQuestionsOf(run),
    ...(ofRun === null ? {} : { phaseQuestion: ofRun }),
    next: nextCommands(run, engine !== null),
  };
}

/** Every open question: that of the run itself first. */
export function openQuestions(status: StatusJson): readonly OpenQuestion[] {
  const { phaseQuestion: ofRun, questions } = status;
  return ofRun === undefined ? questions : [ofRun, ...questions];
}

function runJson(run: Run, tasks: readonly Task[], engine: EngineHolder | null): RunJson {
  const { plan, settings } = run;
  return {
    id: run.id,
    status: run.status,
    exitCode: engine !== null && run.status === "planning" ? 8 : exitCodeOf(run, engine !== null),
    interrupted: engine === null && UNDER_WAY.has(run.status),
    engine:
      engine === null
        ? null
        : { pid: engine.pid, command: engine.command, startedAt: isoTime(engine.startedAt) },
    milestone: plan?.milestone ?? null,
    source: plan?.source ?? null,
    startedAt: isoTime(run.createdAt),
    changedAt: isoTime(run.changedAt),
    endedAt: isoOrNull(run.endedAt),
    mode: settings.mode,
    target: settings.target,
    integrationBranch: settings.integrationBranch,
    integrationHead: run.integration?.head ?? null,
    landed: run.landed,
    landingPullRequest: landingOf(run),
    reason: reasonOf(run),
    ...(run.secretStops.length === 0 ? {} : { secrets: run.secretStops }),
    doing: doingOf(run),
    counts: countsOf(run, tasks),
    home: tasks.filter(isHome).length,
    mergeOrder: [...run.merged],
    doneBefore: plan?.done ?? [],
    usage: run.usage,
    budgetUsd: settings.budget.runUsd,
    seq: run.seq,
  };
}

function landingOf({ landingPullRequest: opened }: Run): RunJson["landingPullRequest"] {
  return opened === null ? null : { number: opened.number, url: opened.url };
}

function taskJson(run: Run, task: Task, now: Instant): TaskJson {
  const { session } = task;
  const steps = stepProgress(run, task);
  return {
    key: task.key,
    title: task.issue.title,
    url: task.issue.url,
    status: taskStatus(run, task),
    reason: task.reason,
    detail: task.detail,
    waitingFor: waitingForJson(run, task, now),
    doing: taskDoing(run, task),
    attempt:
      task.startedAt === null
        ? 0
        : Math.max(1, task.attemptsFailed + (task.status === "failed" ? 0 : 1)),
    attempts: run.settings.attempts,
    rounds: task.rounds,
    branch: task.branch,
    workspace: task.workspace?.path ?? null,
    pullRequest: task.pullRequest,
    session:
      session === null
        ? null
        : {
            id: session.id,
            role: session.role,
            startedAt: isoTime(session.startedAt),
            ending: session.ending,
          },
    sessions: task.sessions,
    cost: task.usage.usd,
    usage: task.usage,
    startedAt: isoOrNull(task.startedAt),
    endedAt: isoOrNull(task.endedAt),
    changedAt: isoTime(task.changedAt),
    blockers: task.issue.blockers
      .filter((blocker) => blocker.strength === "hard")
      .map((blocker) => blocker.key),
    openBlockers: isTerminal(task.status) ? [] : openBlockers(run, task),
    findings: task.findings,
    labels: task.labels,
    mergedCommit: task.mergedCommit,
    ...standing(run, task),
    ...(steps === null ? {} : { steps }),
    ...(task.issue.followUpOf === undefined ? {} : { followUpOf: task.issue.followUpOf }),
    ...(task.followUps.length === 0 ? {} : { followUps: task.followUps }),
  };
}

function standing(run: Run, task: Task): Pick<TaskJson, "standsOn" | "mayConflict"> {
  const standsOn = task.workspace?.standsOn ?? [];
  const mayConflict = conflictsAhead(run, task);
  return {
    ...(standsOn.length === 0 ? {} : { standsOn }),
    ...(mayConflict.length === 0 ? {} : { mayConflict }),
  };
}

function waitingForJson(run: Run, task: Task, now: Instant): WaitingForJson | null {
  const waits = waitingFor(run, task, now);
  if (waits === null) return null;
  return {
    what: waits.what,
    key: waits.key ?? null,
    until: isoOrNull(waits.until ?? null),
    question: waits.question ?? null,
  };
}

function wavesOf(run: Run): readonly (readonly TaskKey[])[] {
  const waves = (run.plan?.waves ?? []).map((wave) => wave.filter((key) => run.tasks.has(key)));
  const named = new Set(waves.flat());
  const others = [...run.tasks.keys()].filter((key) => !named.has(key));
  // A wave that was done before the run, or lies outside of its scope, is empty here: the others keep their numbers.
  return others.length > 0 ? [...waves, others] : waves;
}

function countsOf(run: Run, tasks: readonly Task[]): RunJson["counts"] {
  const counts: Partial<Record<TaskStatus, number>> = {};
  for (const task of tasks) {
    const status = taskStatus(run, task);
    counts[status] = (counts[status] ?? 0) + 1;
  }
  return { ...counts, total: tasks.length };
}
