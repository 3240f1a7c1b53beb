import type { ReviewStage } from "../execute/agent-report.ts";
import type { Run } from "../run/run.ts";
import { isHome } from "./exit-code.ts";
import type { Ledger } from "./ledger.ts";
import { stageResult, type StageResult } from "./reviews.ts";

/** Figures of a run under names that scripts already read; snake case is part of that. */
export interface Metrics {
  readonly mode: "interactive" | "autonomous";
  readonly issues: {
    readonly attempted: number;
    readonly completed: number;
    readonly skipped: number;
  };
  /** Zero throughout while steps are not tracked one by one. */
  readonly steps: {
    readonly total: number;
    readonly tdd_compliant: number;
    readonly tdd_violations: number;
  };
  readonly reviews: {
    readonly spec_pass_first_try: number;
    readonly spec_required_fix: number;
    readonly quality_pass_first_try: number;
    readonly quality_required_fix: number;
  };
  readonly commands_used: Readonly<Record<string, number>>;
  readonly duration_seconds: number;
}

/** `cairn report --metrics`. */
export function metricsOf(run: Run, ledger: Ledger): Metrics {
  const tasks = [...run.tasks.values()];
  const count = (stage: ReviewStage, results: readonly StageResult[]): number =>
    tasks.filter((task) => results.includes(stageResult(ledger, task.key, stage))).length;
  return {
    mode: run.settings.mode,
    issues: {
      attempted: tasks.filter((task) => task.startedAt !== null).length,
      completed: tasks.filter(isHome).length,
      skipped: tasks.filter((task) => task.status === "skipped" && !isHome(task)).length,
    },
    steps: { total: 0, tdd_compliant: 0, tdd_violations: 0 },
    reviews: {
      spec_pass_first_try: count("spec", ["passed first try"]),
      spec_required_fix: count("spec", ["passed after fixes", "not passed"]),
      quality_pass_first_try: count("quality", ["passed first try"]),
      quality_required_fix: count("quality", ["passed after fixes", "not passed"]),
    },
    commands_used: ledger.commands,
    duration_seconds: Math.round(((run.endedAt ?? run.changedAt) - run.createdAt) / 1_000),
  };
}
