import type { CommitSha } from "../../shared/names.ts";
import type { ProofPlan } from "./plan-proof.ts";

/** One run that a proof wants. */
export interface WantedRun {
  readonly at: "red" | "green";
  /** Index of the step. */
  readonly step: number;
  readonly commit: CommitSha;
  readonly files: readonly string[];
}

/** Runs of the whole suite that a proof may cost, the gates' own not counted. */
export const SUITE_RUNS_MAX = 2;

/** The runs that the steps of a plan need: two for each that was not measured before. */
export function wantedRuns(plan: ProofPlan): readonly WantedRun[] {
  return plan.steps.flatMap(({ known, red, green, files }, step) => {
    if (known !== null) return [];
    const atRed: WantedRun = { at: "red", step, commit: red, files };
    return green === null ? [atRed] : [atRed, { at: "green", step, commit: green, files }];
  });
}

/**
 * Which of them are made where the test program cannot be asked for single files. All before the last step must be green
 * at its red commit, so that the whole suite is red there for its tests alone; the rest of the budget is the revert check's.
 */
export function affordableRuns(
  runs: readonly WantedRun[],
  isPerFile: (run: WantedRun) => boolean,
): readonly WantedRun[] {
  const whole = runs.filter((run) => !isPerFile(run));
  const last = whole.findLast((run) => run.at === "red");
  return runs.filter((run) => isPerFile(run) || run === last);
}
