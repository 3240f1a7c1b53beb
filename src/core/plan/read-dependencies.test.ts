import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readBody } from "./read-body.ts";
import { readDependencies } from "./read-dependencies.ts";

/** Compact view: `12` a hard edge, `~12` soft, `<12` reverse, `?words` unresolved. */
function edges(text: string): readonly string[] {
  return readDependencies(text).declarations.map(
    (item) =>
      `${item.resolved ? "" : "?"}${item.reverse === true ? "<" : ""}${item.strength === "soft" ? "~" : ""}${item.target}`,
  );
}

describe("keyed lines", () => {
  test.each([
    ["Depends on: #12", ["#12"]],
    ["Depends-On: #12", ["#12"]],
    ["depends-on: #12", ["#12"]],
    ["Blocked by #12", ["#12"]],
    ["Blocked-by: #12", ["#12"]],
    ["Requires: #61", ["#61"]],
    ["After #12 lands", ["#12"]],
    ["Waits on: #12", ["#12"]],
    ["Needs: #12", ["#12"]],
    ["**Depends on:** #12", ["#12"]],
    ["**Depends on**: #12", ["#12"]],
    ["> **Depends on:** #12", ["#12"]],
    ["> [!IMPORTANT]\n> Depends on: #12", ["#12"]],
    ["- Depends on: #12", ["#12"]],
    ["  * **Blocked by:** #12", ["#12"]],
    ["⛔ Blocked by: #12", ["#12"]],
    ["🔗 **Depends on:** `#12`", ["#12"]],
    ["Depends on: `4.1`", ["4.1"]],
    ["Depends on: #12, #13 and #14", ["#12", "#13", "#14"]],
    ["Depends on: #12 · #13", ["#12", "#13"]],
    ["Depends on:  #12  ,  #13.", ["#12", "#13"]],
    ["Depends on: acme/app#12", ["acme/app#12"]],
    ["Depends on: https://github.com/acme/app/issues/12.", ["acme/app#12"]],
    ["Depends on: <https://github.com/acme/app/pull/12>", ["acme/app#12"]],
    [
      "Depends on: [Title of it](https://github.com/acme/app/issues/12#issuecomment-3)",
      ["acme/app#12"],
    ],
    ["Depends on: Task 4.1", ["4.1"]],
    ["Depends on: Tasks 4.1, 4.1b and 4.2", ["4.1", "4.1b", "4.2"]],
    ["Depends on: 4.1 (the parser), 4.2: its tests", ["4.1", "4.2"]],
    ["Depends on: 12", ["12"]],
    ["Depends on: m5/03, T001", ["m5/03", "T001"]],
    ["Depends on: #12-#14", ["#12", "#13", "#14"]],
    ["Depends on: Task 4.1–4.3", ["4.1", "4.2", "4.3"]],
    ["Depends on: #012", ["#12"]],
    ["**Depends on:**\n- #12\n- [x] #13", ["#12", "#13"]],
    ["**Depends on:**\n\n- #12\n- #13", ["#12", "#13"]],
    ["Depends on: #12,\n#13", ["#12", "#13"]],
    ["**Type:** CODING | **Depends on:** #12 | **Size:** S", ["#12"]],
    ["Depends on: #12. See #14 for the idea.", ["#12"]],
    ["Depends on: #12 (part of #3)", ["#12"]],
    ["Depends on: ~~#11~~ #12", ["#12"]],
  ])("%j", (text, expected) => {
    expect(edges(text)).toEqual(expected);
  });

  test.each([
    "Depends on: none",
    "Depends on: None — can start at once",
    "Depends on: N/A",
    "Depends on: -",
    "Depends on:",
    "**Dependencies:** none.",
    "Depends on: ~~#12~~",
  ])("%j states that there is nothing to wait for", (text) => {
    const read = readDependencies(text);
    expect(read.declarations).toEqual([]);
    expect(read.statesDependencies).toBe(true);
    expect(read.statesBlockers).toBe(true);
  });

  test("reverse keys name issues that need this one, and state no blocker", () => {
    expect(edges("Blocks #5, #6")).toEqual(["<#5", "<#6"]);
    expect(edges("Unblocks: Task 4.4")).toEqual(["<4.4"]);
    expect(readDependencies("Blocks #5").statesBlockers).toBe(false);
    expect(edges("Depends on: #12. Blocks: #14")).toEqual(["#12", "<#14"]);
  });

  test("related issues are soft", () => {
    expect(edges("Related: #5\n\nSee also #6")).toEqual(["~#5", "~#6"]);
    expect(readDependencies("Related: #5").statesDependencies).toBe(false);
  });

  test("a declared blocker that names no issue stays, unresolved", () => {
    expect(edges("Depends on: the login work")).toEqual(["?the login work"]);
    expect(edges("Waiting for: decision - which database")).toEqual(["?decision - which database"]);
    expect(edges("Depends on: phase #2")).toEqual(["?phase #2"]);
    expect(edges("Requires: Docker 24")).toEqual(["?~Docker 24"]);
  });

  test.each([
    "Parent: #3",
    "Part of #3",
    "Epic: #3",
    "Closes #3",
    "Fixes: #3",
    "```\nDepends on: #3\n```",
    "    Depends on: #3",
    "> Depends on #3",
    "> Depends on: #3",
    "~~Depends on: #3~~",
    "| Depends on |\n|---|\n| #3 |",
    "<!--\nDepends on: #3\n-->",
    "What it depends on is written elsewhere, after all.",
    "After 3.5 seconds it needs a rest.",
  ])("%j is no edge", (text) => {
    expect(readDependencies(text).declarations).toEqual([]);
    expect(readDependencies(text).statesDependencies).toBe(false);
  });
});

