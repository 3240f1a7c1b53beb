import type { GateResult } from "../execute/gates.ts";
import type { Plan } from "../plan/plan.ts";
import type { CommitSha, Instant, RunId, TaskKey } from "../shared/names.ts";
import type { Usage } from "../shared/money.ts";
import type { Action } from "./actions.ts";
import type { AgentRoom } from "./agent-room.ts";
import type { Day } from "./day.ts";
import type { CulpritSearch } from "./merge-events.ts";
import type { ConflictPair, Landing, Train, TrainRecord } from "./merge-state.ts";
import type { Progress } from "./outcomes.ts";
import type { SecretStop } from "./secret-stop.ts";
import type { RunSettings } from "./settings.ts";
import type { Task } from "./task.ts";

export type { AgentRole, RunSettings } from "./settings.ts";
export type { ChecksSeen } from "./checks-seen.ts";
export type {
  Question,
  SessionReminder,
  QuestionKind,
  ReasonCode,
  RoundKind,
  Step,
  StoredStatus,
  Task,
  TaskStatus,
  TaskWorkspace,
} from "./task.ts";

export type RunStatus =
  | "planning"
  | "running"
  | "draining"
  | "paused"
  | "waiting"
  | "verifying"
  | "landing"
  | "halted"
  | "complete"
  | "cancelled";

export interface OpenEffect {
  readonly key: string;
  readonly action: Action;
  readonly startedAt: Instant;
}

/** An effect whose outcome is unknown: begun again under its key, with the same arguments. */
export interface DelayedEffect {
  readonly action: Action;
  readonly notBefore: Instant;
  readonly tries: number;
  readonly why: string;
}

/** The end of a phase that a person is asked about. */
interface PhaseEnd {
  readonly phase: string;
  readonly next: string;
  readonly askedAt: Instant;
  /** Then the next one begins; absent: it waits for ever. */
  readonly until?: Instant;
}

/** The fold of a log. `evolve` changes it in place and is the only code that does; everybody else reads. */
export interface Run {
  readonly id: RunId;
  seq: number;
  status: RunStatus;
  createdAt: Instant;
  changedAt: Instant;
  settings: RunSettings;
  plan: Plan | null;
  tasks: Map<TaskKey, Task>;
  /** blocker -> dependents, hard edges only. */
  dependents: Map<TaskKey, TaskKey[]>;
  baseline: readonly GateResult[] | null;
  integration: { branch: string; head: CommitSha; base: CommitSha } | null;
  /** Trees that passed the pre-merge gates, and commits known to carry them. */
  greenTrees: Set<string>;
  /** Where the branch was last gated, by itself or as what a merge made of it; null: it never was. */
  baseGated: { readonly commit: CommitSha; readonly ok: boolean } | null;
  /** What the gates run with, as the last engine found it; null: nobody has told. */
  tools: string | null;
  effects: Map<string, OpenEffect>;
  finishedKeys: Set<string>;
  /** Effects that met passing trouble: not begun again before `notBefore`. */
  delayed: Map<string, DelayedEffect>;
  /** How the branch came to be what it is, oldest first. */
  landings: Landing[];
  merging: TaskKey | null;
  /** Branches that are gated together now. */
  train: Train | null;
  trains: TrainRecord;
  /** On its way to the branch with a tree that only a longer prefix had cleared, and whose train is over; null: none. */
  movingCleared: { readonly task: TaskKey; readonly tree: string } | null;
  /** What was found out about conflicts to come; of heads that are no longer the newest too, until they are forgotten. */
  forecast: readonly ConflictPair[];
  /** How often it was looked at: part of the keys. */
  forecasts: number;
  /** Under `barrier`: how many waves were tested as a whole. */
  wavesTested: number;
  /** The whole is red and its culprit is looked for. */
  redWhole: { commit: CommitSha; results: readonly GateResult[] } | null;
  /** A merged task that is taken back now; `no` counts all that were asked for. */
  revert: { task: TaskKey; by: string } | null;
  reverts: number;
  /** In the order they were merged. */
  merged: TaskKey[];
  /** Blockers before `--from` that a person declared done. */
  freed: Set<TaskKey>;
  usage: Usage;
  /** The day as far as it is known; null before an engine has told it. */
  day: Day | null;
  /** Agents whose provider asked to come back later, and when: nobody else asks it before. */
  limitedUntil: Map<string, Instant>;
  /** Agents that may have fewer sessions than `parallel` for now. */
  agentRoom: Map<string, AgentRoom>;
  fixRounds: number;
  /** Highest inbox number already taken. */
  commandsTaken: number;
  /** Phases whose end a person has let pass, and the one whose end is asked about now. */
  phases: { readonly passed: Set<string>; asks: PhaseEnd | null };
  drainReason: string | null;
  haltReason: string | null;
  /** Secrets that the run was halted for and that nobody has acknowledged yet. */
  secretStops: readonly SecretStop[];
  panicked: boolean;
  verified: { commit: CommitSha; results: readonly GateResult[] } | null;
  /** What became of the marks in the source's own file when the whole was last tested; null: it keeps none. */
  progress: Progress | null;
  verifyFailed: {
    commit: CommitSha;
    results: readonly GateResult[];
    culprit: TaskKey | null;
    search?: CulpritSearch;
    /** Set where nothing could be measured. */
    why?: string;
  } | null;
  /** How often the whole was tested and landing begun; part of those keys. */
  verifications: number;
  landing: { partial: boolean; by: string } | null;
  /** The pull request by which a person lands the milestone branch. */
  landingPullRequest: {
    number: number;
    url: string | null;
    head: CommitSha;
    since: Instant;
  } | null;
  landed: { commit: CommitSha; target: string } | null;
  landingRefused: string | null;
  endedAt: Instant | null;
}
