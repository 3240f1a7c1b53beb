import type { GateResult } from "../execute/gates.ts";
import type { Forecast } from "../plan/forecast.ts";
import type { Plan } from "../plan/plan.ts";
import type { CulpritSearch } from "../run/merge-events.ts";
import type { Profile } from "../run/profile.ts";
import type { Run, Task, TaskStatus } from "../run/run.ts";
import type { Usage } from "../shared/money.ts";
import type { CommitSha, Instant, RunId, TaskKey } from "../shared/names.ts";
import type { StopMet } from "../run/stops-of-task.ts";
import type { Decision } from "./decisions.ts";
import { reportedStops, type ReportedStop } from "./stops.ts";
import { attentionOf, notDoneOf } from "./attention.ts";
import { costsOf, type Costs } from "./cost.ts";
import { isHome } from "./exit-code.ts";
import { compareForecast, type ForecastComparison } from "./forecast.ts";
import type { Asked, Ledger } from "./ledger.ts";
import { proofsOf, type TaskProof } from "./proofs.ts";
import { reviewsOf, type TaskReviews } from "./reviews.ts";
import { rollBackOf, taskRollBacks, type TaskRollBack } from "./roll-back.ts";

/** What became of one issue. */
export interface ReportTask {
  readonly key: TaskKey;
  readonly title: string;
  readonly url: string | null;
  readonly status: TaskStatus;
  readonly outcome: "merged" | "done elsewhere" | "skipped" | "failed" | "cancelled" | "remaining";
  readonly reason: string | null;
  readonly detail: string | null;
  readonly pullRequest: {
    readonly number: number;
    readonly url: string | null;
    readonly draft: boolean;
  } | null;
  readonly branch: string;
  /** Kept for a person to look into; null once the task is home. */
  readonly workspace: string | null;
  readonly commit: CommitSha | null;
  readonly attempts: number;
  readonly rounds: number;
  readonly durationMs: number | null;
  readonly usage: Usage;
  readonly notes: readonly string[];
  readonly labels: readonly string[];
  /** It takes over what this issue left; absent: it is nobody's rest. */
  readonly followUpOf?: TaskKey;
}

/** What speaks for an acceptance criterion being met. */
export interface Evidence {
  readonly task: TaskKey;
  readonly criterion: string;
  /** Gates that were green on the commit, by name. */
  readonly gates: readonly string[];
  readonly review: "passed" | "not reviewed";
  readonly commit: CommitSha | null;
}

/** One gate before the run and after it. */
export interface GateComparison {
  readonly name: string;
  readonly before: "green" | "red" | "not run";
  readonly after: "green" | "red" | "not run";
  /** Failures that the baseline did not have. */
  readonly appeared: readonly string[];
  readonly gone: readonly string[];
}

/** Everything the report says, as a value; markdown, JSON and HTML show the same. */
export interface Report {
  readonly run: RunId;
  readonly milestone: Plan["milestone"] | null;
  readonly source: string | null;
  readonly status: Run["status"];
  readonly reason: string | null;
  readonly mode: "interactive" | "autonomous";
  readonly startedAt: Instant;
  readonly endedAt: Instant | null;
  /** From the start to the end, or to the last event of a run that goes on. */
  readonly durationMs: number;
  readonly target: string;
  readonly integrationBranch: string;
  readonly landed: { readonly commit: CommitSha; readonly target: string } | null;
  readonly handedOver: string | null;
  readonly tasks: readonly ReportTask[];
  readonly mergeOrder: readonly TaskKey[];
  /** Branches that were gated together with others, and how many of them were red there; absent: none was. */
  readonly trains?: { readonly count: number; readonly judged: number; readonly red: number };
  readonly evidence: readonly Evidence[];
  readonly integration: {
    readonly commit: CommitSha;
    readonly passed: boolean;
    readonly culprit: TaskKey | null;
    readonly results: readonly GateResult[];
    /** How the culprit was looked for; absent: it passed, or nobody looked. */
    readonly search?: CulpritSearch;
  } | null;
  readonly baseline: readonly GateComparison[];
  /** How the work came to be, task by task. */
  readonly proofs: readonly TaskProof[];
  readonly reviews: readonly TaskReviews[];
  readonly fixRounds: number;
  /** `task` null: asked by the run itself, at the end of a phase. */
  readonly questions: readonly (Asked & { readonly task: TaskKey | null })[];
  /** Stop conditions that were met, and what followed. */
  readonly stops: readonly ReportedStop[];
  /** What a rule settled where a person might have been asked. */
  readonly decisions: readonly Decision[];
  readonly costs: Costs;
  /** What the plan expected, beside what the run took; null where nothing was forecast. */
  readonly forecast: ForecastComparison | null;
  readonly commands: Readonly<Record<string, number>>;
  readonly engineStarts: number;
  readonly attention: readonly string[];
  readonly notDone: readonly string[];
  readonly rollBack: readonly string[];
  /** Newest first. */
  readonly taskRollBacks: readonly TaskRollBack[];
  readonly next: readonly string[];
}

/** What a report is made from: the fold, its log as read by `readLedger`, and what the fold leaves derived. */
export interface ReportInput {
  readonly run: Run;
  readonly ledger: Ledger;
  readonly statusOf: (task: Task) => TaskStatus;
  readonly stopsMet: (task: Task) => readonly StopMet[];
  readonly decisions: readonly Decision[];
  readonly profile: Profile;
  readonly reason: string | null;
  readonly next: readonly string[];
  /** Of the plan in the log with the run's own settings. */
  readonly forecast?: Forecast | null;
}

