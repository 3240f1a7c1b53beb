import { resolve } from "node:path";
import type { Config } from "../config/load.ts";
import { readPrices } from "../config/prices.ts";
import { priceOf, type PriceTable } from "../core/shared/prices.ts";
import { UserError } from "../errors.ts";

/** Kinds of agents that say themselves what a session has cost. */
const TELL_DOLLARS: ReadonlySet<string> = new Set(["claude", "scripted"]);
/** Kinds of agents that say how many tokens a session took: with a price that makes dollars. */
const TELL_TOKENS: ReadonlySet<string> = new Set(["codex"]);

const ROLES = [
  "implementer",
  "fixer",
  "quality-reviewer",
  "spec-reviewer",
  "test-checker",
] as const satisfies readonly (keyof Config["agents"]["roles"])[];

/** Agents whose sessions will have no known price, each with the reason: `codex (no price for its model gpt-9)`. */
export function unknownCosts({ agents }: Config, prices: PriceTable): readonly string[] {
  const found = ROLES.flatMap((role) => {
    const name = agents.roles[role] ?? agents.default;
    const kind = agents.define[name]?.kind ?? name;
    if (TELL_DOLLARS.has(kind)) return [];
    if (!TELL_TOKENS.has(kind)) return [`${name} (it reports nothing)`];
    const model = agents.models[role] ?? agents.models[name];
    if (priceOf(prices, model ?? name) !== null) return [];
    if (model !== undefined) return [`${name} (no price is known for its model ${model})`];
    return [`${name} (no model is named under agents.models)`];
  });
  return [...new Set(found)];
}

/**
 * What tokens cost here: the table that `limits.prices` names, from the repository's root, or what this version knows.
 * @throws UserError `config/prices` for a table that cannot be used; `config/unknown-cost`, see `refuseUnknownCosts`.
 */
export function pricesFor(root: string, config: Config): PriceTable {
  const name = config.limits.prices;
  const prices = name === null ? readPrices(null) : readPrices(resolve(root, name), name);
  refuseUnknownCosts(config, prices);
  return prices;
}

/** @throws UserError `config/unknown-cost` where `limits.unknown_cost: refuse` forbids what nobody could add up. */
export function refuseUnknownCosts(config: Config, prices: PriceTable): void {
  if (config.limits.unknownCost !== "refuse") return;
  const unknown = unknownCosts(config, prices);
  if (unknown.length === 0) return;
  throw new UserError(
    "config/unknown-cost",
    `limits.unknown_cost is refuse, and what these agents cost would not be known: ${unknown.join(", ")}.`,
    {
      hints: [
        "Name a model that has a price: agents.models in .cairn.yml.",
        "Give it a price: a file named by limits.prices.",
        "Use an agent that says what it costs (claude), or `limits.unknown_cost: warn`.",
      ],
    },
  );
}
