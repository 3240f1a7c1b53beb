import type { Finding } from "../execute/agent-report.ts";

/** What a change can run into; each kind has its row in the table of stop conditions. */
export type StopKind =
  | "secret"
  | "schema-breaking"
  | "schema-additive"
  | "licence-restrictive"
  | "licence-permissive"
  | "cross-boundary"
  | "large-diff"
  | "sensitive"
  | "coverage";

/** One stop condition that a change meets. */
export interface StopFound {
  readonly kind: StopKind;
  /** One sentence for a person: what was found. */
  readonly words: string;
  readonly paths: readonly string[];
}

/** Rule of a file that is too large to be looked through: a person has to do it. */
export const UNSCANNED = "unscanned";

/** A secret in a diff; never its value. */
export interface SecretFound {
  readonly rule: string;
  readonly path: string;
  readonly line: number;
  /** Stable name of this finding, for `secrets.allow`. */
  readonly fingerprint: string;
}

/** What was measured about a change between its fork point and a commit, without asking an agent. */
export interface ChangeFacts {
  /** Without lock files, generated files and tests. */
  readonly files: number;
  readonly lines: number;
  readonly stops: readonly StopFound[];
  /** Of the static scan of new and changed tests. */
  readonly tests: readonly Finding[];
  /** Of the changed lines; null: not measured. */
  readonly coverage: { readonly covered: number; readonly total: number } | null;
  readonly secrets: readonly SecretFound[];
  /** What manifests ask for that they did not before, or no longer, one sentence each; absent: nothing, or not measured. */
  readonly dependencies?: readonly string[];
}
