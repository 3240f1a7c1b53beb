import type { SecretFound } from "../core/review/change-facts.ts";

/** One line that a change adds. */
export interface AddedLine {
  /** Number in the new text, from 1. */
  readonly line: number;
  /** Without its line break. */
  readonly text: string;
}

/** What a change adds to one file; lines with following numbers stand together there, as those of a private key do. */
export interface AddedText {
  readonly path: string;
  /** In ascending order. */
  readonly lines: readonly AddedLine[];
  /** Name of what nobody could look through, because it is too large; told as a finding of the rule `unscanned`. */
  readonly unscanned?: string;
}

/** Looks for secrets in what a change adds. */
export interface SecretScanner {
  /**
   * Every secret found, by path and line; never its value. Asking twice is harmless and gives the same. It also finds
   * by value what this machine's environment and `.env` files hold.
   */
  scan(files: readonly AddedText[]): Promise<readonly SecretFound[]>;
}
