import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isAllowed, parseSpdx } from "./spdx.ts";

const ALLOWED = ["MIT", "Apache-2.0", "BSD-3-Clause", "ISC"];

function answer(text: string): boolean | null {
  const expression = parseSpdx(text);
  return expression === null ? null : isAllowed(expression, ALLOWED);
}

describe("licence expressions", () => {
  test.each([
    ["MIT", true],
    ["mit", true],
    ["GPL-3.0-only", false],
    ["(MIT OR GPL-3.0-or-later)", true],
    ["MIT AND GPL-3.0-or-later", false],
    ["MIT AND Apache-2.0", true],
    ["GPL-2.0 OR MIT AND AGPL-3.0", false],
    ["GPL-2.0 OR MIT AND ISC", true],
    ["(GPL-2.0 OR MIT) AND ISC", true],
    ["(GPL-2.0 OR MIT) AND AGPL-3.0", false],
    ["Apache-2.0 WITH LLVM-exception", true],
    ["GPL-2.0-only WITH Classpath-exception-2.0", false],
    ["Apache-2.0+", true],
    ["MIT/Apache-2.0", true],
    ["LicenseRef-own", false],
    ["UNLICENSED", false],
    ["SEE LICENSE IN LICENSE.md", null],
    ["", null],
    ["MIT OR", null],
    ["(MIT", null],
    ["MIT)", null],
    ["WITH", null],
  ])("%s", (text, expected) => {
    expect(answer(text)).toBe(expected);
  });

  test("any text is read or refused, none breaks the reader, and what is left over is refused", () => {
    const words = fc.constantFrom("MIT", "GPL-2.0", "(", ")", "AND", "OR", "WITH", "x+", "/", "é");
    fc.assert(
      fc.property(fc.array(words, { maxLength: 60 }), fc.string(), (some, any) => {
        for (const text of [some.join(" "), any, "(".repeat(5000)]) {
          expect([true, false, null]).toContain(answer(text));
          expect(answer(`${text} ) MIT`)).toBeNull();
        }
      }),
    );
  });
});
