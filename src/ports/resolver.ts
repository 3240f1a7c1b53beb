import type { ConflictedText } from "../core/merge/conflicts/facts.ts";

/** The other files of the merge, as far as they are settled. */
export interface MergedFiles {
  /** Null: no plain text file lies there, or it is conflicted and not settled yet. */
  textOf(path: string): Promise<string | null>;
}

/**
 * Settles one conflicted file by a rule that is proven for it, never by a guess: what it answers is what both sides
 * meant, whoever looks. The same sides give the same text, now and later. It may be asked about any file, twice too,
 * when others have been settled meanwhile.
 */
export interface Resolver {
  /** As it is told to people: `keyed JSON`. */
  readonly name: string;
  /**
   * The text of the settled file; null: nothing is proven for it.
   * @throws an Error of passing trouble where it was stopped: then nothing is known.
   */
  resolve(file: ConflictedText, merged: MergedFiles): string | null | Promise<string | null>;
}
