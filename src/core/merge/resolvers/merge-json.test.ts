import fc from "fast-check";
import { expect, test } from "vitest";
import { compactJson, parseJsonTree } from "./json-tree.ts";
import { mergeJson } from "./merge-json.ts";

type Json = number | string | boolean | null | readonly Json[] | { [key: string]: Json };

function texts(base: string, ours: string, theirs: string) {
  return { path: "a.json", base, ours, theirs, marked: "" };
}

const write = (value: Json, indent: number | string = 2): string =>
  `${JSON.stringify(value, null, indent)}\n`;

const leaf: fc.Arbitrary<Json> = fc.oneof(
  fc.integer({ min: 0, max: 3 }),
  fc.constantFrom("x", "y"),
  fc.constant([1]),
);
const KEYS = ["a", "b", "c", "d", "__proto__", "e f", 'g"h'];

/** Two levels of few keys, so that sides meet in them. */
const shallow: fc.Arbitrary<Json> = fc.dictionary(fc.constantFrom(...KEYS), leaf, {
  noNullPrototype: false,
});
const objects = fc.dictionary(fc.constantFrom(...KEYS), fc.oneof(leaf, shallow), {
  noNullPrototype: false,
});

type Edit = readonly [key: string, inner: string | null, value: Json | undefined];
const edits = fc.array(
  fc.tuple(
    fc.constantFrom(...KEYS),
    fc.option(fc.constantFrom(...KEYS)),
    fc.option(leaf, { nil: undefined }),
  ),
  { maxLength: 3 },
);

function isObject(value: Json | undefined): value is { [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** As somebody would: at a key or at one below it, a value put or taken away; where others stand they stay. */
function edited(base: { [key: string]: Json }, all: readonly Edit[]): { [key: string]: Json } {
  const entries = new Map(Object.entries(base));
  for (const [key, inner, value] of all) {
    const old = entries.get(key);
    if (inner !== null && isObject(old)) {
      const below = new Map(Object.entries(old));
      if (value === undefined) below.delete(inner);
      else below.set(inner, value);
      entries.set(key, Object.fromEntries(below));
    } else if (value === undefined) entries.delete(key);
    else entries.set(key, value);
  }
  return Object.fromEntries(entries);
}

/** The rule without any text: undefined is "not there", null (the word) "not merged". */
function model(b: Json | undefined, o: Json | undefined, t: Json | undefined): Json | undefined {
  const same = (x: Json | undefined, y: Json | undefined): boolean =>
    JSON.stringify(x) === JSON.stringify(y);
  if (same(o, t) || same(b, t)) return o;
  if (same(b, o)) return t;
  if (!isObject(b) || !isObject(o) || !isObject(t)) throw new Error("both changed it");
  const keys = new Set([b, o, t].flatMap((side) => Object.keys(side)));
  const own = (side: { [key: string]: Json }, key: string): Json | undefined =>
    Object.hasOwn(side, key) ? side[key] : undefined;
  return Object.fromEntries(
    [...keys].flatMap((key) => {
      const value = model(own(b, key), own(o, key), own(t, key));
      return value === undefined ? [] : [[key, value] as const];
    }),
  );
}

test("a merge holds what each side did at its own keys, and nothing is merged that both changed", () => {
  const counts = { merged: 0, left: 0 };
  const sides = fc.record({ base: objects, mine: edits, others: edits });
  fc.assert(
    fc.property(sides, fc.constantFrom(2, "\t", 0), ({ base, mine, others }, indent) => {
      const [ours, theirs] = [edited(base, mine), edited(base, others)];
      const merged = mergeJson(
        texts(write(base, indent), write(ours, indent), write(theirs, indent)),
      );
      const expected = modelOf(base, ours, theirs);
      // A key that was taken away and put back stands elsewhere: the order of keys has changed, which is left alone.
      const isLeft = expected === null || isReordered(base, ours) || isReordered(base, theirs);
      const isRight =
        merged === null ? isLeft : sortedJson(JSON.parse(merged)) === sortedJson(expected);
      expect(isRight).toBe(true);
      // Written as ours is: the text is what writing its value gives.
      const isPlain = merged === null || indent === 0;
      expect(isPlain || merged === write(JSON.parse(merged), indent)).toBe(true);
      counts[merged === null ? "left" : "merged"] += 1;
    }),
    { numRuns: 2_000 },
  );
  // Both happen often enough to mean something.
  expect(Math.min(counts.merged, counts.left)).toBeGreaterThan(200);
});

function modelOf(base: Json, ours: Json, theirs: Json): Json | null {
  try {
    return model(base, ours, theirs) ?? null;
  } catch {
    return null;
  }
}

function isReordered(base: Json, side: Json): boolean {
  if (!isObject(base) || !isObject(side)) return false;
  const before = Object.keys(base).filter((key) => Object.hasOwn(side, key));
  const now = Object.keys(side).filter((key) => Object.hasOwn(base, key));
  return (
    before.join() !== now.join() ||
    before.some((key) => isReordered(base[key] ?? 0, side[key] ?? 0))
  );
}

function sortedJson(value: Json): string {
  return JSON.stringify(value, (_, inner: Json) =>
    isObject(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

test("merging with an unchanged side gives the other side, byte for byte", () => {
  const [base, other] = ['{ "a": 1,\n\n   "b":[ 1,2 ] }', '{ "a": 1,\n\n   "b":[ 1,2 ],"c":3 }'];
  expect(mergeJson(texts(base, other, base))).toBe(other);
  expect(mergeJson(texts(base, base, base))).toBe(base);
});

test("the reader takes what JSON.parse takes, but for keys that are there twice, and says the same", () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      const tree = parseJsonTree(text);
      const value: Json = JSON.parse(text);
      // What fast-check writes has no key twice.
      expect(tree === null ? null : [JSON.parse(compactJson(tree, text))]).toEqual([value]);
    }),
  );
  const wrong = ["{a:1}", '{"a":1,}', "[1,]", "01", '"\t"', "// x\n{}", "{} {}", "\uFEFF{}"];
  expect(wrong.filter((text) => parseJsonTree(text) !== null)).toEqual([]);
  const right = ["{}", " [1, -0.5e+3, true, null] ", '{"a":{"b":[]}}', '"\\u00e4"'];
  expect(right.filter((text) => parseJsonTree(text) === null)).toEqual([]);
  expect(parseJsonTree("[".repeat(5_000))).toBeNull();
});
