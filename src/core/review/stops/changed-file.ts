/** One path that differs between two commits; a rename is a removal and an addition. */
export interface ChangedFile {
  readonly path: string;
  /** Lines; null: binary. A change of the mode alone has none of either. */
  readonly added: number | null;
  readonly deleted: number | null;
  /**
   * Texts where they were asked for, that of a symbolic link being where it points to; null: absent there, binary,
   * another repository (a submodule), or longer than is read.
   */
  readonly before: string | null;
  readonly after: string | null;
  /** Where a side was asked for and is there, but is binary or longer than is read; null for the other side. */
  readonly unread?: UnreadSides;
}

/** Names by which git gives out what a text would have been read from. */
export interface UnreadSides {
  readonly before: string | null;
  readonly after: string | null;
}
