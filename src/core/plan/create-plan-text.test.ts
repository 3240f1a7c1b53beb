import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CASES } from "../../../test/corpus/dependencies/score.ts";
import { textOnForge, withoutDependencies } from "./create-plan-text.ts";
import type { Issue } from "./issue.ts";
import { readBody } from "./read-body.ts";
import { readDependencies } from "./read-dependencies.ts";

function issue(given: Partial<Issue>): Issue {
  return {
    key: "4.2",
    number: "4.2",
    title: "Check the settings",
    body: "",
    state: "open",
    closedAs: null,
    labels: [],
    priority: null,
    type: "CODING",
    url: null,
    files: [],
    acceptanceCriteria: [],
    declarations: [],
    statesDependencies: false,
    place: {},
    ...given,
  };
}

describe("words about dependencies become code", () => {
  test.each([
    ["**Depends on:** 4.1, #7", "`Depends on: 4.1, #7`"],
    ["- Blocked by #7", "- `Blocked by #7`"],
    ["> **Blocks:** #9", "> `Blocks: #9`"],
    ["## Blocked by\n\n- #7\n- #8", "## Blocked by\n\n- ~~#7~~\n- ~~#8~~"],
    ["Part of #10.\nText.", "`Part of #10.`\nText."],
    ["Blocked by #7 for `x`.", "`` Blocked by #7 for `x`. ``"],
    ["TODO: blocked by #12", "~~TODO: blocked by #12~~"],
  ])("%j", (text, quiet) => {
    expect(withoutDependencies(text)).toBe(quiet);
  });

  test.each(["Depends on: none", "Seen in #7.", "`Depends on: #7`", "```\nBlocked by #7\n```", ""])(
    "%j stays",
    (text) => {
      expect(withoutDependencies(text)).toBe(text);
    },
  );

  test.each(CASES.map(({ name, body }): [string, string] => [name, body]))(
    "corpus: %s",
    (_, body) => {
      const quiet = withoutDependencies(body);
      expect(readDependencies(quiet)).toMatchObject({ declarations: [], parent: null });
      expect(withoutDependencies(quiet)).toBe(quiet);
      for (const word of body.match(/[\p{L}\p{N}]+/gu) ?? []) expect(quiet).toContain(word);
    },
  );

  test("of any text", () => {
    const pieces = fc.constantFrom(
      "Depends on: #1",
      "**Blocked by:** 4.1",
      "\n",
      "- ",
      "`",
      "```",
      "| #1 | #2 |",
      "> ",
      "Parent: #3",
      " ",
      "#4 → #5",
      "<!--",
      "text",
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 20 }), (parts) => {
        const read = readDependencies(withoutDependencies(parts.join("")));
        expect(read).toMatchObject({ declarations: [], parent: null });
      }),
      { numRuns: 500 },
    );
  });
});

test("what only the source's fields say is written out, and read back as it was", () => {
  const given = issue({
    body: "Check them.",
    type: "VALIDATION",
    priority: "P1",
    files: ["src/settings.ts", "src/a b.ts"],
    acceptanceCriteria: ["a test shows\n  that it works", "no `any`"],
  });
  const text = textOnForge(given);
  expect(readBody(text)).toMatchObject({
    type: "VALIDATION",
    priority: "P1",
    acceptanceCriteria: ["a test shows that it works", "no `any`"],
  });
  expect(readBody(text).files).toContain("src/settings.ts");
  expect(text.startsWith("Check them.\n\n")).toBe(true);
});

test("what the text says already is not said twice", () => {
  const body =
    "**Type:** RESEARCH\n**Priority:** P0\n**Files:** `src/a.ts`\n\n## Acceptance criteria\n\n- it works";
  const said = { type: "RESEARCH", priority: "P0", files: ["src/a.ts"] } as const;
  expect(textOnForge(issue({ body, ...said, acceptanceCriteria: ["it works"] }))).toBe(body);
});