describe("sections", () => {
  test.each([
    ["## Dependencies\n\n- #12\n- [x] #13 the parser\n", ["#12", "#13"]],
    ["### Blocked by\n* https://github.com/acme/app/issues/12", ["acme/app#12"]],
    ["## Prerequisites\n1. Task 4.1\n2. 4.2 – tests", ["4.1", "4.2"]],
    [
      "## 🔗 Dependencies:\nThese must be merged first:\n\n- #12\n  - because of the parser",
      ["#12"],
    ],
    [
      "## Dependencies\n- Parent: #1\n- Blocked by: #12\n- Related: #4\n- Blocks: #9",
      ["#12", "~#4", "<#9"],
    ],
    ["## Dependencies\n#12, #13", ["#12", "#13"]],
    ["## Dependencies\n- #12\n\n## Notes\n- #13", ["#12"]],
    ["## Dependencies\n- ~~#11~~\n- #12", ["#12"]],
    ["## Blocked by\n- The login page", ["?The login page"]],
    ["Dependencies\n---\n\n- #12", ["#12"]],
  ])("%j", (text, expected) => {
    expect(edges(text)).toEqual(expected);
  });

  test.each([
    "## Dependencies\n\nNone",
    "## Dependencies\n- none",
    "## Blocked by\n\nN/A.",
    "## Dependencies\n",
  ])("%j states that there is nothing to wait for", (text) => {
    const read = readDependencies(text);
    expect(read.declarations).toEqual([]);
    expect(read.statesBlockers).toBe(true);
  });
});

test("every declaration has its line in the file and its words", () => {
  const read = readDependencies("Intro.\n\n```\ncode\n```\n\n**Depends on:** #12,\n#13\n", {
    file: "docs/plan.md",
    firstLine: 40,
  });
  expect(read.declarations.map(({ place, words }) => ({ place, words }))).toEqual([
    { place: { file: "docs/plan.md", line: 46 }, words: "Depends on: #12," },
    { place: { file: "docs/plan.md", line: 47 }, words: "#13" },
  ]);
});

describe("edges for others", () => {
  test("say for whom, with the line of a table's row and its words", () => {
    const read = readDependencies(
      "Intro.\n\n| Issue | Blocked by |\n|---|---|\n| #5 | none |\n| #6 | #5 |\n\n- #7 depends on #6\n",
      { file: "docs/plan.md", firstLine: 10 },
    );
    expect(read).toEqual({
      declarations: [
        {
          target: "#5",
          dependent: "#6",
          strength: "hard",
          origin: "text",
          place: { file: "docs/plan.md", line: 15 },
          words: "#6 | #5",
          resolved: true,
        },
        {
          target: "#6",
          dependent: "#7",
          strength: "hard",
          origin: "text",
          place: { file: "docs/plan.md", line: 17 },
          words: "#7 depends on #6",
          resolved: true,
        },
      ],
      statesDependencies: false,
      statesBlockers: false,
      parent: null,
    });
  });

  test("`#5 blocks #6` is the edge of #6", () => {
    const [edge] = readDependencies("- #5 blocks #6").declarations;
    expect([edge?.dependent, edge?.target, edge?.reverse]).toEqual(["#6", "#5", undefined]);
  });

  test("words that name no issue fail closed for the issue that they are said of", () => {
    const [edge] = readDependencies("- #6 (blocked by: the contract)").declarations;
    expect([edge?.dependent, edge?.target, edge?.resolved]).toEqual(["#6", "the contract", false]);
  });
});

