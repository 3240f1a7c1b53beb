import type { StoppingSecret } from "./secret-stop.ts";
import type { CulpritSearch, GivenBack } from "./merge-events.ts";
import type { ConflictPair, TrainCar } from "./merge-state.ts";
import type { SessionEnd } from "./session-end.ts";
import type { AgentReport } from "../execute/agent-report.ts";
import type { GateResult } from "../execute/gates.ts";
import type { Proof } from "../execute/proof.ts";
import type { ConflictedFile } from "../merge/conflicts/facts.ts";
import type { PlannedIssue } from "../plan/plan.ts";
import type { ChangeFacts } from "../review/change-facts.ts";
import type { CommitSha, Instant, SessionId, TaskKey } from "../shared/names.ts";
import type { Usage } from "../shared/money.ts";

/** What git says about a task's work after a session. */
export interface Work {
  readonly head: CommitSha;
  /** The branch HEAD is on; null when detached. The workspace may be gone: see `missing`. */
  readonly onBranch: string | null;
  readonly missing: boolean;
  /** The fork point is an ancestor of the head; false for a branch that was rewritten or a merge that was given up: merged as it is, it would silently revert others. */
  readonly descends: boolean;
  /** Oldest first, from the fork point to the branch's tip. */
  readonly commits: readonly { readonly sha: CommitSha; readonly subject: string }[];
  /** Paths that differ between fork point and tip. */
  readonly changedPaths: readonly string[];
  readonly changedLines: number;
  /** Modified or untracked, not ignored. */
  readonly dirtyPaths: readonly string[];
  /** Conflict markers left in tracked files. */
  readonly markers: readonly string[];
  /** Stable patch-id of fork point..tip; empty for no change. */
  readonly patchId: string;
  /**
   * After a merge of the base: paths that the branch had changed before, and of whose change nothing is left. Absent
   * where nobody looked.
   */
  readonly dropped?: readonly string[];
}

/** A protected ref that was moved by what an agent wrote; it is back where it was, what it was moved to is kept. */
export interface BreachFact {
  readonly ref: string;
  readonly keptAs: string;
}

/**
 * What became of the marks in the source's own file: written by a commit on top of `from`, which was tested with them,
 * or left out, with the reason.
 */
export type Progress =
  | {
      readonly path: string;
      readonly from: CommitSha;
      /** Issues for what partial results left that are in the source's files by now. */
      readonly followUps?: readonly TaskKey[];
    }
  | { readonly path: string; readonly left: string };

