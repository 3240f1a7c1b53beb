import fc from "fast-check";
import { expect, test } from "vitest";
import { settleWhitespace } from "./whitespace.ts";

const line = fc.constantFrom("go();", "if (a) {", "}", 'say("a  b");', "return a + 1;", "// why");
const space = fc.constantFrom("", " ", "\t", "    ");
const blanks = fc.constantFrom("", "\n", "\n  \n");

/** The same lines with other white space around them. */
function spaced(lines: readonly string[]): fc.Arbitrary<string> {
  const each = fc.tuple(space, space, blanks);
  return fc
    .array(each, { minLength: lines.length, maxLength: lines.length })
    .map((around) =>
      lines
        .map((text, at) => `${around[at]?.[0]}${text}${around[at]?.[1]}\n${around[at]?.[2]}`)
        .join(""),
    );
}

function settle(path: string, base: string | null, ours: string, theirs: string): string | null {
  return settleWhitespace({ path, base, ours, theirs, marked: "" });
}

test("a side that changed white space alone gives way to the other, whichever it is", () => {
  const sides = fc
    .tuple(fc.array(line, { maxLength: 6 }), fc.array(line, { maxLength: 6 }))
    .chain(([old, next]) => fc.tuple(spaced(old), spaced(old), spaced(next)));
  fc.assert(
    fc.property(sides, ([base, indented, changed]) => {
      const same = settle("a.ts", null, indented, changed) !== null;
      expect(settle("a.ts", base, changed, indented)).toBe(changed);
      // Where all three are the same but for white space, it is ours that stays.
      expect(settle("a.ts", base, indented, changed)).toBe(same ? indented : changed);
    }),
  );
});

test("what both sides changed is never settled, whatever white space stands around it", () => {
  const sides = fc.tuple(spaced(["a();", "b();"]), spaced(["a(1);", "b();"]), spaced(["a(2);"]));
  fc.assert(
    fc.property(sides, ([base, ours, theirs]) => {
      expect(settle("a.ts", base, ours, theirs)).toBeNull();
    }),
  );
});

test.each(["a.py", "a.yml", "Makefile", "a.md", "a.sh", "a.html", "a.jsx", "a.rs", "a"])(
  "in %s white space is left alone",
  (path) => {
    expect(settle(path, "a\n", "  a\n", "b\n")).toBeNull();
  },
);
