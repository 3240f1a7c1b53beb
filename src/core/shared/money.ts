/** What an agent session or a whole run has used. `usd` is null while nothing reported a price. */
export interface Usage {
  readonly usd: number | null;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly turns: number;
}

export const NO_USAGE: Usage = { usd: null, inputTokens: 0, outputTokens: 0, turns: 0 };

/** Adds two usages; an unreported price counts as nothing, two unreported stay unreported. */
export function addUsage(a: Usage, b: Usage): Usage {
  return {
    usd: a.usd === null && b.usd === null ? null : (a.usd ?? 0) + (b.usd ?? 0),
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    turns: a.turns + b.turns,
  };
}

/** What token ceilings count: input and output together. */
export function tokensOf(usage: Usage): number {
  return usage.inputTokens + usage.outputTokens;
}

/** `$1.23`; `–` when no price was reported. */
export function formatUsd(usd: number | null): string {
  return usd === null ? "–" : `$${usd.toFixed(2)}`;
}
