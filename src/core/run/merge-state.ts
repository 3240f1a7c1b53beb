import type { ConflictedFile } from "../merge/conflicts/facts.ts";
import type { CommitSha, TaskKey } from "../shared/names.ts";

/** A branch that may join a train, as it stood when the train was planned. */
export interface TrainMember {
  readonly task: TaskKey;
  readonly forkPoint: CommitSha;
  readonly head: CommitSha;
}

/** A member on top of those before it: what the branch becomes when they are merged in this order. */
export interface TrainCar {
  readonly task: TaskKey;
  readonly head: CommitSha;
  readonly commit: CommitSha;
  readonly tree: string;
}

/** Branches gated together. It only says which trees are green: each car then takes its ordinary turn. */
export interface Train {
  /** Of this run, from 1: part of the keys. */
  readonly no: number;
  readonly onto: CommitSha;
  readonly members: readonly TrainMember[];
  /** Null until they are put together. */
  readonly cars: readonly TrainCar[] | null;
  /** Those that did not fit, or could not be put there: what they need their turn tells. */
  readonly left?: readonly TaskKey[];
  /** Whether that prefix was green, by its length; those that are missing were not gated. */
  readonly gated: Readonly<Record<number, boolean>>;
  /** Names of the gates that were red, by the length of the prefix. */
  readonly redGates: Readonly<Record<number, readonly string[]>>;
  /** Where the branch stands while nobody but this train has moved it. */
  readonly head: CommitSha;
}

/** Takes its turn without a train, before everybody else. */
export interface TrainAlone {
  readonly task: TaskKey;
  /** Gates that were red when it was added to a green prefix; null: it did not fit, or nobody could put it there. */
  readonly red: readonly string[] | null;
  /** The tree that was red; absent: none was. */
  readonly tree?: string;
}

/** One move of the branch by this run, or by a person who merged one of its pull requests. */
export interface Landing {
  readonly task: TaskKey;
  readonly commit: CommitSha;
  /** What the branch was just before; null: it was merged by hand. */
  readonly onto: CommitSha | null;
  /** It is the revert of that task. */
  readonly takesBack?: true;
}

/** What is known of gating several branches together: the window grows while all is green, and halves on red. */
export interface TrainRecord {
  readonly count: number;
  /** Branches that the next train takes, at most. */
  readonly window: number;
  /** Branches that trains have judged, and how many of them turned out red. */
  readonly judged: number;
  readonly red: number;
  readonly alone: TrainAlone | null;
}

/** Two branches on top of each other, or (`b` null) one on the branch it targets. Empty `paths`: no conflict. */
export interface ConflictPair {
  readonly a: TaskKey;
  readonly b: TaskKey | null;
  /** Heads that were looked at, the second that of the branch they target where `b` is null: news of others is no news. */
  readonly heads: readonly [CommitSha, CommitSha];
  readonly paths: readonly string[];
  /** Nobody could tell. */
  readonly isUnknown?: true;
}

/** One state of the branch that was tested while looking for what broke it. */
export interface CulpritTrial {
  /** The last task merged in that state; null: none of this run's. */
  readonly task: TaskKey | null;
  readonly commit: CommitSha;
  readonly ok: boolean;
}

/** A conflict that a task's branch met at its turn. */
export interface MetConflict {
  readonly onto: CommitSha;
  readonly class: "medium" | "heavy";
  /** One sentence for a person: why it is of that class. */
  readonly why: string;
  readonly files: readonly ConflictedFile[];
}
