/** What git says of a path it could not merge by itself. `link`: a symbolic link, whose text is a place. */
export type ConflictKind =
  | "contents"
  | "add-add"
  | "modify-delete"
  | "rename"
  | "directory"
  | "mode"
  | "binary"
  | "link"
  | "submodule"
  | "other";

export interface ConflictSide {
  /** As git writes it: `100644`. */
  readonly mode: string;
  readonly blob: string;
}

/** One path that both sides changed in ways that git does not join. */
export interface ConflictedFile {
  readonly path: string;
  readonly kind: ConflictKind;
  /** Null: it is not there on that side. */
  readonly base: ConflictSide | null;
  readonly ours: ConflictSide | null;
  readonly theirs: ConflictSide | null;
  readonly hunks: number;
  /** Conflicting lines of both sides together. */
  readonly lines: number;
  /** A lock file or a generated one: it does not count for the limits. */
  readonly isGenerated: boolean;
  /** Name of the resolver that would settle it, were it the only one; null or absent: none does. */
  readonly resolvedBy?: string | null;
}

/** The three sides of a conflicted text, and git's attempt at it. */
export interface ConflictedText {
  readonly path: string;
  /** Null: both sides have made the file. */
  readonly base: string | null;
  readonly ours: string;
  readonly theirs: string;
  /** What git could merge, with markers (zdiff3) around what it could not. */
  readonly marked: string;
}
