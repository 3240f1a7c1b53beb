import { formatUsd, tokensOf, type Usage } from "../shared/money.ts";
import type { Instant } from "../shared/names.ts";
import { dayAt } from "./day.ts";
import type { Run, Task } from "./run.ts";

/** A ceiling that is reached: whose it is, and how much it was, in words. */
export interface UsedUp {
  readonly whose: "run" | "task";
  /** `$5.00`, `20000 tokens`. */
  readonly ceiling: string;
}

/** The reached ceiling that stops new turns of this task until a person raises it, the run's first; null: there is none. */
export function usedUp(run: Run, task: Task): UsedUp | null {
  return usedUpByRun(run) ?? usedUpByTask(run, task);
}

/** True when the run and the task have money and tokens left for one more turn. Live turns are never stopped by them. */
export function hasMoney(run: Run, task: Task): boolean {
  return usedUp(run, task) === null;
}

/** The run's own ceiling, if it is reached. */
export function usedUpByRun(run: Run): UsedUp | null {
  const { runUsd, runTokens = null } = run.settings.budget;
  const ceiling = reached(run.usage, runUsd, runTokens);
  return ceiling === null ? null : { whose: "run", ceiling };
}

/** The day's ceiling, if it is reached, and the midnight at which it is there again; nobody has to do anything for that. */
export function usedUpByDay(
  run: Run,
  now: Instant,
): { readonly ceiling: string; readonly until: Instant } | null {
  const { dayUsd = null, dayTokens = null } = run.settings.budget;
  if (run.day === null || (dayUsd === null && dayTokens === null)) return null;
  const { spent, ends } = dayAt(run.day, now);
  const ceiling = reached(spent, dayUsd, dayTokens);
  return ceiling === null ? null : { ceiling, until: ends };
}

/** What one more session of this task may use, whichever of the ceilings leaves the least; null: there is none. */
export function leftForSession(
  run: Run,
  task: Task,
  now: Instant,
): { readonly usd: number | null; readonly tokens: number | null } {
  const { budget } = run.settings;
  const day = run.day === null ? null : dayAt(run.day, now).spent;
  const usd = [
    budget.sessionUsd,
    left(budget.taskUsd, task.usage.usd),
    left(budget.runUsd, run.usage.usd),
    left(budget.dayUsd, day?.usd ?? 0),
  ];
  const tokens = [
    budget.sessionTokens ?? null,
    left(budget.taskTokens, tokensOf(task.usage)),
    left(budget.runTokens, tokensOf(run.usage)),
    left(budget.dayTokens, day === null ? 0 : tokensOf(day)),
  ];
  return { usd: least(usd), tokens: least(tokens) };
}

function usedUpByTask(run: Run, task: Task): UsedUp | null {
  const { taskUsd, taskTokens = null } = run.settings.budget;
  const ceiling = reached(task.usage, taskUsd, taskTokens);
  return ceiling === null ? null : { whose: "task", ceiling };
}

function reached(usage: Usage, usd: number | null, tokens: number | null): string | null {
  if (usd !== null && (usage.usd ?? 0) >= usd) return formatUsd(usd);
  return tokens !== null && tokensOf(usage) >= tokens ? `${tokens} tokens` : null;
}

function left(ceiling: number | null | undefined, used: number | null): number | null {
  return ceiling == null ? null : Math.max(0, ceiling - (used ?? 0));
}

function least(amounts: readonly (number | null)[]): number | null {
  const known = amounts.filter((amount) => amount !== null);
  return known.length === 0 ? null : Math.min(...known);
}
