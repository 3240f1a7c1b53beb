/** What an agent session or a whole run has used. `usd` is null while nothing reported a price. */
export interface Usage {
  readonly usd: number | null;
  /** Cached ones and those written to a cache included. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly turns: number;
  /** Those of `inputTokens` that came from a cache, where the agent says so. */
  readonly cachedInputTokens?: number;
  /** Those of `inputTokens` that were written to a cache, where the agent says so. */
  readonly cacheWriteTokens?: number;
  /** The part of `usd` that the agent did not say and the price table did. Absent: none of it. */
  readonly computed?: ComputedUsd;
}

/** Money by a table of prices: what the provider bills may differ. */
interface ComputedUsd {
  readonly usd: number;
  /** Of when the prices are, `2026-11-18`; of several, the oldest. */
  readonly asOf: string;
}

export const NO_USAGE: Usage = { usd: null, inputTokens: 0, outputTokens: 0, turns: 0 };

/** Adds two usages; an unreported price counts as nothing, two unreported stay unreported. */
export function addUsage(a: Usage, b: Usage): Usage {
  const computed = addComputed(a.computed, b.computed);
  return {
    usd: a.usd === null && b.usd === null ? null : (a.usd ?? 0) + (b.usd ?? 0),
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    turns: a.turns + b.turns,
    ...sumOf("cachedInputTokens", a, b),
    ...sumOf("cacheWriteTokens", a, b),
    ...(computed === undefined ? {} : { computed }),
  };
}

function sumOf(
  name: "cachedInputTokens" | "cacheWriteTokens",
  a: Usage,
  b: Usage,
): Partial<Record<typeof name, number>> {
  if (a[name] === undefined && b[name] === undefined) return {};
  return { [name]: (a[name] ?? 0) + (b[name] ?? 0) };
}

function addComputed(
  a: ComputedUsd | undefined,
  b: ComputedUsd | undefined,
): ComputedUsd | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return { usd: a.usd + b.usd, asOf: a.asOf < b.asOf ? a.asOf : b.asOf };
}

/** What token ceilings count: input and output together. */
export function tokensOf(usage: Usage): number {
  return usage.inputTokens + usage.outputTokens;
}

/** `$1.23`; `–` when no price was reported. */
export function formatUsd(usd: number | null): string {
  return usd === null ? "–" : `$${usd.toFixed(2)}`;
}
