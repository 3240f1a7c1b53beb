import type { ReviewStage } from "../execute/agent-report.ts";
import type { Run } from "../run/run.ts";
import { costsOf, type CostLine, type Costs } from "./cost.ts";
import type { Usage } from "../shared/money.ts";
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
  /** Red-green pairs of what was measured last, and how often a history broke the rules. */
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
  /** Money and tokens; null: nothing was reported. */
  readonly cost: CostMetrics & {
    /** Of when the prices are by which a part was worked out; null: agents said all of it. */
    readonly prices_of: string | null;
    readonly unpriced_sessions: number;
    readonly by_task: Readonly<Record<string, CostMetrics>>;
    readonly by_role: Readonly<Record<string, CostMetrics>>;
    readonly by_attempt: Readonly<Record<string, CostMetrics>>;
  };
  readonly commands_used: Readonly<Record<string, number>>;
  readonly duration_seconds: number;
}

interface CostMetrics {
  readonly usd: number | null;
  /** The part of `usd` that was worked out from tokens. */
  readonly usd_computed: number;
  readonly tokens_in: number;
  readonly tokens_out: number;
}

/** `cairn report --metrics`. */
export function metricsOf(run: Run, ledger: Ledger): Metrics {
  const tasks = [...run.tasks.values()];
  const steps = tasks.flatMap(({ proof }) => proof?.steps ?? []);
  const count = (stage: ReviewStage, results: readonly StageResult[]): number =>
    tasks.filter((task) => results.includes(stageResult(ledger, task.key, stage))).length;
  return {
    mode: run.settings.mode,
    issues: {
      attempted: tasks.filter((task) => task.startedAt !== null).length,
      completed: tasks.filter(isHome).length,
      skipped: tasks.filter((task) => task.status === "skipped" && !isHome(task)).length,
    },
    steps: {
      total: steps.length,
      tdd_compliant: steps.filter(({ isProven }) => isProven).length,
      tdd_violations: ledger.violations,
    },
    reviews: {
      spec_pass_first_try: count("spec", ["passed first try"]),
      spec_required_fix: count("spec", ["passed after fixes", "not passed"]),
      quality_pass_first_try: count("quality", ["passed first try"]),
      quality_required_fix: count("quality", ["passed after fixes", "not passed"]),
    },
    cost: costMetrics(costsOf(run, ledger)),
    commands_used: ledger.commands,
    duration_seconds: Math.round(((run.endedAt ?? run.changedAt) - run.createdAt) / 1_000),
  };
}

function costMetrics({ total, unpriced, byTask, byRole, byAttempt }: Costs): Metrics["cost"] {
  return {
    ...figures(total),
    prices_of: total.computed?.asOf ?? null,
    unpriced_sessions: unpriced,
    by_task: byName(byTask),
    by_role: byName(byRole),
    by_attempt: byName(byAttempt),
  };
}

function byName(lines: readonly CostLine[]): Readonly<Record<string, CostMetrics>> {
  return Object.fromEntries(lines.map(({ name, usage }) => [name, figures(usage)]));
}

function figures({ usd, computed, inputTokens, outputTokens }: Usage): CostMetrics {
  return {
    usd: usd === null ? null : rounded(usd),
    usd_computed: rounded(computed?.usd ?? 0),
    tokens_in: inputTokens,
    tokens_out: outputTokens,
  };
}

/** Sums of prices have tails that nobody wants to read. */
function rounded(usd: number): number {
  return Math.round(usd * 1e6) / 1e6;
}
