import { z } from "zod";

const UNIT_MS = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
} as const;
const DURATION = /^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d|w) ?)+$/;
const UNIT_BYTES = { B: 1, KB: 2 ** 10, MB: 2 ** 20, GB: 2 ** 30, TB: 2 ** 40 } as const;
const DURATION_WORDS = "expected a duration like 90s, 30m or 14d";
const SIZE = /^\d+(?:\.\d+)?(?:B|KB|MB|GB|TB)$/;

/** `90s`, `30m`, `1h 30m`, `14d`, or a bare number of seconds; becomes milliseconds. */
export const DurationSchema = z
  .union(
    [z.string().regex(DURATION, DURATION_WORDS), z.number().nonnegative(DURATION_WORDS).max(1e9)],
    DURATION_WORDS,
  )
  .transform((written) => (typeof written === "number" ? written * 1_000 : durationMs(written)));

/** `512KB`, `64MB`, `20GB` (steps of 1024); becomes bytes. */
export const SizeSchema = z
  .string("expected a size like 64MB or 20GB")
  .regex(SIZE, "expected a size like 64MB or 20GB")
  .transform(sizeBytes);

export const CountSchema = z.int("expected a whole number").positive("expected 1 or more");
export const CountOrNoneSchema = z.int("expected a whole number").nonnegative("expected 0 or more");
export const TextSchema = z.string("expected text").min(1, "expected text that is not empty");
export const TextListSchema = z.array(TextSchema, "expected a list, like [a, b]");
export const YesNoSchema = z.boolean("expected true or false");

/** The name of an environment variable; a secret itself has no place in the file. */
export const VariableNameSchema = z
  .string("expected the name of an environment variable")
  .regex(
    /^[A-Z_][A-Z0-9_]{0,63}$/i,
    "expected the name of an environment variable, like CAIRN_TOKEN; the secret itself does not belong here",
  );

/** A key with what holds when it is not written, and what it means (shown in schema and reference). */
export function setting<S extends z.ZodType>(schema: S, fallback: z.input<S>, meaning: string) {
  return schema.prefault(fallback).describe(meaning);
}

/** One of the given words; the message lists them. */
export function choice<const W extends readonly [string, ...string[]]>(words: W) {
  return z.enum(words, `expected ${oneOf(words)}`);
}

export function oneOf(words: readonly string[]): string {
  if (words.length < 2) return words.join("");
  return `${words.slice(0, -1).join(", ")} or ${words.at(-1) ?? ""}`;
}

type CamelCase<S extends string> = S extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : S;
type Renamed<K, R> = K extends keyof R ? R[K] : K extends string ? CamelCase<K> : K;
type Section<S extends z.ZodRawShape, R> = {
  readonly [K in keyof z.output<z.ZodObject<S>> as Renamed<K, R> & PropertyKey]: z.output<
    z.ZodObject<S>
  >[K];
};

/**
 * A group of keys: strict, snake_case as written, camelCase as code receives it. `renames` gives a
 * key another name in code, for its unit: `{ timeout: "timeoutMs" }`.
 */
export function section<
  S extends z.ZodRawShape,
  // oxlint-disable-next-line typescript/no-generated-empty-object-type -- no renames is the normal case
  const R extends { readonly [K in keyof S]?: string } = Record<never, string>,
>(shape: S, renames?: R) {
  const named: Readonly<Record<string, string | undefined>> = { ...renames };
  return z.strictObject(shape, "expected keys with values").transform((value) => {
    const entries = Object.entries(value).map(([key, each]) => [
      named[key] ?? camelCase(key),
      each,
    ]);
    // The type repeats what the two lines above do; the compiler cannot follow them.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    return Object.fromEntries(entries) as Section<S, R>;
  });
}

export function camelCase(key: string): string {
  return key.replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase());
}

function durationMs(written: string): number {
  let total = 0;
  for (const [, amount, unit] of written.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d|w)/g))
    total += Number(amount) * unitMs(unit ?? "");
  return Math.round(total);
}

function unitMs(unit: string): number {
  return isKey(UNIT_MS, unit) ? UNIT_MS[unit] : 0;
}

function sizeBytes(written: string): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)([A-Z]+)$/.exec(written) ?? [];
  const known = unit ?? "";
  return Math.round(Number(amount) * (isKey(UNIT_BYTES, known) ? UNIT_BYTES[known] : 0));
}

function isKey<T extends object>(table: T, key: PropertyKey): key is keyof T {
  return Object.hasOwn(table, key);
}
