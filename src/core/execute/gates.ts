/** A command that must exit 0. */
export interface GateCommand {
  readonly name: string;
  readonly run: string;
  readonly kind: "typecheck" | "lint" | "test" | "build" | "other";
  readonly timeoutMs: number;
  /** It writes a report into the file whose path its shell has as `$1`; the text comes with the result. */
  readonly report?: true;
}

export interface GateResult {
  readonly name: string;
  readonly kind: GateCommand["kind"];
  readonly ok: boolean;
  readonly exitCode: number | null;
  readonly durationMs: number;
  /** Single failures where the output can be read: `src/a.ts:12: TS2322`, a test's full name. Empty: unreadable or none. */
  readonly failures: readonly string[];
  /** Last lines of the output, redacted, at most 4,000 characters. */
  readonly tail: string;
  /** `ended`: it was stopped with the run, or killed from outside; that measures nothing. */
  readonly problem: "timeout" | "output" | "not-found" | "ended" | null;
  /** Only where a report was asked for; null: it wrote none, or one of more than 4 MB. */
  readonly report?: string | null;
}
