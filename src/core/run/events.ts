import type { GateResult } from "../execute/gates.ts";
import type { Plan, PlannedIssue } from "../plan/plan.ts";
import type { CommitSha, Instant, RunId, SessionId, TaskKey } from "../shared/names.ts";
import type { Action } from "./actions.ts";
import type { Command } from "./commands.ts";
import type { Day } from "./day.ts";
import type { CulpritSearch, WholeMergeEvent } from "./merge-events.ts";
import type { Progress } from "./outcomes.ts";
import type { RunSettings } from "./run.ts";
import type { StoppingSecret } from "./secret-stop.ts";
import type { SettingsChanges } from "./settings.ts";
import type { TaskEvent } from "./task-events.ts";

export type { TaskEvent } from "./task-events.ts";

/** Facts about the run as a whole. */
export type WholeRunEvent =
  | WholeMergeEvent
  | /* 29 */ {
      readonly type: "RunCreated";
      readonly run: RunId;
      readonly settings: RunSettings;
      readonly version: string;
    }
  | {
      readonly type: "PlanProposed";
      readonly plan: Plan;
      readonly branches: Readonly<Record<TaskKey, string>>;
      readonly freed: readonly TaskKey[];
    }
  /* 1: the milestone has grown; what becomes of the task is asked in the same append. */
  | {
      readonly type: "TaskAdded";
      readonly task: TaskKey;
      readonly issue: PlannedIssue;
      readonly branch: string;
    }
  | {
      readonly type: "IntegrationReady";
      readonly branch: string;
      readonly head: CommitSha;
      readonly base: CommitSha;
    }
  | {
      readonly type: "BaselineRecorded";
      readonly commit: CommitSha;
      readonly tree: string;
      readonly results: readonly GateResult[];
    }
  /* 30 */
  | { readonly type: "PlanApproved"; readonly by: string }
  /* 44 */
  | { readonly type: "PlanRejected"; readonly why: string }
  /* 31 */
  | { readonly type: "DrainRequested"; readonly by: string }
  /* 32 */
  | { readonly type: "Drained" }
  /* 33 */
  | {
      readonly type: "NothingCanMove";
      readonly waiting: readonly { readonly task: TaskKey; readonly why: string }[];
    }
  /* 31, 32: every task of a phase is over; in interactive mode the next one waits for a person. */
  | {
      readonly type: "PhaseEnded";
      readonly phase: string;
      readonly next: string;
      /** How long it waits before the next one begins; absent: for ever. */
      readonly timeoutMs?: number;
    }
  | { readonly type: "PhaseContinued"; readonly phase: string; readonly by: string }
  /* 34, 43 */
  | {
      readonly type: "RunResumed";
      readonly by: string;
      readonly afterPanic: boolean;
      readonly acknowledged: boolean;
    }
  /** In any status; what the run began with stays in `RunCreated`. */
  | { readonly type: "SettingsChanged"; readonly changes: SettingsChanges; readonly by: string }
  /** A person's mark, in any status; changes nothing. */
  | { readonly type: "CheckpointNamed"; readonly text: string; readonly by: string }
  /* 35 */
  | { readonly type: "TasksFinished"; readonly mergedAny: boolean }
  /* 36 */
  | {
      readonly type: "IntegrationPassed";
      readonly commit: CommitSha;
      readonly results: readonly GateResult[];
      readonly lands: boolean;
      readonly progress?: Progress;
    }
  /* 37 */
  | {
      readonly type: "IntegrationFailed";
      readonly commit: CommitSha;
      readonly results: readonly GateResult[];
      readonly culprit: TaskKey | null;
      /** How the culprit was looked for, and what that came to; absent: nobody looked. */
      readonly search?: CulpritSearch;
      /** Set where nothing could be measured. */
      readonly why?: string;
    }
  /** The pull request by which a person lands; the run goes on when its checks are green. */
  | {
      readonly type: "LandingOpened";
      readonly number: number;
      readonly url: string | null;
      readonly head: CommitSha;
    }
  /* 38 */
  | { readonly type: "LandingHandedOver"; readonly how: string }
  /* 38 */
  | { readonly type: "Landed"; readonly commit: CommitSha; readonly target: string }
  /* 39 */
  | { readonly type: "LandingRefused"; readonly why: string }
  /* 40 */
  | { readonly type: "LandRequested"; readonly by: string; readonly partial: boolean }
  /* 41 */
  | { readonly type: "RunAborted"; readonly by: string }
  /* 42 */
  | { readonly type: "PanicRaised"; readonly by: string }
  /* 42 */
  | {
      readonly type: "CriticalStopRaised";
      readonly what: "breach" | "secret" | "rewound";
      readonly detail: string;
      readonly task: TaskKey | null;
      /** Of `secret`: what was found; absent in older logs. */
      readonly secrets?: readonly StoppingSecret[];
      /** Whose output it was in; absent: it was in what was to be pushed. */
      readonly session?: SessionId;
    }
  /* 44 */
  | { readonly type: "RunCancelled"; readonly by: string }
  | {
      readonly type: "CommandTaken";
      readonly number: number;
      readonly command: Command;
      readonly accepted: boolean;
      readonly answer: string;
    }
  | { readonly type: "EffectStarted"; readonly key: string; readonly action: Action }
  | { readonly type: "EffectFinished"; readonly key: string; readonly outcome: string }
  /** An effect failed for a reason that may pass; it will be begun again under the same key, not before `notBefore`. */
  | {
      readonly type: "EffectDelayed";
      readonly key: string;
      readonly why: string;
      readonly notBefore: Instant;
      readonly tries: number;
    }
  | {
      readonly type: "EngineStarted";
      readonly pid: number;
      readonly recovering: boolean;
      /** Absent in runs begun before a day had a ceiling. */
      readonly day?: Day;
      /** Fingerprint of the programs that the gates run with; absent: nobody looked. */
      readonly tools?: string;
    };

export type RunEvent = TaskEvent | WholeRunEvent;
export type EventType = RunEvent["type"];
export type EventMap = { readonly [T in EventType]: Extract<RunEvent, { type: T }> };
export type EventOf<T extends EventType> = EventMap[T];

/** An event with its place in the log. */
export type StoredEvent = RunEvent & { readonly seq: number; readonly at: Instant };
