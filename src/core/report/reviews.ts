import type { ReviewStage } from "../execute/agent-report.ts";
import type { Run } from "../run/run.ts";
import type { TaskKey } from "../shared/names.ts";
import type { Ledger } from "./ledger.ts";

export type StageResult = "passed first try" | "passed after fixes" | "not passed" | "not run";

/** How the reviews of one task went, and what its fix rounds were opened for. */
export interface TaskReviews {
  readonly task: TaskKey;
  readonly spec: StageResult;
  readonly quality: StageResult;
  /** Whether its tests prove anything. */
  readonly tests: StageResult;
  readonly findings: number;
  readonly rounds: readonly string[];
}

/** One line for each task that was reviewed or had a fix round. */
export function reviewsOf(run: Run, ledger: Ledger): readonly TaskReviews[] {
  return [...run.tasks.keys()].flatMap((task) => {
    const reviews = ledger.reviews.filter((entry) => entry.task === task);
    const rounds = ledger.rounds
      .filter((entry) => entry.task === task)
      .map((entry) => entry.because);
    if (reviews.length === 0 && rounds.length === 0) return [];
    return [
      {
        task,
        spec: stageResult(ledger, task, "spec"),
        quality: stageResult(ledger, task, "quality"),
        tests: stageResult(ledger, task, "tests"),
        findings: reviews.reduce((sum, entry) => sum + entry.findings.length, 0),
        rounds,
      },
    ];
  });
}

/** What the verdicts on one stage of one task come to. */
export function stageResult(ledger: Ledger, task: TaskKey, stage: ReviewStage): StageResult {
  const verdicts = ledger.reviews.filter((entry) => entry.task === task && entry.stage === stage);
  if (verdicts.length === 0) return "not run";
  if (verdicts.at(-1)?.passed !== true) return "not passed";
  return verdicts.every((entry) => entry.passed) ? "passed first try" : "passed after fixes";
}
