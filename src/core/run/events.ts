import type { AgentReport, Finding, ReviewStage } from "../execute/agent-report.ts";
import type { GateResult } from "../execute/gates.ts";
import type { Plan } from "../plan/plan.ts";
import type { CommitSha, Instant, RunId, SessionId, TaskKey } from "../shared/names.ts";
import type { Usage } from "../shared/money.ts";
import type { Action } from "./actions.ts";
import type { Command } from "./commands.ts";
import type { AgentRole, Question, QuestionKind, ReasonCode, RunSettings, Step, StoredStatus, TaskWorkspace } from "./run.ts";
import type { SessionEnd } from "./session-end.ts";

/** Facts about one task. Numbers in comments are the rows of docs/state-machine.md. */
export type TaskEvent =
  /* 2 */ | { readonly type: "BlockerMerged"; readonly task: TaskKey; readonly blocker: TaskKey }
  /* 2 */ | { readonly type: "BlockerFreed"; readonly task: TaskKey; readonly blocker: TaskKey }
  /* 3 */ | { readonly type: "DependencyAdded"; readonly task: TaskKey; readonly blocker: TaskKey; readonly by: string }
  /* 2 */ | { readonly type: "DependencyRemoved"; readonly task: TaskKey; readonly blocker: TaskKey; readonly by: string }
  /* 4 */ | { readonly type: "BlockerEnded"; readonly task: TaskKey; readonly blocker: TaskKey; readonly path: readonly TaskKey[] }
  /* 5 */ | { readonly type: "AttemptStarted"; readonly task: TaskKey; readonly attempt: number; readonly workspace: TaskWorkspace }
  /* 6 */ | {
      readonly type: "WorkAccepted";
      readonly task: TaskKey;
      readonly head: CommitSha;
      readonly patchId: string;
      readonly changedPaths: readonly string[];
      readonly pullRequest: { readonly number: number; readonly url: string | null };
      readonly step: Step;
    }
  /* 7, 19 */ | {
      readonly type: "GatesFailed";
      readonly task: TaskKey;
      readonly commit: CommitSha;
      readonly findings: readonly Finding[];
      readonly results: readonly GateResult[];
      readonly step: Step;
    }
  | { readonly type: "GatesPassed"; readonly task: TaskKey; readonly commit: CommitSha; readonly tree: string; readonly results: readonly GateResult[]; readonly step: Step }
  /* 8, 10 */ | {
      readonly type: "AttemptFailed";
      readonly task: TaskKey;
      readonly reason: ReasonCode;
      readonly detail: string;
      readonly final: boolean;
      readonly notBefore: Instant | null;
    }
  /* 9 */ | { readonly type: "ProviderLimited"; readonly task: TaskKey; readonly until: Instant; readonly detail: string }
  /* 11 */ | {
      readonly type: "QuestionAsked";
      readonly task: TaskKey;
      readonly question: Omit<Question, "askedAt">;
      readonly findings: readonly Finding[];
    }
  /* 12 */ | { readonly type: "ReviewRejected"; readonly task: TaskKey; readonly stage: ReviewStage; readonly patchId: string; readonly findings: readonly Finding[]; readonly step: Step }
  | { readonly type: "ReviewPassed"; readonly task: TaskKey; readonly stages: readonly ReviewStage[]; readonly patchId: string; readonly findings: readonly Finding[]; readonly step: Step }
  | { readonly type: "LabelsSet"; readonly task: TaskKey; readonly labels: readonly string[] }
  | { readonly type: "DraftLeft"; readonly task: TaskKey }
  /* 13 */ | { readonly type: "MergeApproved"; readonly task: TaskKey; readonly head: CommitSha }
  /* 14 */ | {
      readonly type: "FixAccepted";
      readonly task: TaskKey;
      readonly head: CommitSha;
      readonly patchId: string;
      readonly changedPaths: readonly string[];
      readonly step: Step;
    }
  | {
      readonly type: "FixFailed";
      readonly task: TaskKey;
      readonly reason: ReasonCode;
      readonly detail: string;
      readonly findings: readonly Finding[];
      readonly notBefore: Instant | null;
    }
  /* 15 */ | { readonly type: "HeadMoved"; readonly task: TaskKey; readonly head: CommitSha }
  /* 16 */ | { readonly type: "MergeStarted"; readonly task: TaskKey; readonly onto: CommitSha }
  /* 17 */ | { readonly type: "PullRequestMerged"; readonly task: TaskKey; readonly from: CommitSha; readonly commit: CommitSha }
  /* 18 */ | { readonly type: "BaseMoved"; readonly task: TaskKey; readonly base: CommitSha }
  /* 18 */ | { readonly type: "MergeDeferred"; readonly task: TaskKey; readonly why: string; readonly notBefore: Instant }
  /* 19 */ | { readonly type: "ConflictFound"; readonly task: TaskKey; readonly onto: CommitSha; readonly paths: readonly string[]; readonly messages: string }
  /* 21 */ | { readonly type: "MergedByPerson"; readonly task: TaskKey; readonly commit: CommitSha }
  /* 22 */ | { readonly type: "TaskCancelled"; readonly task: TaskKey; readonly by: string }
  /* 23 */ | { readonly type: "TaskSkipped"; readonly task: TaskKey; readonly reason: ReasonCode; readonly detail: string; readonly by: string }
  /* 25 */ | { readonly type: "QuestionAnswered"; readonly task: TaskKey; readonly answer: string; readonly kind: QuestionKind; readonly to: StoredStatus; readonly step: Step; readonly by: string }
  /* 27 */ | { readonly type: "TaskRetried"; readonly task: TaskKey; readonly by: string }
  /** What is to happen next for the task, decided from an outcome; changes no status. */
  | { readonly type: "StepDecided"; readonly task: TaskKey; readonly step: Step; readonly why: string }
  | { readonly type: "SessionEnding"; readonly task: TaskKey; readonly session: SessionId; readonly why: string }
  | {
      readonly type: "SessionEnded";
      readonly task: TaskKey;
      readonly session: SessionId;
      readonly role: AgentRole;
      readonly end: SessionEnd;
      readonly usage: Usage;
      readonly report: AgentReport | null;
      readonly vendorSession: string | null;
      readonly lastWords: string;
      readonly detail: string;
    }
  | { readonly type: "MergeBegun"; readonly task: TaskKey; readonly forkPoint: CommitSha; readonly conflict: boolean; readonly step: Step };