/** A performed action's answer; posted to the engine's inbox with the action's key. */
export type Outcome =
  | {
      readonly of: "PrepareIntegration";
      readonly branch: string;
      readonly head: CommitSha;
      readonly base: CommitSha;
    }
  | {
      readonly of: "RunBaseline";
      readonly commit: CommitSha;
      readonly tree: string;
      readonly results: readonly GateResult[];
      /** The same on the integration branch, where that was there before. */
      readonly branch?: { readonly commit: CommitSha; readonly results: readonly GateResult[] };
      readonly breaches?: readonly BreachFact[];
    }
  | {
      readonly of: "PrepareWorkspace";
      readonly workspace: { readonly path: string; readonly head: CommitSha };
      /** Of a stacked task: the commit that holds the tips. */
      readonly base?: CommitSha;
      /** Installing dependencies runs what earlier tasks have merged. */
      readonly breaches?: readonly BreachFact[];
    }
  | { readonly of: "PrepareWorkspace"; readonly refused: string; readonly code: string }
  /** The tips it was to begin on do not fit on each other. */
  | { readonly of: "PrepareWorkspace"; readonly unfit: readonly string[] }
  | { readonly of: "PrepareSession"; readonly protectedRefs: Readonly<Record<string, CommitSha>> }
  | {
      readonly of: "RunSession";
      readonly session: SessionId;
      readonly end: SessionEnd;
      readonly vendorSession: string | null;
      readonly report: AgentReport | null;
      readonly lastWords: string;
      readonly usage: Usage;
      readonly retryAt: Instant | null;
      readonly detail: string;
      readonly work: Work;
      readonly breaches: readonly BreachFact[];
      /** Secrets that were taken out of what the agent said, and that stop the run. */
      readonly secrets?: readonly StoppingSecret[];
      /** Whether the section that a task owes its handoff file is on the branch; absent: none is owed. */
      readonly handoff?: "written" | "missing";
    }
  | { readonly of: "EndSession" }
  | {
      readonly of: "CommitLeftovers";
      readonly work: Work;
      /** As of a session. */
      readonly handoff?: "written" | "missing";
    }
  | {
      readonly of: "RunGates";
      readonly commit: CommitSha;
      readonly tree: string;
      readonly results: readonly GateResult[];
      readonly breaches?: readonly BreachFact[];
    }
  | { readonly of: "Autofix"; readonly work: Work; readonly breaches?: readonly BreachFact[] }
  | {
      readonly of: "ProveWork";
      readonly commit: CommitSha;
      /** Null: nothing has to be proven for this task. */
      readonly proof: Proof | null;
      readonly change: ChangeFacts;
      readonly breaches?: readonly BreachFact[];
    }
  | {
      readonly of: "AddFollowUps";
      readonly result:
        | {
            readonly kind: "added";
            /** As they are in the source by now; of one that is in the plan already, the same. */
            readonly issues: readonly {
              readonly issue: PlannedIssue;
              readonly branch: string;
            }[];
          }
        | { readonly kind: "refused"; readonly why: string };
    }
  | { readonly of: "ReturnToDraft" }
  | {
      readonly of: "PublishPullRequest";
      readonly number: number;
      readonly url: string | null;
      readonly work: Work;
      /** The base that others have merged into the branch: the work is what differs from it. */
      readonly forkPoint?: CommitSha;
    }
  | { readonly of: "LeaveDraft" }
  | {
      readonly of: "UpdateBranch";
      readonly result:
        | { readonly kind: "updated"; readonly work: Work }
        | { readonly kind: "head-moved"; readonly head: CommitSha };
    }
  | { readonly of: "TidyPullRequest" }
  | { readonly of: "OpenLanding"; readonly number: number; readonly url: string | null }
  | { readonly of: "BeginMerge"; readonly state: "merged" | "conflict"; readonly work: Work }
  | {
      readonly of: "BuildCandidate";
      readonly result:
        | {
            readonly kind: "clean";
            readonly commit: CommitSha;
            readonly tree: string;
            /** Conflicts that a proven resolver settled. */
            readonly resolved?: readonly { readonly path: string; readonly by: string }[];
          }
        | { readonly kind: "empty" }
        | {
            readonly kind: "conflict";
            readonly paths: readonly string[];
            readonly messages: string;
            readonly files?: readonly ConflictedFile[];
          }
        | { readonly kind: "refused"; readonly paths: readonly string[]; readonly why: string }
        | { readonly kind: "head-moved"; readonly head: CommitSha }
        | { readonly kind: "base-moved"; readonly base: CommitSha };
    }
  | {
      readonly of: "MergePullRequest";
      readonly result:
        | { readonly kind: "merged"; readonly commit: CommitSha; readonly isAsChecked?: boolean }
        | {
            readonly kind: "merged-by-person";
            readonly commit: CommitSha;
            readonly tip: CommitSha;
          }
        | { readonly kind: "refused"; readonly why: string }
        | { readonly kind: "base-moved"; readonly base: CommitSha }
        | { readonly kind: "base-rewound"; readonly base: CommitSha | null }
        | { readonly kind: "head-moved"; readonly head: CommitSha }
        | { readonly kind: "deferred"; readonly why: string; readonly isQueued?: boolean };
    }
  | {
      readonly of: "BuildTrain";
      readonly cars: readonly TrainCar[];
      readonly left: readonly { readonly task: TaskKey; readonly why: string }[];
    }
  | {
      readonly of: "GateTrain";
      readonly commit: CommitSha;
      readonly results: readonly GateResult[];
      readonly breaches?: readonly BreachFact[];
    }
  | {
      readonly of: "ForecastConflicts";
      readonly pairs: readonly Pick<ConflictPair, "a" | "b" | "paths">[];
    }
  | {
      readonly of: "GiveBack";
      readonly result:
        | ({ readonly kind: "added" } & GivenBack)
        | { readonly kind: "refused"; readonly why: string };
    }
  | {
      readonly of: "TestWave";
      readonly commit: CommitSha;
      readonly results: readonly GateResult[];
      readonly breaches?: readonly BreachFact[];
    }
  | {
      readonly of: "FindCulprit";
      /** Null: red before the first of them already, or nothing certain was found. */
      readonly culprit: TaskKey | null;
      readonly search: CulpritSearch;
      readonly breaches?: readonly BreachFact[];
    }
  | {
      readonly of: "RevertTask";
      readonly result:
        | {
            readonly kind: "reverted";
            readonly commit: CommitSha;
            readonly tree: string;
            readonly results: readonly GateResult[];
            /** The branch was there already: an earlier engine had seen it green, and nobody measured again. */
            readonly found?: true;
          }
        | { readonly kind: "base-moved"; readonly base: CommitSha }
        | { readonly kind: "refused"; readonly why: string };
      readonly breaches?: readonly BreachFact[];
    }
  | {
      readonly of: "TestIntegration";
      readonly commit: CommitSha;
      readonly results: readonly GateResult[];
      /** Merged tasks that are no longer on the branch; nothing was tested then. */
      readonly lost?: readonly TaskKey[];
      /** Where the source keeps how far its milestone is. */
      readonly progress?: Progress;
      readonly breaches?: readonly BreachFact[];
    }
  | {
      readonly of: "Land";
      readonly result:
        | { readonly kind: "landed"; readonly commit: CommitSha }
        | { readonly kind: "refused"; readonly why: string };
      readonly breaches?: readonly BreachFact[];
    }
  /** The performer itself failed for a reason that may pass (disk full, lock file, forge away). Tried again later. */
  | {
      readonly of: "Trouble";
      readonly why: string;
      readonly retryable: boolean;
      /** Commands of the owner were ended before they were done, as a stop of the run does. */
      readonly ended?: true;
    };
