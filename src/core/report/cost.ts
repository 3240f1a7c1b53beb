import type { Run } from "../run/run.ts";
import { addUsage, NO_USAGE, type Usage } from "../shared/money.ts";
import type { TaskKey } from "../shared/names.ts";
import type { Ledger, SessionEntry } from "./ledger.ts";

export interface CostLine {
  readonly name: string;
  readonly sessions: number;
  readonly usage: Usage;
  /** Sessions among them that reported no price, and whose price could not be worked out. */
  readonly unpriced: number;
}

/** Money and tokens, by task, by role and by attempt; the lines of each list add up to the total. */
export interface Costs {
  readonly total: Usage;
  readonly budgetUsd: number | null;
  readonly byTask: readonly CostLine[];
  readonly byRole: readonly CostLine[];
  /** One line for each attempt and each fix round of a task, its reviews included: `4.1 attempt 1`, `4.1 fix round 1`. */
  readonly byAttempt: readonly CostLine[];
  /** Sessions without a price: the total leaves them out. */
  readonly unpriced: number;
}

/** Adds up what the sessions of the log have used. */
export function costsOf(run: Run, ledger: Ledger): Costs {
  const { sessions } = ledger;
  const byKey = tasksInOrder(sessions, [...run.tasks.keys()]);
  return {
    total: run.usage,
    budgetUsd: run.settings.budget.runUsd,
    byTask: linesBy(byKey, (entry) => entry.task),
    byRole: linesBy(sessions, (entry) => entry.role),
    byAttempt: linesBy(byKey, attemptOf),
    unpriced: sessions.filter((entry) => entry.usage.usd === null).length,
  };
}

function attemptOf({ task, attempt, round }: SessionEntry): string {
  return round === 0 ? `${task} attempt ${attempt}` : `${task} fix round ${round}`;
}

function tasksInOrder(
  sessions: Ledger["sessions"],
  order: readonly TaskKey[],
): readonly SessionEntry[] {
  const rank = new Map(order.map((key, index) => [key, index]));
  return sessions.toSorted((a, b) => (rank.get(a.task) ?? 0) - (rank.get(b.task) ?? 0));
}

function linesBy(
  sessions: readonly SessionEntry[],
  nameOf: (entry: SessionEntry) => string,
): readonly CostLine[] {
  const lines = new Map<string, CostLine>();
  for (const entry of sessions) {
    const name = nameOf(entry);
    const line = lines.get(name) ?? { name, sessions: 0, usage: NO_USAGE, unpriced: 0 };
    lines.set(name, {
      name,
      sessions: line.sessions + 1,
      usage: addUsage(line.usage, entry.usage),
      unpriced: line.unpriced + (entry.usage.usd === null ? 1 : 0),
    });
  }
  return [...lines.values()];
}
