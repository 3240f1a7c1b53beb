/** One look of `cairn state validate`. */
export interface StateCheckJson {
  readonly name: string;
  /** `off`: something does not fit; `note`: worth knowing, and as it may be. */
  readonly result: "fine" | "note" | "off";
  readonly words: string;
  /** What it means; empty for what is fine. */
  readonly means: string;
  /** What to do about it. */
  readonly mend: string;
  /** `--fix` mends it without losing anything. */
  readonly fixable: boolean;
  readonly fixed: boolean;
}

/** What `cairn state validate --json` prints. */
export interface StateValidationJson {
  readonly schemaVersion: 1;
  readonly ok: boolean;
  readonly checks: readonly StateCheckJson[];
}
