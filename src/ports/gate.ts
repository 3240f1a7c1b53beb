import type { GateCommand, GateResult } from "../core/execute/gates.ts";

export interface GateRequest {
  /** Idempotency key; two requests with one key are the same measurement. */
  readonly key: string;
  /** Tree to run in: clean, at the commit to be judged. */
  readonly directory: string;
  readonly commands: readonly GateCommand[];
  readonly outputBytesMax: number;
  /** Names of commands whose red says all there is to know: what stands behind it is not run, and has no result. */
  readonly decisive?: readonly string[];
}

/** Runs the owner's commands, each in its own process group, stopping at the first red one only if asked. */
export interface GateRunner {
  /**
   * One result for each command that was run, in order. A time-out, a missing program or too much output is a red result with
   * its words, never an exception. Everything a command started is dead when the promise settles.
   */
  run(request: GateRequest, signal: AbortSignal): Promise<readonly GateResult[]>;
  /** Ends whatever runs now; its results say `ended`. What is asked for later runs as usual. */
  endAll(): void;
}
