import { formatUsd, tokensOf } from "../shared/money.ts";
import type { Run, Task } from "./run.ts";

/** A ceiling that is reached: whose it is, and how much it was, in words. */
export interface UsedUp {
  readonly whose: "run" | "task";
  /** `$5.00`, `20000 tokens`. */
  readonly ceiling: string;
}

/** The reached ceiling that stops new turns of this task, the run's first; null: there is none. */
export function usedUp(run: Run, task: Task): UsedUp | null {
  return usedUpByRun(run) ?? usedUpByTask(run, task);
}

/** True when money and tokens for one more turn of this task are left. Live turns are never stopped by them. */
export function hasMoney(run: Run, task: Task): boolean {
  return usedUp(run, task) === null;
}

/** The run's own ceiling, if it is reached. */
export function usedUpByRun(run: Run): UsedUp | null {
  const { runUsd, runTokens = null } = run.settings.budget;
  const ceiling = reached(run.usage, runUsd, runTokens);
  return ceiling === null ? null : { whose: "run", ceiling };
}

function usedUpByTask(run: Run, task: Task): UsedUp | null {
  const { taskUsd, taskTokens = null } = run.settings.budget;
  const ceiling = reached(task.usage, taskUsd, taskTokens);
  return ceiling === null ? null : { whose: "task", ceiling };
}

function reached(usage: Task["usage"], usd: number | null, tokens: number | null): string | null {
  if (usd !== null && (usage.usd ?? 0) >= usd) return formatUsd(usd);
  return tokens !== null && tokensOf(usage) >= tokens ? `${tokens} tokens` : null;
}
