import { formatUsd } from "../shared/money.ts";
import type { CostLine, Costs } from "./cost.ts";
import type { Block } from "./sections.ts";
import { formatCount, formatUsage, plural } from "./words.ts";

/** What the run has cost, in words and by task, role and attempt; nothing before the first session. */
export function costBlocks(costs: Costs): readonly Block[] {
  if (costs.byTask.length === 0) return [];
  return [
    { kind: "text", text: costWords(costs) },
    costTable("Task", costs.byTask),
    costTable("Role", costs.byRole),
    costTable("Attempt", costs.byAttempt),
  ];
}

function costWords({ total, budgetUsd, unpriced }: Costs): string {
  const budget =
    budgetUsd === null ? "no budget was set" : `of a budget of ${formatUsd(budgetUsd)}`;
  const { computed } = total;
  const worked =
    computed === undefined
      ? ""
      : ` ${formatUsd(computed.usd)} of it is computed from prices of ${computed.asOf}.`;
  const missing = unpriced === 0 ? "" : ` ${plural(unpriced, "session")} reported no price.`;
  return `${formatUsage(total)}; ${budget}.${worked}${missing}`;
}

function costTable(name: string, lines: readonly CostLine[]): Block {
  return {
    kind: "table",
    head: [name, "Sessions", "Cost", "Price", "Tokens in", "Tokens out", "Turns"],
    rows: lines.map((line) => [
      line.name,
      String(line.sessions),
      formatUsd(line.usage.usd),
      priceWords(line),
      formatCount(line.usage.inputTokens),
      formatCount(line.usage.outputTokens),
      String(line.usage.turns),
    ]),
  };
}

/** Who knows the price: the agents themselves, the table of prices for a part of it, or nobody. */
function priceWords({ usage, unpriced }: CostLine): string {
  if (usage.usd === null) return "not reported";
  if (unpriced > 0) return "in part";
  if (usage.computed === undefined) return "reported";
  return usage.computed.usd < usage.usd ? "partly computed" : "computed";
}
