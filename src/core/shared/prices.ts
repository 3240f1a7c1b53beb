import { z } from "zod";
import type { Usage } from "./money.ts";

const UsdSchema = z
  .number("expected US dollars for a million tokens, like 2.50")
  .nonnegative("expected US dollars, 0 or more");

const PriceSchema = z
  .strictObject({
    /** Name of a model; `*` stands for any characters. */
    model: z.string("expected the name of a model, `*` for any characters").min(1, "is empty"),
    input: UsdSchema,
    output: UsdSchema,
    /** Absent: as `input`. */
    cachedInput: UsdSchema.optional(),
    /** Absent: as `input`. */
    cacheWrite: UsdSchema.optional(),
    asOf: z
      .string("expected a date like 2026-11-18")
      .regex(/^\d{4}-\d{2}(?:-\d{2})?$/, "expected a date like 2026-11-18 or a month like 2026-11"),
    /** Where the price was read. */
    source: z.string("expected an address or words").optional(),
  })
  .readonly();

/** US dollars for a million tokens of each kind, for the models that `model` fits. */
type Price = z.infer<typeof PriceSchema>;

/** The file `limits.prices`, and the table that is built in. */
export const PriceTableSchema = z.strictObject(
  {
    note: z.string("expected words").optional(),
    prices: z.array(PriceSchema, "expected a list of prices").readonly(),
  },
  "expected {prices: […]}",
);

/** The first row that fits a model is its price. */
export type PriceTable = readonly Price[];

const MILLION = 1_000_000;

/** The row of a model; null: its price is not known. Names are compared without regard to case. */
export function priceOf(table: PriceTable, model: string): Price | null {
  return table.find((price) => fits(price.model.toLowerCase(), model.toLowerCase())) ?? null;
}

/** The pieces between the stars, in their order, the first at the start and the last at the end. */
function fits(pattern: string, name: string): boolean {
  const [first = "", ...rest] = pattern.split("*");
  const last = rest.pop();
  if (last === undefined) return name === pattern;
  if (!name.startsWith(first) || name.length < first.length + last.length) return false;
  if (!name.endsWith(last)) return false;
  const end = name.length - last.length;
  let from = first.length;
  for (const piece of rest) {
    const found = name.indexOf(piece, from);
    if (found === -1 || found + piece.length > end) return false;
    from = found + piece.length;
  }
  return true;
}

/**
 * The usage with its money worked out, where the agent told tokens and no dollars and the model's price is known; else as
 * it was. Prices that depend on the length of a single prompt cannot be told from a sum of tokens: the table's one row
 * counts.
 */
export function withPrice(usage: Usage, table: PriceTable, model: string | null): Usage {
  if (usage.usd !== null || model === null || usage.inputTokens + usage.outputTokens === 0)
    return usage;
  const price = priceOf(table, model);
  if (price === null) return usage;
  const cached = Math.min(usage.cachedInputTokens ?? 0, usage.inputTokens);
  const written = Math.min(usage.cacheWriteTokens ?? 0, usage.inputTokens - cached);
  const usd =
    ((usage.inputTokens - cached - written) * price.input +
      cached * (price.cachedInput ?? price.input) +
      written * (price.cacheWrite ?? price.input) +
      usage.outputTokens * price.output) /
    MILLION;
  return { ...usage, usd, computed: { usd, asOf: price.asOf } };
}
