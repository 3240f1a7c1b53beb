import type { CommitSha } from "../shared/names.ts";

/** What a history did that test-driven development forbids. */
export type ViolationKind =
  /** Source was changed before any test of it failed, or in the commit of the test. */
  | "code-before-test"
  /** The new test is green on the commit that brings it. */
  | "passes-at-once"
  /** The new test does not run there: syntax, import, no test found. */
  | "does-not-run"
  /** The new test is still red at the commit that should make it pass. */
  | "red-at-green"
  /** One red commit brings tests of several behaviours. */
  | "several-behaviours"
  /** Source was changed and no test came with it. */
  | "no-test"
  | "test-deleted"
  | "test-skipped"
  | "test-weakened"
  /** With the change of the source taken back, the new tests stay green. */
  | "revert-stays-green";

/** One thing a history did wrong, where, in words for whoever has to do it again. */
export interface Violation {
  readonly kind: ViolationKind;
  /** Commit it was seen in; null: the whole task. */
  readonly commit: CommitSha | null;
  readonly path: string | null;
  /** Full name of the test, where one is meant. */
  readonly test: string | null;
  readonly words: string;
}

/** One red-green pair of a history and what was seen of it. */
export interface ProvenStep {
  /** Subject of the red commit. */
  readonly subject: string;
  readonly red: CommitSha;
  readonly green: CommitSha | null;
  /** Names of the tests that were red and became green. */
  readonly tests: readonly string[];
  readonly isProven: boolean;
}

/** What was measured about how a commit came to be; the evidence that pull request and report show. */
export interface Proof {
  /** `exempt`: nothing had to be proven, `why` says what for. */
  readonly verdict: "proven" | "violated" | "exempt";
  readonly why: string | null;
  readonly steps: readonly ProvenStep[];
  readonly violations: readonly Violation[];
  /** Outcome of the revert check on the whole task. */
  readonly revert: "red" | "green" | "not-run";
  /** Test programs that were started for it: of single files, and of the whole suite. */
  readonly runs: { readonly files: number; readonly suite: number };
  /** What could not be measured or read, and what was taken instead. */
  readonly noted: readonly string[];
}
