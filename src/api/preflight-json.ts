import type { GateResult } from "../core/execute/gates.ts";
import type { CommitSha } from "../core/shared/names.ts";

/** One check as `cairn doctor --json` and `cairn preflight --json` print it. */
export interface CheckJson {
  readonly name: string;
  readonly result: "ok" | "warning" | "refused";
  readonly words: string;
  readonly why: string;
  readonly mend: string;
  readonly code: string;
}

/** The gates on the target branch before anything began. */
export interface BaselineJson {
  readonly target: string;
  readonly commit: CommitSha;
  readonly results: readonly GateResult[];
  /** Names of the red ones, and of the red test gates among them. */
  readonly red: readonly string[];
  readonly redTests: readonly string[];
}

/** What `cairn preflight --json` prints. */
export interface PreflightJson {
  readonly schemaVersion: 1;
  /** Empty with `--gates`. */
  readonly checks: readonly CheckJson[];
  /** Null: the ground does not allow any gate to run. */
  readonly baseline: BaselineJson | null;
  /** Which gates must be green before a run begins. */
  readonly requiresGreen: "all" | "tests" | "none";
  /** A run would begin on this ground. */
  readonly ready: boolean;
}

/** What `cairn integration-test --json` prints. */
export interface IntegrationTestJson {
  readonly schemaVersion: 1;
  readonly branch: string;
  readonly commit: CommitSha;
  /** Run whose integration branch this is; null: a branch that was named, or the current one. */
  readonly run: string | null;
  readonly target: string;
  /** Where red gates were run again; null: nothing was red, or there is nothing older. */
  readonly targetCommit: CommitSha | null;
  readonly results: readonly GateResult[];
  /** The red ones, on the target. */
  readonly onTarget: readonly GateResult[];
  /** Names of red gates that show nothing but what the target shows as well. */
  readonly preExisting: readonly string[];
  /** What is new, in words. */
  readonly held: readonly string[];
  readonly passed: boolean;
}
