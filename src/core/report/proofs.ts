import type { Proof } from "../execute/proof.ts";
import type { Run } from "../run/run.ts";
import type { CommitSha, TaskKey } from "../shared/names.ts";

/** How the work on one task came to be, as it was measured. */
export interface TaskProof {
  readonly task: TaskKey;
  readonly verdict: Proof["verdict"];
  /** Why nothing had to be proven; null where something had to be. */
  readonly why: string | null;
  readonly steps: readonly {
    readonly subject: string;
    readonly tests: readonly string[];
    readonly red: CommitSha;
    readonly green: CommitSha | null;
    readonly isProven: boolean;
  }[];
  readonly violations: readonly string[];
  readonly revert: Proof["revert"];
  /** How often it was begun anew because of that. */
  readonly restarts: number;
  readonly noted: readonly string[];
}

/** One entry for each task that was measured; tasks under the plain profile have none. */
export function proofsOf(run: Run): readonly TaskProof[] {
  return [...run.tasks.values()].flatMap(({ key, proof, restarts }) => {
    if (proof === null) return [];
    const { verdict, why, revert, noted } = proof;
    const steps = proof.steps.map(({ subject, tests, red, green, isProven }) => ({
      subject,
      tests,
      red,
      green,
      isProven,
    }));
    const violations = proof.violations.map(({ words }) => words);
    return [{ task: key, verdict, why, steps, violations, revert, restarts, noted }];
  });
}
