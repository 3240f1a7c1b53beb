import type { AgentReport, Finding, ReviewStage } from "../execute/agent-report.ts";
import type { GateResult } from "../execute/gates.ts";
import type { Proof } from "../execute/proof.ts";
import type { PlannedIssue } from "../plan/plan.ts";
import type { ChangeFacts } from "../review/change-facts.ts";
import type { Usage } from "../shared/money.ts";
import type { CommitSha, Instant, SessionId, TaskKey } from "../shared/names.ts";
import type { ChecksSeen } from "./checks-seen.ts";
import type { MetConflict } from "./merge-state.ts";
import type { AgentRole } from "./settings.ts";

/** As stored. `waiting` is shown as `blocked` or `ready`, which are derived from the graph (`taskStatus`). */
export type StoredStatus =
  | "waiting"
  | "running"
  | "reviewing"
  | "fixing"
  | "queued"
  | "merging"
  | "merged"
  | "escalated"
  | "failed"
  | "cancelled"
  | "skipped";
export type TaskStatus = Exclude<StoredStatus, "waiting"> | "blocked" | "ready";

export type ReasonCode =
  | "blocker-ended"
  | "done-elsewhere"
  | "superseded"
  | "by-command"
  | "branch-exists"
  | "workspace-lost"
  | "no-commit"
  | "nothing-to-do"
  | "agent-failed"
  | "partial"
  | "agent-fatal"
  | "agent-crashed"
  | "left-branch"
  | "wall"
  | "stall"
  | "turns"
  | "output"
  | "cost"
  | "loop"
  | "gates-red"
  | "review-rejected"
  | "review-unreadable"
  | "conflict"
  | "landing-check"
  | "protected-surface"
  | "question"
  | "trouble"
  | "checks-overdue"
  | "ci-red"
  | "findings"
  | "issue-closed"
  | "not-in-plan"
  | "tdd"
  | "secret"
  | "stop"
  | "handoff"
  | "reverted";

/** What a continued session is told instead of the whole prompt. */
export type SessionReminder = "report" | "commit" | "nothing" | "answer" | "handoff";

/** What should be under way for a task; `decide` turns it into an action. */
export type Step =
  | {
      readonly at: "session";
      readonly reminder: SessionReminder | null;
      readonly continues: string | null;
    }
  /** Whatever the agent left in the tree is committed by Cairn. */
  | { readonly at: "commit" }
  /** The owner's repairing commands are run in the workspace; what they change is committed. */
  | { readonly at: "autofix" }
  | { readonly at: "gates"; readonly commit: CommitSha }
  /** How the commit came to be is proven, and what it changes is measured. */
  | { readonly at: "proof"; readonly commit: CommitSha }
  /** What a partial result leaves becomes issues of the source, before the part goes on. */
  | { readonly at: "follow-up"; readonly commit: CommitSha }
  /** Push where needed, open or update the pull request. */
  | { readonly at: "publish"; readonly commit: CommitSha }
  | { readonly at: "review"; readonly stages: readonly ReviewStage[]; readonly retry: boolean }
  | { readonly at: "undraft" }
  /** The forge's checks and reviewers of `head` are waited for since then; before the queue, or at the branch's turn. */
  | { readonly at: "checks"; readonly head: CommitSha; readonly since: Instant }
  /** The base is merged into the task branch in its workspace, markers and all, before a fixer looks at it. */
  | { readonly at: "begin-merge" }
  | { readonly at: "candidate" }
  /** A conflict too heavy to settle becomes an issue of its own, with the branch as its material. */
  | { readonly at: "give-back"; readonly conflict: MetConflict }
  | {
      readonly at: "candidate-gates";
      readonly candidate: CommitSha;
      readonly tree: string;
      readonly base: CommitSha;
    }
  /** What it was to be merged on was never gated, and might be what is red. */
  | { readonly at: "base-gates"; readonly base: CommitSha }
  /** The branch is brought onto the new base and published, so that the forge checks what will be merged. */
  | { readonly at: "update"; readonly onto: CommitSha; readonly tree: string }
  | {
      readonly at: "move";
      readonly candidate: CommitSha;
      readonly tree: string;
      readonly base: CommitSha;
    }
  | { readonly at: "none" };