/** Facts about the run as a whole. */
export type WholeRunEvent =
  /* 29 */ | { readonly type: "RunCreated"; readonly run: RunId; readonly settings: RunSettings; readonly version: string }
  | { readonly type: "PlanProposed"; readonly plan: Plan; readonly branches: Readonly<Record<TaskKey, string>>; readonly freed: readonly TaskKey[] }
  | { readonly type: "IntegrationReady"; readonly branch: string; readonly head: CommitSha; readonly base: CommitSha }
  | { readonly type: "BaselineRecorded"; readonly commit: CommitSha; readonly tree: string; readonly results: readonly GateResult[] }
  /* 30 */ | { readonly type: "PlanApproved"; readonly by: string }
  /* 44 */ | { readonly type: "PlanRejected"; readonly why: string }
  /* 31 */ | { readonly type: "DrainRequested"; readonly by: string }
  /* 32 */ | { readonly type: "Drained" }
  /* 33 */ | { readonly type: "NothingCanMove"; readonly waiting: readonly { readonly task: TaskKey; readonly why: string }[] }
  /* 34, 43 */ | { readonly type: "RunResumed"; readonly by: string; readonly afterPanic: boolean; readonly acknowledged: boolean }
  /* 35 */ | { readonly type: "TasksFinished"; readonly mergedAny: boolean }
  /* 36 */ | { readonly type: "IntegrationPassed"; readonly commit: CommitSha; readonly results: readonly GateResult[]; readonly lands: boolean }
  /* 37 */ | { readonly type: "IntegrationFailed"; readonly commit: CommitSha; readonly results: readonly GateResult[]; readonly culprit: TaskKey | null }
  /* 38 */ | { readonly type: "LandingHandedOver"; readonly how: string }
  /* 38 */ | { readonly type: "Landed"; readonly commit: CommitSha; readonly target: string }
  /* 39 */ | { readonly type: "LandingRefused"; readonly why: string }
  /* 40 */ | { readonly type: "LandRequested"; readonly by: string; readonly partial: boolean }
  /* 41 */ | { readonly type: "RunAborted"; readonly by: string }
  /* 42 */ | { readonly type: "PanicRaised"; readonly by: string }
  /* 42 */ | { readonly type: "CriticalStopRaised"; readonly what: "breach" | "secret"; readonly detail: string; readonly task: TaskKey | null }
  /* 44 */ | { readonly type: "RunCancelled"; readonly by: string }
  | { readonly type: "CommandTaken"; readonly number: number; readonly command: Command; readonly accepted: boolean; readonly answer: string }
  | { readonly type: "EffectStarted"; readonly key: string; readonly action: Action }
  | { readonly type: "EffectFinished"; readonly key: string; readonly outcome: string }
  /** An effect failed for a reason that may pass; it will be begun again under the same key, not before `notBefore`. */
  | { readonly type: "EffectDelayed"; readonly key: string; readonly why: string; readonly notBefore: Instant; readonly tries: number }
  | { readonly type: "EngineStarted"; readonly pid: number; readonly recovering: boolean };

export type RunEvent = TaskEvent | WholeRunEvent;
export type EventType = RunEvent["type"];
export type EventOf<T extends EventType> = Extract<RunEvent, { type: T }>;

/** An event with its place in the log. */
export type StoredEvent = RunEvent & { readonly seq: number; readonly at: Instant };
