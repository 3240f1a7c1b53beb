import type { Proof } from "../execute/proof.ts";
import type { ChangeFacts } from "../review/change-facts.ts";
import type { CommitSha, Instant, TaskKey } from "../shared/names.ts";
import type { Step } from "./run.ts";

/** Facts about what is proven, asked and stopped beyond gates and reviews. Numbers are rows of docs/state-machine.md. */
export type DisciplineEvent =
  /** What was measured about the gated commit, and what follows; changes no status. */
  | {
      readonly type: "WorkMeasured";
      readonly task: TaskKey;
      readonly commit: CommitSha;
      readonly proof: Proof | null;
      readonly change: ChangeFacts;
      readonly step: Step;
    }
  /* 8: the history breaks the rules of test-driven development; the next attempt begins at the fork point. */
  | {
      readonly type: "TddViolated";
      readonly task: TaskKey;
      /** What the next attempt is told. */
      readonly detail: string;
      readonly notBefore: Instant | null;
    }
  /** One session for each step: this one is done, the next one follows. */
  | {
      readonly type: "StepDone";
      readonly task: TaskKey;
      /** Place in the list, from 0. */
      readonly index: number;
      readonly commit: CommitSha;
      readonly step: Step;
    }
  /* 26: what follows stands in the same append. */
  | { readonly type: "QuestionTimedOut"; readonly task: TaskKey; readonly question: string }
  /** What a partial result leaves is in the plan, as these tasks. */
  | {
      readonly type: "FollowUpsAdded";
      readonly task: TaskKey;
      readonly keys: readonly TaskKey[];
      readonly step: Step;
    }
  /** After a panic: its pull request is a draft again. */
  | { readonly type: "DraftReturned"; readonly task: TaskKey };
