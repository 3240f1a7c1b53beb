import type { Finding, ReviewStage } from "../execute/agent-report.ts";
import type { GateResult } from "../execute/gates.ts";
import type { CommitSha, Instant, TaskKey } from "../shared/names.ts";
import type {
  ChecksSeen,
  Question,
  QuestionKind,
  ReasonCode,
  Step,
  StoredStatus,
  TaskWorkspace,
} from "./run.ts";
import type { IssueTexts } from "./issue-texts.ts";
import type { DisciplineEvent } from "./discipline-events.ts";
import type { SessionEvent } from "./session-events.ts";
import type { MergeTaskEvent } from "./merge-events.ts";
import type { MetConflict } from "./merge-state.ts";

/** Facts about one task. Numbers in comments are the rows of docs/state-machine.md. */
export type TaskEvent =
  | DisciplineEvent
  | MergeTaskEvent
  | SessionEvent
  | /* 2 */ { readonly type: "BlockerMerged"; readonly task: TaskKey; readonly blocker: TaskKey }
  /* 2 */
  | { readonly type: "BlockerFreed"; readonly task: TaskKey; readonly blocker: TaskKey }
  /* 3 */
  | {
      readonly type: "DependencyAdded";
      readonly task: TaskKey;
      readonly blocker: TaskKey;
      readonly by: string;
    }
  /* 2 */
  | {
      readonly type: "DependencyRemoved";
      readonly task: TaskKey;
      readonly blocker: TaskKey;
      readonly by: string;
    }
  /** The milestone was read again, and the issue is another than before; the next session sees it. */
  | { readonly type: "IssueEdited"; readonly task: TaskKey; readonly issue: IssueTexts }
  /* 24: recorded; what follows is decided when nothing of the task is under way. */
  | {
      readonly type: "IssueClosedElsewhere";
      readonly task: TaskKey;
      readonly as: "completed" | "not-planned" | "duplicate";
    }
  | { readonly type: "IssueReopened"; readonly task: TaskKey }
  /** What no task of this run can free holds it, or does no longer. */
  | { readonly type: "OutsideBlocked"; readonly task: TaskKey; readonly by: string }
  | { readonly type: "OutsideFreed"; readonly task: TaskKey }
  /** A sentence for whoever reads about the task; changes nothing else. */
  | { readonly type: "TaskNoted"; readonly task: TaskKey; readonly words: string }
  /* 4 */
  | {
      readonly type: "BlockerEnded";
      readonly task: TaskKey;
      readonly blocker: TaskKey;
      readonly path: readonly TaskKey[];
    }
  /* 5 */
  | {
      readonly type: "AttemptStarted";
      readonly task: TaskKey;
      readonly attempt: number;
      readonly workspace: TaskWorkspace;
    }
  /* 6 */
  | {
      readonly type: "WorkAccepted";
      readonly task: TaskKey;
      readonly head: CommitSha;
      readonly patchId: string;
      readonly changedPaths: readonly string[];
      readonly pullRequest: { readonly number: number; readonly url: string | null };
      readonly step: Step;
    }
  /* 7, 19 */
  | {
      readonly type: "GatesFailed";
      readonly task: TaskKey;
      readonly commit: CommitSha;
      readonly findings: readonly Finding[];
      readonly results: readonly GateResult[];
      readonly step: Step;
    }
  | {
      readonly type: "GatesPassed";
      readonly task: TaskKey;
      readonly commit: CommitSha;
      readonly tree: string;
      readonly results: readonly GateResult[];
      readonly step: Step;
    }
  /* 8, 10 */
  | {
      readonly type: "AttemptFailed";
      readonly task: TaskKey;
      readonly reason: ReasonCode;
      readonly detail: string;
      readonly final: boolean;
      readonly notBefore: Instant | null;
      /** The branch cannot be built on: the next attempt begins at the fork point. */
      readonly startOver?: boolean;
    }
  /* 9 */
  | {
      readonly type: "ProviderLimited";
      readonly task: TaskKey;
      readonly until: Instant;
      readonly detail: string;
      /** Set where the provider said when to come back: nobody else asks this agent before. */
      readonly agent?: string;
    }
  /* 11 */
  | {
      readonly type: "QuestionAsked";
      readonly task: TaskKey;
      readonly question: Omit<Question, "askedAt" | "until"> & {
        /** How long it waits before its default counts; absent: for ever. */
        readonly timeoutMs?: number;
      };
      readonly findings: readonly Finding[];
    }
  /* 12 */
  | {
      readonly type: "ReviewRejected";
      readonly task: TaskKey;
      readonly stage: ReviewStage;
      readonly patchId: string;
      readonly findings: readonly Finding[];
      readonly step: Step;
    }
  | {
      readonly type: "ReviewPassed";
      readonly task: TaskKey;
      readonly stages: readonly ReviewStage[];
      readonly patchId: string;
      readonly findings: readonly Finding[];
      readonly step: Step;
    }
  | { readonly type: "LabelsSet"; readonly task: TaskKey; readonly labels: readonly string[] }
  /** `step`: what the forge has to say is waited for; absent where it has nothing to say. */
  | { readonly type: "DraftLeft"; readonly task: TaskKey; readonly step?: Step }
  /** What the forge says of the head by now; told when it changes, changes no status. */
  | { readonly type: "ChecksNoted"; readonly task: TaskKey; readonly seen: ChecksSeen }
  /** Checks and reviewers have nothing against this head, or are not waited for any longer. */
  | { readonly type: "ChecksPassed"; readonly task: TaskKey; readonly seen: ChecksSeen }
  /* 12, 15, 19 */
  | {
      readonly type: "CiFailed";
      readonly task: TaskKey;
      readonly head: CommitSha;
      readonly findings: readonly Finding[];
      readonly step: Step;
    }
  | {
      readonly type: "FindingsReceived";
      readonly task: TaskKey;
      readonly head: CommitSha;
      readonly findings: readonly Finding[];
      readonly step: Step;
    }
  /* 15 */
  | { readonly type: "ApprovalWithdrawn"; readonly task: TaskKey; readonly why: string }
  /** The branch stands on the new base; what it brings is the same. */
  | {
      readonly type: "BranchUpdated";
      readonly task: TaskKey;
      readonly head: CommitSha;
      readonly forkPoint: CommitSha;
      readonly patchId: string;
      readonly changedPaths: readonly string[];
    }
  /* 13 */
  | { readonly type: "MergeApproved"; readonly task: TaskKey; readonly head: CommitSha }
  /* 14 */
  | {
      readonly type: "FixAccepted";
      readonly task: TaskKey;
      readonly head: CommitSha;
      readonly patchId: string;
      readonly changedPaths: readonly string[];
      /** Others have brought the branch onto this base; absent: it stands on what it stood on. */
      readonly forkPoint?: CommitSha;
      readonly step: Step;
      /** Opened with this fix: the attempt itself never got that far. */
      readonly pullRequest?: { readonly number: number; readonly url: string | null };
    }
  | {
      readonly type: "FixFailed";
      readonly task: TaskKey;
      readonly reason: ReasonCode;
      readonly detail: string;
      readonly findings: readonly Finding[];
      readonly notBefore: Instant | null;
      /** Where the next round begins; a session unless the base has to be merged in first. */
      readonly step?: Step;
    }
  /* 15 */
  | { readonly type: "HeadMoved"; readonly task: TaskKey; readonly head: CommitSha }
  /* 16 */
  | { readonly type: "MergeStarted"; readonly task: TaskKey; readonly onto: CommitSha }
  /* 17 */
  | {
      readonly type: "PullRequestMerged";
      readonly task: TaskKey;
      readonly from: CommitSha;
      readonly commit: CommitSha;
      /** The base moved in the same instant: what the forge merged is another tree than was checked. */
      readonly isAsChecked?: false;
    }
  /* 18 */
  | { readonly type: "BaseMoved"; readonly task: TaskKey; readonly base: CommitSha }
  /* 18 */
  | {
      readonly type: "MergeDeferred";
      readonly task: TaskKey;
      readonly why: string;
      readonly notBefore: Instant;
    }
  /* 19 */
  | {
      readonly type: "ConflictFound";
      readonly task: TaskKey;
      readonly onto: CommitSha;
      readonly paths: readonly string[];
      readonly messages: string;
      /** Absent in runs begun before conflicts were classified. */
      readonly conflict?: MetConflict;
      /** Absent: the base is merged into the branch, for a session to settle. */
      readonly step?: Step;
    }
  /* 21 */
  | {
      readonly type: "MergedByPerson";
      readonly task: TaskKey;
      /** Its merge; with `found` the tip of the branch that holds its change already, by whichever commits. */
      readonly commit: CommitSha;
      readonly found?: true;
      /** Tip of the integration branch after it, where that is known. */
      readonly tip?: CommitSha;
    }
  /* 22 */
  | { readonly type: "TaskCancelled"; readonly task: TaskKey; readonly by: string }
  /* 23 */
  | {
      readonly type: "TaskSkipped";
      readonly task: TaskKey;
      readonly reason: ReasonCode;
      readonly detail: string;
      readonly by: string;
    }
  /* 25 */
  | {
      readonly type: "QuestionAnswered";
      readonly task: TaskKey;
      readonly answer: string;
      readonly kind: QuestionKind;
      readonly to: StoredStatus;
      readonly step: Step;
      readonly by: string;
    }
  /* 27 */
  | { readonly type: "TaskRetried"; readonly task: TaskKey; readonly by: string }
  /** What is to happen next for the task, decided from an outcome; changes no status. */
  | {
      readonly type: "StepDecided";
      readonly task: TaskKey;
      readonly step: Step;
      readonly why: string;
      /** Remembered for the open attempt or round, beside the reminders: `lost`. */
      readonly remember?: string;
    };