/** The report on a run, finished or not. */
export function buildReport(input: ReportInput): Report {
  const { run, ledger } = input;
  const tasks = [...run.tasks.values()].map((task) => reportTask(task, input.statusOf(task)));
  return {
    run: run.id,
    milestone: run.plan?.milestone ?? null,
    source: run.plan?.source.reference ?? null,
    status: run.status,
    reason: input.reason,
    mode: run.settings.mode,
    startedAt: run.createdAt,
    endedAt: run.endedAt,
    durationMs: (run.endedAt ?? run.changedAt) - run.createdAt,
    target: run.settings.target,
    integrationBranch: run.settings.integrationBranch,
    landed: run.landed,
    handedOver: run.landed === null ? ledger.handedOver : null,
    tasks,
    mergeOrder: [...run.merged],
    ...trainsOf(run),
    evidence: evidenceOf(run, ledger),
    integration: integrationOf(run),
    baseline: compareBaseline(run),
    proofs: proofsOf(run),
    reviews: reviewsOf(run, ledger),
    fixRounds: run.fixRounds,
    questions: questionsOf(ledger),
    stops: reportedStops(run, ledger, input.stopsMet),
    decisions: input.decisions,
    costs: costsOf(run, ledger),
    forecast: input.forecast == null ? null : compareForecast(run, input.forecast),
    commands: ledger.commands,
    engineStarts: ledger.engineStarts,
    attention: attentionOf(run, tasks),
    notDone: notDoneOf(run, input.profile),
    rollBack: rollBackOf(run),
    taskRollBacks: taskRollBacks(run),
    next: input.next,
  };
}

function trainsOf({ trains: { count, judged, red } }: Run): Pick<Report, "trains"> {
  return judged === 0 ? {} : { trains: { count, judged, red } };
}

function questionsOf({ questions, phaseEnds }: Ledger): Report["questions"] {
  const ofRun = phaseEnds.map((asked) => ({ task: null, ...asked }));
  return [...questions, ...ofRun].toSorted((a, b) => a.askedAt - b.askedAt);
}

function reportTask(task: Task, status: TaskStatus): ReportTask {
  return {
    key: task.key,
    title: task.issue.title,
    url: task.issue.url,
    status,
    outcome: outcomeOf(task),
    reason: task.reason,
    detail: task.status === "escalated" ? (task.question?.text ?? task.detail) : task.detail,
    pullRequest: task.pullRequest,
    branch: task.branch,
    workspace: isHome(task) ? null : (task.workspace?.path ?? null),
    commit: task.mergedCommit === task.mergedOnto ? null : task.mergedCommit,
    attempts:
      task.startedAt === null ? 0 : task.attemptsFailed + (task.status === "failed" ? 0 : 1),
    rounds: Object.values(task.rounds).reduce((sum, count) => sum + count, 0),
    durationMs:
      task.startedAt === null || task.endedAt === null ? null : task.endedAt - task.startedAt,
    usage: task.usage,
    notes: task.notes,
    labels: task.labels,
    ...(task.issue.followUpOf === undefined ? {} : { followUpOf: task.issue.followUpOf }),
  };
}

function outcomeOf(task: Task): ReportTask["outcome"] {
  switch (task.status) {
    case "merged":
    case "failed":
    case "cancelled":
      return task.status;
    case "skipped":
      return isHome(task) ? "done elsewhere" : "skipped";
    default:
      return "remaining";
  }
}

function evidenceOf(run: Run, ledger: Ledger): readonly Evidence[] {
  return [...run.tasks.values()].flatMap((task) => {
    if (task.status !== "merged") return [];
    const green = ledger.gates.findLast((entry) => entry.task === task.key && entry.passed);
    const gates = (green?.results ?? []).filter((result) => result.ok).map((result) => result.name);
    const review = task.passed.spec === undefined ? "not reviewed" : "passed";
    return task.issue.acceptanceCriteria.map((criterion): Evidence => ({
      task: task.key,
      criterion,
      gates,
      review,
      commit: task.mergedCommit,
    }));
  });
}

function integrationOf(run: Run): Report["integration"] {
  if (run.verifyFailed !== null) return { ...run.verifyFailed, passed: false };
  return run.verified === null ? null : { ...run.verified, passed: true, culprit: null };
}

function compareBaseline(run: Run): readonly GateComparison[] {
  const before = run.baseline ?? [];
  const after = (run.verifyFailed ?? run.verified)?.results ?? [];
  const names = new Set([...before, ...after].map((result) => result.name));
  return [...names].map((name) => {
    const old = before.find((result) => result.name === name);
    const fresh = after.find((result) => result.name === name);
    return {
      name,
      before: colourOf(old),
      after: colourOf(fresh),
      appeared: fresh === undefined ? [] : without(fresh.failures, old?.failures ?? []),
      gone: fresh === undefined ? [] : without(old?.failures ?? [], fresh.failures),
    };
  });
}

function colourOf(result: GateResult | undefined): GateComparison["before"] {
  if (result === undefined) return "not run";
  return result.ok ? "green" : "red";
}

function without(all: readonly string[], known: readonly string[]): readonly string[] {
  const set = new Set(known);
  return all.filter((failure) => !set.has(failure));
}