test.each([
  ["Part of #10", "#10"],
  ["Parent: #10", "#10"],
  ["**Parent epic:** [Title](https://github.com/acme/app/issues/10)", "acme/app#10"],
  ["Epic: #10", "#10"],
  ["Part of epic #10. Closes #9.", "#10"],
  ["## Parent\n\n#10", "#10"],
  ["Sub-issue of #10\n\nPart of #11", "#10"],
  ["Epics: #10, #11", null],
  ["Part of v1.2", null],
  ["- #5 (part of #10)", null],
  ["> Part of #10", null],
])("the parent of %j is %j, and no edge", (text, parent) => {
  const read = readDependencies(text);
  expect([read.parent, read.declarations, read.statesBlockers]).toEqual([parent, [], false]);
});

test("a paragraph of its own is no next line of the key above it", () => {
  expect(edges("Depends on: #12\n\n#14 was **nice** before.")).toEqual(["#12"]);
  expect(edges("Depends on: #12\n#14 is *another* one.")).toEqual(["#12", "#14"]);
});

test("what is talked about in code says nothing, code around a reference does", () => {
  expect(edges("Add a `Depends on: #12` line.")).toEqual([]);
  expect(edges("Depends on: `#12`")).toEqual(["#12"]);
  expect(edges("Depends on: `the login work`")).toEqual(["?the login work"]);
});

test("a passage too long to be read fails closed", () => {
  const read = readDependencies(`Depends on: #1 ${"x ".repeat(30_000)}`);
  expect(read.declarations.map((item) => item.resolved)).toContain(false);
});

test("any text is read without an exception", () => {
  const piece = fc.constantFrom(
    "Depends on: ",
    "#12",
    "\n",
    "- ",
    "> ",
    "**",
    "~~",
    "`",
    "```\n",
    "## Dependencies\n",
    "4.1",
    ", ",
    "and ",
    "[a](",
    "http://x/issues/3",
    "|",
    "\t",
    "    ",
    "é",
    "\u0000",
    "<!--",
    "none",
    "| a | Blocked by |\n|---|---|\n",
    "| #5 | #4 |\n",
    "→ ",
    "### #5\n",
    "1. #3\n",
    "Execution order:\n",
    "(blocked by #4)",
    "#5 depends on #6",
    "Part of ",
    ")",
    "]",
    "Blocks ",
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: "binary" }),
        fc.array(piece, { maxLength: 40 }).map((list) => list.join("")),
      ),
      (text) => {
        for (const item of readDependencies(text).declarations) {
          expect(item.words.length).toBeLessThanOrEqual(200);
          expect(item.place.line).toBeGreaterThan(0);
          expect(item.target).not.toBe("");
          expect(item.reverse === true && item.dependent !== undefined).toBe(false);
        }
      },
    ),
    { numRuns: 400 },
  );
});

test.each([
  "> ".repeat(30_000),
  "- ".repeat(30_000),
  "[".repeat(60_000),
  "*a **b ".repeat(9000),
  "`".repeat(60_000),
])("hostile nesting (%#) is read to an end", (text) => {
  expect(() => readDependencies(`Depends on: #1\n${text}`)).not.toThrow();
});

test.each([
  "(",
  "[",
  "- ",
  ".",
  ":",
  " ",
  "#",
  "1.",
  "a/",
  "`a`, ",
  "Depends on: ",
  "**",
  "|",
  "\t",
  "(see ",
  "and ",
  "Files: (",
  "Task ",
  "#1 → ",
  "#1 depends on ",
  "(blocked by #1 ",
  "must not start before #1 ",
  "a.b/",
  "it is is ",
  "the ",
  "| #1 ",
  "#1-#2 ",
  "e.g. #1. ",
])("a line of 60,000 times %j is read to an end", (piece) => {
  const text = `Depends on: #1 ${piece.repeat(60_000)}x\nabc${piece.repeat(60_000)}x\n# ${piece.repeat(60_000)}x`;
  expect(() => [readDependencies(text), readBody(text)]).not.toThrow();
});

test.each([
  ["Dependencies: Phase 1 (#12), the new API", ["the new API"]],
  ["Depends on: #12 and the login work", ["the login work"]],
  ["Depends on: #12, #13 (the parser), which adds tokens", []],
  ["Depends on: #12, merged yesterday", []],
  ["Depends on: #12, The parser is done", []],
  ["Blocked by: #12, Node 20", []],
  ["Depends on: #12, None", []],
])("what names no issue beside one that is named is reported softly: %j", (body, expected) => {
  const { declarations } = readDependencies(body);
  const unread = declarations.filter(({ resolved }) => !resolved);
  expect(unread.map(({ target, strength }) => [target, strength])).toEqual(
    expected.map((words) => [words, "soft"]),
  );
});
