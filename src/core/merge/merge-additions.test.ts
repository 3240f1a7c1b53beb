import fc from "fast-check";
import { expect, test } from "vitest";
import { mergeAdditions } from "./merge-additions.ts";

const HANDOFF = "# Handoff\n\n## Task 1 Complete\n\nBuilt.\n";

test("two sections behind the last one both stay, ours first", () => {
  const ours = `${HANDOFF}\n## Task 2 Complete\n\nTwo.\n`;
  const theirs = `${HANDOFF}\n## Task 3 Complete\n\nThree.\n`;
  expect(mergeAdditions(HANDOFF, ours, theirs)).toBe(
    `${HANDOFF}\n## Task 2 Complete\n\nTwo.\n\n## Task 3 Complete\n\nThree.\n`,
  );
});

test("a file that both make has both texts; the same text is there once", () => {
  expect(mergeAdditions("", "a\n", "b\n")).toBe("a\nb\n");
  expect(mergeAdditions("", "a\n", "a\n")).toBe("a\n");
});

test.each([
  ["ours", "# Handoff\n", HANDOFF],
  ["theirs", HANDOFF, HANDOFF.replace("Built.", "Rebuilt.")],
  ["theirs, by another order", HANDOFF, "Built.\n\n## Task 1 Complete\n\n# Handoff\n"],
])("a line that is not kept by %s is nobody's addition", (_side, ours, theirs) => {
  expect(mergeAdditions(HANDOFF, ours, theirs)).toBeNull();
});

const line = fc.constantFrom("", "a", "b", "## c", "d d");
const lines = fc.array(line, { maxLength: 8 });

/** The lines with others put in between. */
const grown = (base: readonly string[]): fc.Arbitrary<readonly string[]> =>
  fc
    .array(fc.array(line, { maxLength: 2 }), {
      minLength: base.length + 1,
      maxLength: base.length + 1,
    })
    .map((added) => [
      ...base.flatMap((known, at) => [...(added[at] ?? []), known]),
      ...(added.at(-1) ?? []),
    ]);

const text = (all: readonly string[]): string => (all.length === 0 ? "" : `${all.join("\n")}\n`);

function holds(whole: string, part: string): boolean {
  let at = -1;
  const all = whole.split("\n");
  return part.split("\n").every((wanted) => (at = all.indexOf(wanted, at + 1)) >= 0);
}

test("whatever both add: each side is in the result in its order, and one side alone is itself", () => {
  fc.assert(
    fc.property(
      lines.chain((base) => fc.tuple(fc.constant(base), grown(base), grown(base))),
      ([base, ours, theirs]) => {
        const merged = mergeAdditions(text(base), text(ours), text(theirs));
        if (merged === null) throw new Error("additions were not seen as such");
        expect(holds(merged, text(ours))).toBe(true);
        expect(holds(merged, text(theirs))).toBe(true);
        expect(mergeAdditions(text(base), text(ours), text(base))).toBe(text(ours));
        expect(mergeAdditions(text(base), text(base), text(theirs))).toBe(text(theirs));
      },
    ),
  );
});
