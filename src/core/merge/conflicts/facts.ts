/** What git says of a path it could not merge by itself. */
export type ConflictKind =
  | "contents"
  | "add-add"
  | "modify-delete"
  | "rename"
  | "directory"
  | "mode"
  | "binary"
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
}
