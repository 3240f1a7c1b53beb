import type { GateResult } from "../execute/gates.ts";
import type { PlannedIssue } from "../plan/plan.ts";
import type { CommitSha, TaskKey } from "../shared/names.ts";
import type {
  ConflictPair,
  CulpritTrial,
  TrainAlone,
  TrainCar,
  TrainMember,
} from "./merge-state.ts";

/** Facts about how branches become one, of the run as a whole. Numbers are rows of docs/state-machine.md. */
export type WholeMergeEvent =
  /** Several branches whose turn comes next are put one on top of the other, to be gated together. */
  | {
      readonly type: "TrainPlanned";
      readonly onto: CommitSha;
      readonly members: readonly TrainMember[];
    }
  /** `left`: members that do not fit on what is before them; they take their own turn later. */
  | {
      readonly type: "TrainBuilt";
      readonly cars: readonly TrainCar[];
      readonly left: readonly { readonly task: TaskKey; readonly why: string }[];
    }
  /** The gates of the first `length` cars together. Green clears every shorter prefix. */
  | {
      readonly type: "TrainGated";
      readonly length: number;
      readonly ok: boolean;
      readonly results: readonly GateResult[];
    }
  /** `alone`: whose turn is next, without a train; null: whoever the order says. */
  | { readonly type: "TrainEnded"; readonly why: string; readonly alone: TrainAlone | null }
  /** The branch that tasks are merged into, without any of them at its turn: nobody had gated it where it stood. */
  | {
      readonly type: "BaseGated";
      readonly commit: CommitSha;
      readonly ok: boolean;
      readonly results: readonly GateResult[];
    }
  /** Which of the branches that are ready would conflict with each other, or with the branch they target. */
  | {
      readonly type: "ConflictsForecast";
      readonly onto: CommitSha;
      /** Every pair that was looked at, clean ones with no paths. */
      readonly pairs: readonly ConflictPair[];
    }
  /** Under `barrier`: the branch as a whole is green after this wave; red is `IntegrationFailed`. */
  | {
      readonly type: "WaveTested";
      /** From 0, as in the plan. */
      readonly wave: number;
      readonly commit: CommitSha;
      readonly results: readonly GateResult[];
    }
  /** The whole is red; which merge broke it is looked for before a person is asked. */
  | {
      readonly type: "IntegrationRed";
      readonly commit: CommitSha;
      readonly results: readonly GateResult[];
    }
  /** A person takes a merged task back; nothing else is merged until that is done or refused. */
  | { readonly type: "RevertRequested"; readonly task: TaskKey; readonly by: string }
  | {
      readonly type: "RevertRefused";
      readonly task: TaskKey;
      readonly why: string;
      /** Where others have moved the branch: it is tried again there. */
      readonly base?: CommitSha;
    };

/** Facts about how one task's branch becomes part of the whole, or leaves it. */
export type MergeTaskEvent =
  /* 20: the new issue is in the plan, holds the branch as material and has the task's dependents. */
  | {
      readonly type: "ConflictGivenBack";
      readonly task: TaskKey;
      readonly to: TaskKey;
      readonly detail: string;
    }
  /* 28 */
  | {
      readonly type: "TaskReverted";
      readonly task: TaskKey;
      readonly from: CommitSha;
      /** Tip of the branch with the revert on it. */
      readonly commit: CommitSha;
      readonly tree: string;
      /** Of the gates on that tip. */
      readonly results: readonly GateResult[];
      /** The branch was found there after a death: an earlier engine had seen the gates green. */
      readonly found?: true;
      readonly by: string;
    }
  /* 3 */
  | { readonly type: "BlockerReverted"; readonly task: TaskKey; readonly blocker: TaskKey }
  /**
   * It could not begin on what it waits for: the tips do not fit on each other (`paths`), or have moved meanwhile (none).
   * It begins when they have moved, or are merged.
   */
  | {
      readonly type: "StackRefused";
      readonly task: TaskKey;
      readonly onto: CommitSha;
      readonly heads: readonly CommitSha[];
      readonly paths: readonly string[];
    }
  /** Merged on top of what was taken back: it may have needed it. */
  | { readonly type: "MarkedSuspect"; readonly task: TaskKey; readonly of: TaskKey };

/** Of a conflict that is given back: the issue that takes the task's place. */
export interface GivenBack {
  readonly issue: PlannedIssue;
  readonly branch: string;
}

/** The search for what broke the whole. */
export interface CulpritSearch {
  /** In the order in which they were made. */
  readonly trials: readonly CulpritTrial[];
  /** What it came to, in one sentence for a person. */
  readonly why: string;
}
