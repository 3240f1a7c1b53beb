import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addUsage, NO_USAGE, type Usage } from "./money.ts";
import { priceOf, withPrice, type PriceTable } from "./prices.ts";

const TABLE: PriceTable = [
  { model: "gpt-5-mini", input: 0.25, output: 2, asOf: "2026-05-01" },
  {
    model: "gpt-5*",
    input: 2,
    output: 10,
    cachedInput: 0.5,
    cacheWrite: 4,
    asOf: "2026-11-18",
  },
  { model: "a*b*c", input: 1, output: 1, asOf: "2026-01" },
];

const TOKENS: Usage = { usd: null, inputTokens: 1_000_000, outputTokens: 200_000, turns: 3 };

describe("the price of a model", () => {
  test("is the first row that fits, stars stand for anything", () => {
    expect(priceOf(TABLE, "gpt-5-mini")?.input).toBe(0.25);
    expect(priceOf(TABLE, "GPT-5.2-codex")?.input).toBe(2);
    expect(priceOf(TABLE, "gpt-5")?.input).toBe(2);
    expect(priceOf(TABLE, "gpt-4")).toBeNull();
    expect(priceOf(TABLE, "my-gpt-5")).toBeNull();
    for (const fitting of ["abc", "axxbyyc", "abbc"])
      expect(priceOf(TABLE, fitting)?.asOf).toBe("2026-01");
    for (const other of ["ac", "acb", "abcd", "xabc"]) expect(priceOf(TABLE, other)).toBeNull();
  });

  test("a pattern's two ends never share characters of the name", () => {
    expect(priceOf([{ model: "ab*ba", input: 1, output: 1, asOf: "2026-01" }], "aba")).toBeNull();
  });
});

describe("money from tokens", () => {
  test("each kind of token has its own price", () => {
    const usage = { ...TOKENS, cachedInputTokens: 400_000, cacheWriteTokens: 100_000 };
    // 0.5 M × 2 + 0.4 M × 0.5 + 0.1 M × 4 + 0.2 M × 10
    const priced = withPrice(usage, TABLE, "gpt-5");
    expect(priced.usd).toBeCloseTo(3.6, 10);
    expect(priced.computed).toEqual({ usd: priced.usd, asOf: "2026-11-18" });
  });

  test("cached tokens without a price of their own cost what input costs", () => {
    const usage = { ...TOKENS, cachedInputTokens: 400_000 };
    expect(withPrice(usage, TABLE, "gpt-5-mini").usd).toBeCloseTo(0.65, 10);
  });

  test("what the agent says of dollars stands, what nobody knows stays unknown", () => {
    expect(withPrice({ ...TOKENS, usd: 0 }, TABLE, "gpt-5")).toEqual({ ...TOKENS, usd: 0 });
    expect(withPrice(TOKENS, TABLE, "gpt-4")).toBe(TOKENS);
    expect(withPrice(TOKENS, TABLE, null)).toBe(TOKENS);
    expect(withPrice(NO_USAGE, TABLE, "gpt-5")).toBe(NO_USAGE);
  });

  test("is never less than nothing, whatever parts an agent reports", () => {
    const count = fc.nat(10_000_000);
    fc.assert(
      fc.property(count, count, count, count, (input, output, cached, written) => {
        const usage = {
          usd: null,
          inputTokens: input,
          outputTokens: output,
          turns: 1,
          cachedInputTokens: cached,
          cacheWriteTokens: written,
        };
        const dearest = (input * 4 + output * 10) / 1_000_000;
        const usd = withPrice(usage, TABLE, "gpt-5").usd ?? 0;
        expect(usd).toBeGreaterThanOrEqual(0);
        expect(usd).toBeLessThanOrEqual(dearest + 1e-9);
      }),
    );
  });
});

test("sums say how much of them was computed, by the oldest prices among them", () => {
  const old = { ...TOKENS, usd: 2, computed: { usd: 2, asOf: "2026-05-01" } };
  const fresh = { ...TOKENS, usd: 3, computed: { usd: 3, asOf: "2026-11-18" } };
  const sum = addUsage(addUsage({ ...TOKENS, usd: 1 }, fresh), old);
  expect(sum).toMatchObject({ usd: 6, computed: { usd: 5, asOf: "2026-05-01" } });
  expect(addUsage(TOKENS, TOKENS)).toEqual({
    usd: null,
    inputTokens: 2_000_000,
    outputTokens: 400_000,
    turns: 6,
  });
});
