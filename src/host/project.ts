import type { Plan } from "../core/plan/plan.ts";
import type { StoredEvent } from "../core/run/events.ts";
import type { Run } from "../core/run/run.ts";
import type { RunSettings } from "../core/run/settings.ts";
import type { GateCommand } from "../core/execute/gates.ts";
import type { RunId, TaskKey } from "../core/shared/names.ts";
import type { Faults } from "../engine/fault-points.ts";
import type { ForgeHint } from "../engine/forge-watch.ts";
import type { World } from "../engine/performer.ts";
import type { Clock } from "../ports/clock.ts";
import type { EventLog, Inbox } from "../ports/event-log.ts";
import type { GroundFacts } from "./checks.ts";

/** What a person says on the command line about which part of the milestone and how. */
export interface PlanRequest {
  /** As typed, for messages: `@docs/plan.md`, `153 154`, `--dispatch 3`. */
  readonly source: string;
  /** The same word by word. */
  readonly words: readonly string[];
  readonly wave?: number;
  readonly from?: TaskKey;
  readonly unmapped?: "propose" | "serialise" | "independent";
}

/** A plan with what a run of it needs to know beside it. */
export interface ReadPlan {
  readonly plan: Plan;
  readonly gates: readonly GateCommand[];
  /** Blockers outside the scope that a person took as done. */
  readonly freed: readonly TaskKey[];
  readonly settings: RunSettings;
  /** How issues without a word about dependencies were taken. */
  readonly unmapped: "propose" | "serialise" | "independent";
  /** Task branch of every open issue in scope. */
  readonly branches: Readonly<Record<TaskKey, string>>;
  /** What was decided about the plan beyond what the source says, in words that `--correct` reads. */
  readonly decided?: readonly string[];
}

export interface OpenStore extends EventLog, Inbox {
  close(): void;
}

export interface EngineLock {
  release(): void;
}

/** The process that holds the engine's lock, as it described itself. */
export interface LockHolder {
  readonly pid: number;
  readonly run: RunId | null;
  readonly command: string;
}

/** Everything a hosted run needs of the outside, and its end. */
export interface HostedWorld {
  readonly world: World;
  /** Waits for webhooks of the forge, where they are configured. */
  readonly listen?: (
    hint: (hint: ForgeHint) => void,
    say: (words: string) => void,
  ) => Promise<{ close(): Promise<void> }>;
  /** Fingerprint of the programs that the gates run with. */
  readonly tools?: string;
  close(): Promise<void>;
}

/** One repository with its configuration, as the composition opens it. Nothing is written before `openStore`. */
export interface Project {
  readonly root: string;
  readonly cairnFolder: string;
  readonly clock: Clock;
  readonly faults: Faults;
  readonly version: string;
  groundFacts(read: ReadPlan | null): Promise<GroundFacts>;
  readPlan(request: PlanRequest): Promise<ReadPlan>;
  hasStore(): boolean;
  /** Makes `.cairn` and keeps it out of git, unless `readonly`. */
  openStore(options?: { readonly readonly?: boolean }): Promise<OpenStore>;
  /** The lock dies with this process. Somebody else has it: who. */
  lock(
    store: OpenStore,
    run: RunId,
    command: string,
  ): Promise<EngineLock | { readonly heldBy: LockHolder | null }>;
  openWorld(run: Run): Promise<HostedWorld>;
  /**
   * Refuses where the forge would not take what a run brings; answers what is worth knowing. Nothing where there is none.
   * @throws UserError exit code 4.
   */
  checkForge(): Promise<readonly string[]>;
  inspect(run: Run, event: StoredEvent): void;
  /**
   * Where tasks work in the checkout itself: puts it back on the user's branch. @throws UserError
   * `workspace/checkout-dirty` when git refuses; nothing is lost then.
   */
  restoreCheckout(run: Run): Promise<void>;
  /** Removes pooled worktrees and merged branches of a run that is over, as `workspace.keep` says; answers what had to stay. */
  tidy(run: Run): Promise<readonly string[]>;
}
