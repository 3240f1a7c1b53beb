import fc from "fast-check";
import { expect, test } from "vitest";
import { plainLines, treeLines } from "./logical-lines.ts";

const piece = fc.constantFrom(
  "Depends on",
  "**Depends on:**",
  "**Type**",
  ": ",
  " ",
  "  ",
  "#12",
  "4.1",
  ", ",
  "`src/a.ts`",
  "`",
  "**",
  "é",
  "- ",
  "1. ",
  "\n",
  "\n\n",
  "see https://x.org/a/b/issues/3.",
  "\t",
  "word",
  "(a)",
  "====",
  "---",
  ":",
  '"',
);

function withoutBlock(line: object): object {
  return { ...line, block: 0 };
}

test("plain paragraphs read without a tree give the lines of the tree", () => {
  const text = fc.array(piece, { maxLength: 14 }).map((pieces) => pieces.join(""));
  let compared = 0;
  fc.assert(
    fc.property(text, (markdown) => {
      const plain = plainLines(markdown);
      if (plain === null) return;
      compared += 1;
      expect(plain.map(withoutBlock)).toEqual(treeLines(markdown).map(withoutBlock));
    }),
    { numRuns: 3000 },
  );
  expect(compared).toBeGreaterThan(50);
});
