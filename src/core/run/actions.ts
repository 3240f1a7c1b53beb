import type { ReviewStage } from "../execute/agent-report.ts";
import type { CommitSha, SessionId, TaskKey } from "../shared/names.ts";
import type { Landing, TrainMember } from "./merge-state.ts";
import type { AgentRole } from "./settings.ts";
import type { SessionReminder } from "./task.ts";

/**
 * An intent to touch the world. The key is deterministic: the same intent has the same key after any crash, and an
 * effect with a receipt is never begun again.
 */
export type Action =
  | {
      readonly type: "PrepareIntegration";
      readonly key: string;
      readonly branch: string;
      readonly target: string;
    }
  | {
      readonly type: "RunBaseline";
      readonly key: string;
      /** Of the target. */
      readonly commit: CommitSha;
      /** Tip of the integration branch, where that was there before the run and is not the same. */
      readonly branch?: CommitSha;
    }
  | {
      readonly type: "PrepareWorkspace";
      readonly key: string;
      readonly task: TaskKey;
      readonly slot: string;
      readonly branch: string;
      readonly base: CommitSha;
      /** Unmerged work it begins on, on top of `base`, lowest first; absent: it begins on `base`. */
      readonly tips?: readonly TrainMember[];
      readonly mode: "create" | "reuse" | "restart";
      readonly attempt: number;
    }
  /** Puts the workspace in order and notes where protected refs stand, before the session of that name begins. */
  | {
      readonly type: "PrepareSession";
      readonly key: string;
      readonly task: TaskKey;
      readonly session: SessionId;
      /** What is not committed is thrown away; a merge under way is kept. */
      readonly clean: boolean;
    }
  | {
      readonly type: "RunSession";
      readonly key: string;
      readonly task: TaskKey;
      readonly session: SessionId;
      readonly role: AgentRole;
      readonly reminder: SessionReminder | null;
      readonly continues: string | null;
      readonly stages: readonly ReviewStage[];
    }
  | {
      readonly type: "EndSession";
      readonly key: string;
      readonly task: TaskKey;
      readonly session: SessionId;
    }
  | { readonly type: "CommitLeftovers"; readonly key: string; readonly task: TaskKey }
  | {
      readonly type: "RunGates";
      readonly key: string;
      readonly task: TaskKey;
      readonly commit: CommitSha;
      readonly forMerge: boolean;
    }
  /** Runs the owner's repairing commands in the task's workspace and commits what they change. */
  | { readonly type: "Autofix"; readonly key: string; readonly task: TaskKey }
  /** Measures how the commit came to be and what it changes. */
  | {
      readonly type: "ProveWork";
      readonly key: string;
      readonly task: TaskKey;
      readonly commit: CommitSha;
    }
  /** Makes issues of the source out of what a partial result leaves. */
  | { readonly type: "AddFollowUps"; readonly key: string; readonly task: TaskKey }
  /** After a panic: the pull request becomes a draft again. */
  | { readonly type: "ReturnToDraft"; readonly key: string; readonly task: TaskKey }
  | {
      readonly type: "PublishPullRequest";
      readonly key: string;
      readonly task: TaskKey;
      readonly head: CommitSha;
    }
  | { readonly type: "LeaveDraft"; readonly key: string; readonly task: TaskKey }
  /** Brings the branch onto `onto`, its tree then being `tree`, and publishes it. */
  | {
      readonly type: "UpdateBranch";
      readonly key: string;
      readonly task: TaskKey;
      readonly onto: CommitSha;
      readonly forkPoint: CommitSha;
      readonly head: CommitSha;
      readonly tree: string;
    }
  /** What is left to be done on the forge for a task that is over: its last words, its branch, its issue. */
  | { readonly type: "TidyPullRequest"; readonly key: string; readonly task: TaskKey }
  | {
      readonly type: "BeginMerge";
      readonly key: string;
      readonly task: TaskKey;
      readonly other: CommitSha;
    }
  | {
      readonly type: "BuildCandidate";
      readonly key: string;
      readonly task: TaskKey;
      readonly onto: CommitSha;
      readonly forkPoint: CommitSha;
      readonly head: CommitSha;
    }
  | {
      readonly type: "MergePullRequest";
      readonly key: string;
      readonly task: TaskKey;
      readonly from: CommitSha;
      readonly candidate: CommitSha;
      readonly head: CommitSha;
    }
  /** Puts branches one on top of the other in the object database; moves nothing. */
  | {
      readonly type: "BuildTrain";
      readonly key: string;
      readonly onto: CommitSha;
      readonly members: readonly TrainMember[];
    }
  /** Runs the gates on the first `length` cars together. */
  | {
      readonly type: "GateTrain";
      readonly key: string;
      readonly commit: CommitSha;
      readonly length: number;
    }
  /** Which branches that are ready would conflict; `pairs` of keys of `branches`, null for the branch they target. */
  | {
      readonly type: "ForecastConflicts";
      readonly key: string;
      readonly onto: CommitSha;
      readonly branches: readonly TrainMember[];
      readonly pairs: readonly (readonly [TaskKey, TaskKey | null])[];
    }
  /** A conflict too heavy to settle becomes an issue of the source. */
  | { readonly type: "GiveBack"; readonly key: string; readonly task: TaskKey }
  /** Under `barrier`: the branch as a whole after a wave. */
  | {
      readonly type: "TestWave";
      readonly key: string;
      readonly wave: number;
      readonly commit: CommitSha;
    }
  /** Looks for the merge that made the whole red; `landings` oldest first, `base` before all of them. */
  | {
      readonly type: "FindCulprit";
      readonly key: string;
      readonly commit: CommitSha;
      readonly base: CommitSha;
      readonly landings: readonly Landing[];
    }
  /** Takes a merged task back: its revert is built on `onto`, gated, and the branch moved to it. */
  | {
      readonly type: "RevertTask";
      readonly key: string;
      readonly task: TaskKey;
      readonly landed: CommitSha;
      readonly before: CommitSha;
      readonly onto: CommitSha;
    }
  | { readonly type: "TestIntegration"; readonly key: string; readonly commit: CommitSha }
  /** The milestone branch's own pull request, by which a person lands it. */
  | {
      readonly type: "OpenLanding";
      readonly key: string;
      readonly head: CommitSha;
      readonly target: string;
    }
  | {
      readonly type: "Land";
      readonly key: string;
      readonly head: CommitSha;
      readonly target: string;
    };

export type ActionType = Action["type"];
/** Every action with its own shape. */
export type ActionMap = { readonly [T in ActionType]: Extract<Action, { type: T }> };
export type ActionOf<T extends ActionType> = ActionMap[T];