/** Counters of fix rounds: each review stage, the test check, the pull request after it, conflicts at its turn. */
export type RoundKind = "spec" | "quality" | "tests" | "pullRequest" | "conflict";

export type QuestionKind =
  | "agent"
  | "rounds"
  | "conflict"
  | "protected-surface"
  | "nothing-to-do"
  | "landing-check"
  | "review-unreadable"
  | "merge"
  /** A required check or review is over its time limit. */
  | "overdue"
  /** The issue came into the milestone while it runs. */
  | "scope"
  /** Somebody closed the issue while there is work on it. */
  | "issue-closed"
  /** The history breaks the rules of test-driven development. */
  | "tdd"
  /** The change meets stop conditions. */
  | "stop"
  /** A secret is in what was to be pushed. */
  | "secret"
  /** Only a part was done, and the rest cannot be planned. */
  | "partial"
  /** The world fails an effect of the task, again and again. */
  | "trouble"
  /** Its branch is there already, and this run has not made it. */
  | "workspace";

export interface Question {
  readonly id: string;
  readonly kind: QuestionKind;
  readonly text: string;
  /** Words a person may answer with; empty: any text. */
  readonly options: readonly string[];
  readonly default: string;
  /** Set where `force` passes what was found, although it is none of the options. */
  readonly mayForce?: boolean;
  readonly askedAt: Instant;
  /** Then the default counts; absent: it waits for ever. */
  readonly until?: Instant;
}

export interface LiveSession {
  readonly id: SessionId;
  readonly role: AgentRole;
  readonly startedAt: Instant;
  /** Somebody asked for its end; its outcome is still to come. */
  readonly ending: boolean;
}

export interface TaskWorkspace {
  readonly slot: string;
  readonly path: string;
  readonly branch: string;
  /** Recorded fork point: the merge base of everything that follows. */
  readonly forkPoint: CommitSha;
  /** Tasks whose unmerged work the fork point holds; absent: it is a commit of the branch it targets. */
  readonly standsOn?: readonly TaskKey[];
}

