import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addedLines } from "./added-lines.ts";

const added = (before: string | null, after: string | null): readonly string[] =>
  addedLines(before, after).map(({ line, text }) => `${line} ${text}`);

describe("added lines", () => {
  test.each([
    [null, "a\nb\n", ["1 a", "2 b"]],
    ["a\nb\n", null, []],
    ["a\nc\n", "a\nb\nc\n", ["2 b"]],
    ["a\nb\nc\nd\n", "a\nx\nc\ny\nd\nz\n", ["2 x", "4 y", "6 z"]],
    ["}\n}\n", "}\nnew\n}\n}\n", ["2 new", "3 }"]],
    ["a\n", "a", []],
    ["a\n", "a\r\n", ["1 a"]],
    ["", "\n", ["1 "]],
  ])("%j became %j", (before, after, expected) => {
    expect(added(before, after)).toEqual(expected);
  });

  const lines = fc.array(fc.constantFrom("a", "b", "c", "}"), { maxLength: 14 });
  test("without them the new text is a part of the old one, and there are no more of them than needed", () => {
    fc.assert(
      fc.property(lines, lines, (before, after) => {
        const numbers = new Set(addedLines(textOf(before), textOf(after)).map(({ line }) => line));
        const kept = after.filter((_, index) => !numbers.has(index + 1));
        let at = 0;
        for (const line of before) if (line === kept[at]) at += 1;
        expect(at).toBe(kept.length);
        expect(kept.length).toBe(longestCommon(before, after));
      }),
    );
  });

  test("a text that was written anew is told by what occurs in it, quickly", () => {
    const before = Array.from({ length: 4000 }, (_, index) => `old ${index}`);
    const after = [...before.toReversed(), "fresh"];
    expect(added(textOf(before), textOf(after))).toEqual(["4001 fresh"]);
  });
});

function textOf(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join("");
}

/** The textbook's table: slow and plainly right. */
function longestCommon(a: readonly string[], b: readonly string[]): number {
  let row: readonly number[] = Array.from({ length: b.length + 1 }, () => 0);
  for (const x of a) {
    const next = [0];
    for (const [index, y] of b.entries())
      next.push(x === y ? (row[index] ?? 0) + 1 : Math.max(row[index + 1] ?? 0, next[index] ?? 0));
    row = next;
  }
  return row.at(-1) ?? 0;
}
