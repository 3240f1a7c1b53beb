import type { RunId } from "../core/shared/names.ts";

/** What a panic did, for the command line and everything else that has a button for it. */
export interface PanicEnd {
  /** Null where nothing was run here yet. */
  readonly run: RunId | null;
  /** Processes that were found and killed. */
  readonly killed: number;
  /** Pids that no signal could end; nearly always none. */
  readonly left: readonly number[];
  /** From the call to the last scan that found anything and the empty one behind it, in milliseconds. */
  readonly deadMs: number;
  /**
   * `halted`: the log says so. `over`: the run had ended before, or there is none. `silent`: an engine holds the run,
   * does not answer and could not be killed; it can start nothing while `.cairn/PANIC` is there.
   */
  readonly state: "halted" | "over" | "silent";
  /** `killed`: it did not answer; no run loses anything by that. */
  readonly engine: "answered" | "killed" | "silent" | "none";
  readonly enginePid: number | null;
}

/** What is done about a forge when everything is dead. */
export interface PanicAftermath {
  /** Numbers of pull requests that are drafts again; those that the engine itself takes care of are not among them. */
  readonly drafts: readonly number[];
  /** The engine was alive, and does it as an effect of the run. */
  readonly isLeftToEngine: boolean;
  /** Why some are not drafts, in a sentence; it is tried again when the run is resumed. */
  readonly trouble: string | null;
  /** How the token that Cairn uses is revoked; null: no forge, no token. */
  readonly token: Revocation | null;
}

/** How a token is made worthless. The token's own value is in none of it. */
export interface Revocation {
  /** Which one is meant: `GH_TOKEN`, `the token of gh`. */
  readonly which: string;
  /** To be typed one after the other. */
  readonly commands: readonly string[];
  /** Where a person does the same with a mouse. */
  readonly page: string | null;
}