export interface Task {
  readonly key: TaskKey;
  readonly issue: PlannedIssue;
  readonly branch: string;
  readonly status: StoredStatus;
  readonly step: Step;
  /** Where an escalated task came from. */
  readonly cameFrom: { readonly status: StoredStatus; readonly step: Step } | null;
  readonly question: Question | null;
  readonly reason: ReasonCode | null;
  /** One sentence for a person about `reason`. */
  readonly detail: string | null;
  /** Attempts that have failed. */
  readonly attemptsFailed: number;
  /** Fix rounds opened, by what they are counted against; they never go down. */
  readonly rounds: Readonly<Record<RoundKind, number>>;
  /** What the open fix round is counted against. */
  readonly roundKind: RoundKind | null;
  /** Marks of the states that attempts and rounds came to, oldest first: a task that comes to one again and again is stopped. */
  readonly seen: readonly string[];
  /** Rounds a person granted on top. */
  readonly granted: number;
  readonly notBefore: Instant | null;
  /** `notBefore` was set by a provider that asked to come back later. */
  readonly limited: boolean;
  readonly workspace: TaskWorkspace | null;
  /** While the base is being merged into the branch: its tip, the fork point of what is accepted next. */
  readonly mergingWith: CommitSha | null;
  /** Base and tips that it could not begin on (`stackName`). */
  readonly refusedStack?: string | null;
  /** The next attempt begins on a clean branch; the old tip is kept. */
  readonly startOver: boolean;
  /** Grows with every step that was decided: part of the keys, so that no two steps share one. */
  readonly stepNo: number;
  /** How often a person had it begun again; part of every key, so that a retried task repeats its effects. */
  readonly retries: number;
  readonly mergeTries: number;
  /** Sessions started for this task, all roles. */
  readonly sessions: number;
  readonly session: LiveSession | null;
  /** Where protected refs stood before the session of this name; noted before it begins, so that a crash cannot lose it. */
  readonly prepared: {
    readonly session: SessionId;
    readonly refs: Readonly<Record<string, CommitSha>>;
  } | null;
  readonly vendorSession: string | null;
  readonly report: AgentReport | null;
  /** Attempts begun anew because of how the work came to be. */
  readonly restarts: number;
  /** Steps of the issue that are done, where each has a session of its own. */
  readonly stepsDone: readonly { readonly step: number; readonly commit: CommitSha }[];
  /** Evidence of the newest measured commit. */
  readonly proof: Proof | null;
  readonly change: ChangeFacts | null;
  /** Of the newest green gates. */
  readonly gateResults: readonly GateResult[];
  /** What each stage looked at last. */
  readonly reviewed: Readonly<
    Partial<Record<ReviewStage, { readonly head: CommitSha; readonly patchId: string }>>
  >;
  /** What the stages asked for, oldest first; a patch that was rejected never passes by coming back. */
  readonly rejections: readonly {
    readonly stage: ReviewStage;
    readonly patchId: string;
    readonly findings: readonly Finding[];
  }[];
  /** Where the branch stood when only a part was reported done: there the whole is not, whatever is said of it later. */
  readonly partAt?: CommitSha | null;
  /** Only a part of it is done: before that is published, what is left becomes issues. */
  readonly owesFollowUps: boolean;
  /** Issues that took over what this task left. */
  readonly followUps: readonly TaskKey[];
  /** Accepted commit: what reviews, checks and approval are about. */
  readonly head: CommitSha | null;
  readonly patchId: string | null;
  readonly changedPaths: readonly string[];
  readonly pullRequest: {
    readonly number: number;
    readonly url: string | null;
    readonly draft: boolean;
  } | null;
  /** What the forge last said of the head, as far as it is waited for. */
  readonly checks: ChecksSeen | null;
  /** Every head that was published, newest last: news of an older one is no news. */
  readonly published: readonly CommitSha[];
  /** Findings of the forge's reviewers that were fixed or declined, by key: they are not received twice. */
  readonly answered: readonly string[];
  /** Findings of the forge's reviewers that a person's `force` passes, by key. */
  readonly forced: readonly string[];
  /** Stages that passed, with the patch-id they saw. */
  readonly passed: Readonly<Partial<Record<ReviewStage, string>>>;
  readonly findings: readonly Finding[];
  readonly labels: readonly string[];
  /** Heads a person approved in spite of a protected surface. */
  readonly approvedHead: CommitSha | null;
  /** Answers of a person to this task's questions, newest last; the next session is told. */
  readonly answers: readonly string[];
  /** The agent was reminded of this already in the open attempt or round. */
  readonly reminded: readonly string[];
  readonly mergedCommit: CommitSha | null;
  /** Where the branch stood before it was merged: what a revert goes back to. The same: its change was there already. */
  readonly mergedOnto: CommitSha | null;
  /** The conflict it met last at its turn; kept until it is merged, for what settled it to be remembered. */
  readonly conflict: MetConflict | null;
  /** Merged on top of these, which were taken back. */
  readonly suspectOf: readonly TaskKey[];
  /** Issue that took its place after a conflict too heavy to settle. */
  readonly supersededBy: TaskKey | null;
  readonly usage: Usage;
  readonly startedAt: Instant | null;
  readonly endedAt: Instant | null;
  readonly changedAt: Instant;
  /** Hard blockers whose end was announced to this task (I3). */
  readonly released: readonly TaskKey[];
  readonly notes: readonly string[];
  /** Its issue was closed by others, and whether a person was asked about that; null: it is open, as far as is known. */
  readonly issueClosed: "unasked" | "asked" | null;
}
