import type { SessionId, TaskKey } from "../shared/names.ts";

/** A secret that stopped the run; never its value. Logs written before places were kept have rule and line alone. */
export interface StoppingSecret {
  readonly rule: string;
  /** Of a change: its file, or `commit message`. Of a session: the file of its attempt that says it. */
  readonly path?: string;
  readonly line: number;
  /** For `secrets.allow`. */
  readonly fingerprint?: string;
}

/** What a run was halted for, until a person has acknowledged it. */
export interface SecretStop {
  readonly task: TaskKey | null;
  /** Whose output it was in; null: it was in what was to be pushed. */
  readonly session: SessionId | null;
  readonly secrets: readonly StoppingSecret[];
}
