import type { WithheldReview } from "../core/run/settings.ts";

/** What git and the machine say before a run; values only. */
export interface GroundFacts {
  readonly git: {
    /** Null: no git on the PATH. */
    readonly version: string | null;
    /** How this git builds merges, in words; null below what is needed. */
    readonly merges?: string | null;
    readonly isNewEnough: boolean;
    readonly isRepository: boolean;
    readonly isBare: boolean;
    readonly root: string | null;
    readonly hasCommits: boolean;
    /** Words of git where it will not touch this folder, as one that belongs to another user; else null. */
    readonly refusal: string | null;
    /** Branch of the checkout; null when detached. */
    readonly branch: string | null;
    /** Merge, rebase or the like that is under way. */
    readonly inProgress: string | null;
    /** Tracked files with changes that are not committed. */
    readonly modified: readonly string[];
    readonly isWritable: boolean;
  };
  /** `--no-worktree`: tasks will work in the checkout itself. */
  readonly inCheckout?: boolean;
  /** Agents whose sessions will have no known price, each with the reason. */
  readonly unpriced?: readonly string[];
  /** A review that was asked for and nobody can do. */
  readonly withheld?: WithheldReview | null;
  /** Names of variables that agents would get and that look like a way into production. */
  readonly handedOn?: readonly string[];
  readonly target: { readonly name: string | null; readonly exists: boolean };
  readonly agents: readonly {
    readonly name: string;
    readonly known: boolean;
    readonly found: boolean;
    /** Path of the program where the configuration names one. */
    readonly program: string | null;
    readonly version: string | null;
    readonly warning: string | null;
  }[];
  readonly gates: readonly {
    readonly name: string;
    readonly run: string;
    /** What it needs and is not there, in words: `the program vitest`. */
    readonly missing: string | null;
    /** Of a gate that runs tests: the program whose reports can be read; null: none is known. */
    readonly testRunner?: string | null;
  }[];
  readonly freeBytes: number | null;
}

export interface Check {
  readonly name: string;
  readonly result: "ok" | "warning" | "refused";
  /** What was found. */
  readonly words: string;
  /** Why it matters; empty for what is fine. */
  readonly why: string;
  /** The command or key that mends it. */
  readonly mend: string;
  readonly code: string;
}

/** Fine, with what was found. */
export function ok(name: string, words: string): Check {
  return { name, result: "ok", words, why: "", mend: "", code: name };
}

/** Nothing may begin before it is mended. */
export function refused(
  name: string,
  words: string,
  why: string,
  code: string,
  mend: string,
): Check {
  return { name, result: "refused", words, why, code, mend };
}

/** Worth knowing; a run may begin all the same. */
export function warning(
  name: string,
  words: string,
  why: string,
  code: string,
  mend: string,
): Check {
  return { name, result: "warning", words, why, code, mend };
}
