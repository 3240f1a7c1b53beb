import type { Run } from "../run/run.ts";
import { addUsage, NO_USAGE, type Usage } from "../shared/money.ts";
import type { TaskKey } from "../shared/names.ts";
import type { Ledger } from "./ledger.ts";

export interface CostLine {
  readonly name: string;
  readonly sessions: number;
  readonly usage: Usage;
}

/** Money and tokens, by task and by role; the lines of each list add up to the total. */
export interface Costs {
  readonly total: Usage;
  readonly budgetUsd: number | null;
  readonly byTask: readonly CostLine[];
  readonly byRole: readonly CostLine[];
  /** Sessions that reported no price: the total leaves them out. */
  readonly unpriced: number;
}

/** Adds up what the sessions of the log have used. */
export function costsOf(run: Run, ledger: Ledger): Costs {
  const { sessions } = ledger;
  return {
    total: run.usage,
    budgetUsd: run.settings.budget.runUsd,
    byTask: linesBy(sessions, (entry) => entry.task, [...run.tasks.keys()]),
    byRole: linesBy(sessions, (entry) => entry.role, []),
    unpriced: sessions.filter((entry) => entry.usage.usd === null).length,
  };
}

function linesBy(
  sessions: Ledger["sessions"],
  nameOf: (entry: Ledger["sessions"][number]) => string,
  order: readonly TaskKey[],
): readonly CostLine[] {
  const lines = new Map<string, CostLine>();
  for (const entry of sessions) {
    const name = nameOf(entry);
    const line = lines.get(name) ?? { name, sessions: 0, usage: NO_USAGE };
    lines.set(name, {
      name,
      sessions: line.sessions + 1,
      usage: addUsage(line.usage, entry.usage),
    });
  }
  const rank = new Map(order.map((key, index) => [key, index]));
  return [...lines.values()].toSorted((a, b) => (rank.get(a.name) ?? 0) - (rank.get(b.name) ?? 0));
}
