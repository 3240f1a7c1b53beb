/** One line of the table: the same work done two ways in one go on this machine. */
export interface Row {
  readonly what: string;
  /** Time of what it is held against; its unit is `unit`. */
  readonly baseline: number;
  readonly ours: number;
  /** Default: milliseconds. */
  readonly unit?: "ms" | "min";
  /** `ours / baseline`, unless many runs were compared one by one. */
  readonly ratio: number;
  /** Upper bound of `ratio` that is hoped for; null where the line only informs. */
  readonly aim: number | null;
  /** What the baseline is, and anything estimated about it. */
  readonly note?: string;
}
