import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Mark } from "../../../core/plan/issue.ts";
import { folderProgress } from "./folder-progress.ts";
import { issueNames } from "./issue-names.ts";
import { statusOf } from "./status-words.ts";
import { latestEntries, readTracking } from "./tracking.ts";

const KEYS = ["m5/01", "m5/02", "m5/03", "m5/auth"];
const issues = [
  { key: "m5/01", number: "301", title: "Model" },
  { key: "m5/02", number: "02", title: "Hash | salt" },
  { key: "m5/03", number: "03", title: "Login" },
  { key: "m5/auth", number: "auth", title: "Auth" },
];
const file = folderProgress("docs/milestones/m5", issues);

function mark(text: string, marks: Readonly<Record<string, Mark>>): string | null {
  return file.mark(text, new Map(Object.entries(marks)));
}

const ABOUT = /01|02|03|auth/u;

function others(text: string): readonly string[] {
  return text.split(/\r\n|\n|\r/u).filter((line) => !ABOUT.test(line));
}

function isWithin(few: readonly string[], many: readonly string[]): boolean {
  let at = 0;
  for (const line of many) if (line === few[at]) at += 1;
  return at === few.length;
}

/** What a reading of the folder would take from the text. */
function statuses(text: string): Readonly<Record<string, string>> {
  const lookUp = issueNames(
    issues.map(({ key, number }) => ({
      key,
      forge: /^3\d\d$/u.test(number) ? number : null,
      stem: null,
    })),
  );
  const latest = latestEntries(readTracking(text).entries, lookUp);
  return Object.fromEntries([...latest].map(([key, entry]) => [key, entry.status]));
}

test.each([
  ["docs/milestones/m5", "docs/milestones/m5/IMPLEMENTATION_PLAN.md"],
  ["docs/milestones/m5/PLAN.md", "docs/milestones/m5/PLAN.md"],
])("of %s it is %s, which is not made from nothing", (reference, path) => {
  const progress = folderProgress(reference);
  expect([progress.path, progress.isMadeWhenMissing]).toEqual([path, undefined]);
});

test.each([
  ["Done", "done"],
  ["✅ Done", "done"],
  ["**Complete**", "done"],
  ["merged (#12)", "done"],
  ["✅", "done"],
  ["[x]", "done"],
  ["⏭️ Skipped", "skipped"],
  ["won't do", "skipped"],
  ["⛔ Blocked by #3", "blocked"],
  ["🚧", "open"],
  ["🚧 Blocked", "blocked"],
  ["Not blocked", "open"],
  ["In Progress", "open"],
  ["not done", "open"],
  ["Partially complete", "open"],
  ["Todo", "open"],
  ["[ ]", "open"],
  ["—", "open"],
  ["", "open"],
  ["perhaps", "unknown"],
  ["0% complete", "open"],
  ["50% done", "open"],
  ["99.5 % done", "open"],
  ["100% complete", "done"],
  ["100%", "done"],
  ["Done (85% coverage)", "done"],
  ["Done, 85 % test coverage", "done"],
  ["3 of 4 steps", "open"],
  ["still to merge, complete otherwise", "open"],
  ["60%", "open"],
  ["✅ 3/4 done", "open"],
  ["4/4 done", "done"],
  ["done 2024/12", "done"],
  ["to be merged", "open"],
  ["Will be done", "open"],
  ["needs to be finished", "open"],
  ["ready to be merged", "open"],
  ["won't be done", "skipped"],
  ["Almost complete", "open"],
  ["incomplete", "open"],
  ["to be skipped", "skipped"],
])("%j is read as %s", (words, status) => {
  expect(statusOf(words)).toBe(status);
});

describe("where the tracking section is read", () => {
  test.each([
    [
      "## Tracking\n\n| Issue | Status |\n|---|---|\n| 01 | Done |\n| #301 | Blocked |\n| 3 | ⏭️ |",
      { "m5/01": "blocked", "m5/03": "skipped" },
    ],
    [
      "### 4. Progress tracking\n| Status | Issue |\n|--|--|\n| ✅ | [03](03-login.md) |",
      { "m5/03": "done" },
    ],
    [
      "Status\n\n## Status\n- [x] 01 Model\n- [ ] 02: Hash\n- 03 — Skipped\n- ✅ auth.md",
      { "m5/01": "done", "m5/02": "open", "m5/03": "skipped", "m5/auth": "done" },
    ],
    [
      "## Progress\n### Done ✅\n- 01: Model\n### Blocked\n- 02: Hash\n- 03: Login (done)\n## Notes\n- auth.md — Done",
      { "m5/01": "done", "m5/02": "blocked", "m5/03": "done" },
    ],
    [
      "## Progress\n**Done:** 01, #02 and 03\n- Blocked: auth.md\n- 03: In Progress",
      { "m5/01": "done", "m5/02": "done", "m5/03": "open", "m5/auth": "blocked" },
    ],
    ["# Plan\n| # | Title | Status |\n|---|---|---|\n| 01 | Model | Done |", { "m5/01": "done" }],
    [
      "| # | Status |\n|---|---|\n| 01 | Done |\n\n## Tracking\n\nNothing yet: 3 of 4 are open.",
      {},
    ],
    [
      "## Tracking\n| Phase | Issues | Status |\n|---|---|---|\n| 1 | 01, [02](02-hash.md) | Done |\n| 2 | 02 and auth.md | Todo |",
      { "m5/01": "done", "m5/02": "open", "m5/auth": "open" },
    ],
    [
      "## Tracking\n| Issue | Status |\n|---|---|\n| 01-03 | Done |\n| 02 | Todo |",
      { "m5/01": "done", "m5/02": "open", "m5/03": "done" },
    ],
    [
      "## Progress\n- [x] 01, 02: Model and 3 more\n- [x] 03: Login with 01 and 2\n- [ ] #301: Fix #3, #2",
      { "m5/01": "open", "m5/02": "done", "m5/03": "done" },
    ],
    ["## Tracking\n```\n| Issue | Status |\n|---|---|\n| 01 | Done |\n```", {}],
  ])("%j", (text, expected) => {
    expect(statuses(text)).toEqual(expected);
  });
});

describe("marks", () => {
  test.each([
    [
      "the bars of a table stay where they are",
      "## Tracking\r\n\r\n| Issue | Status      |\r\n|---|---|\r\n| 03    | In Progress | x |\r\nend",
      "## Tracking\r\n\r\n| Issue | Status      |\r\n|---|---|\r\n| 03    | Done        | x |\r\nend",
    ],
    [
      "a cell without room grows",
      "## Tracking\n|#|Status|\n|-|-|\n|3|-|\n",
      "## Tracking\n|#|Status|\n|-|-|\n|3|Done|\n",
    ],
    [
      "an empty cell is filled",
      "## Tracking\n| # | Status |\n|-|-|\n| 3 |  |\n",
      "## Tracking\n| # | Status |\n|-|-|\n| 3 | Done |\n",
    ],
    [
      "a row without a last bar",
      "## Tracking\nIssue | Status\n-|-\n3 | Todo",
      "## Tracking\nIssue | Status\n-|-\n3 | Done",
    ],
    [
      "signs are used where the section uses them",
      "## Status\n| # | Status |\n|-|-|\n| 1 | ✅ Done |\n| 3 | 🚧 |",
      "## Status\n| # | Status |\n|-|-|\n| 1 | ✅ Done |\n| 3 | ✅ Done |",
    ],
    [
      "a row about several issues stays, and the one gets its own",
      "## Tracking\n| Phase | Issues | Status |\n|-|-|-|\n| 1 | 03, 02 | Todo |\n",
      "## Tracking\n| Phase | Issues | Status |\n|-|-|-|\n| 1 | 03, 02 | Todo |\n|  | 03 | Done |\n",
    ],
    [
      "an item about several issues stays",
      "## Progress\n- [ ] 03, 02\n",
      "## Progress\n- [ ] 03, 02\n- 03: Login — Done\n",
    ],
    ["a box is ticked", "## Progress\n* [ ] 03 Login\n", "## Progress\n* [x] 03 Login\n"],
    [
      "a word at the end is changed",
      "## Progress\n1. 03: Login (blocked)  \n",
      "## Progress\n1. 03: Login (Done)  \n",
    ],
    [
      "a sign in front is changed",
      "## Progress\n- 🚧 03: Login\n",
      "## Progress\n- ✅ 03: Login\n",
    ],
    [
      "an item without a word gets one",
      "## Progress\n- 03: Login\n",
      "## Progress\n- 03: Login — Done\n",
    ],
    [
      "a table gets a row",
      "## Tracking\n| # | Title | Owner | Status |\n|-|-|-|-|\n| 1 | A | B | Done |\n\nEnd",
      "## Tracking\n| # | Title | Owner | Status |\n|-|-|-|-|\n| 1 | A | B | Done |\n| 03 | Login |  | Done |\n\nEnd",
    ],
    [
      "a list gets an item",
      "## Progress\n- [x] 01 Model\n\n## End\n",
      "## Progress\n- [x] 01 Model\n- 03: Login — Done\n\n## End\n",
    ],
    [
      "a section without rows gets a table",
      "# P\n\n## Tracking\n\nSoon.\n\n## End\n",
      "# P\n\n## Tracking\n\nSoon.\n\n| Issue | Title | Status |\n| --- | --- | --- |\n| 03 | Login | Done |\n\n## End\n",
    ],
    [
      "a plan without a section gets one",
      "# P\r\ntext",
      "# P\r\ntext\r\n\r\n## Tracking\r\n\r\n| Issue | Title | Status |\r\n| --- | --- | --- |\r\n| 03 | Login | Done |\r\n",
    ],
    [
      "a status column is one",
      "| # | Title | Status |\n|-|-|-|\n| 03 | Login | Todo |\n",
      "| # | Title | Status |\n|-|-|-|\n| 03 | Login | Done |\n",
    ],
    [
      "a line that names several is left",
      "## Progress\nBlocked: 02, 03\n",
      "## Progress\nBlocked: 02, 03\n- 03: Login — Done\n",
    ],
  ])("%s", (_, text, marked) => {
    expect(mark(text, { "m5/03": "done" })).toBe(marked);
    expect(statuses(marked)["m5/03"]).toBe("done");
  });

  test("each mark has its word, and a title cannot break the table", () => {
    expect(
      mark("", { "m5/01": "done", "m5/02": "skipped", "m5/03": "blocked", "m5/auth": "done" }),
    ).toBe(
      "## Tracking\n\n| Issue | Title | Status |\n| --- | --- | --- |\n| 01 | Model | Done |\n| 02 | Hash \\| salt | Skipped |\n| 03 | Login | Blocked |\n| auth.md | Auth | Done |\n",
    );
  });

  test.each([
    ["what is marked already", "## Tracking\n- 03: Login — ✔\n", { "m5/03": "done" } as const],
    ["nothing to mark", "## Tracking\n- 03: Login\n", {}],
    ["a fence that is never closed", "```\n## Tracking\n", { "m5/03": "done" } as const],
  ])("%s changes nothing", (_, text, marks) => {
    expect(mark(text, marks)).toBeNull();
  });

  test("marks that are set are read again, other lines stay as they are, and a second time changes nothing", () => {
    const line = fc.constantFrom(
      "# Plan",
      "## Tracking",
      "## Progress",
      "## Notes",
      "### Done",
      "| Issue | Status |",
      "|---|---|",
      "| 01 | Todo |",
      "| #301 | ✅ Done | more |",
      "| 02 |",
      "| [03](03-login.md) | In Progress",
      "- [ ] 02: Hash",
      "- [x] 03 Login (blocked)",
      "  - ⛔ auth.md — Blocked",
      "* 01 — Todo  ",
      "**Blocked:** 01, 03",
      "",
      "text",
    );
    const texts = fc.array(fc.oneof({ weight: 9, arbitrary: line }, fc.string()), {
      maxLength: 25,
    });
    const wanted = fc.dictionary(
      fc.constantFrom(...KEYS),
      fc.constantFrom<Mark>("done", "skipped", "blocked"),
    );
    fc.assert(
      fc.property(texts, fc.constantFrom("\n", "\r\n"), wanted, (lines, end, marks) => {
        const text = lines.join(end);
        const marked = mark(text, marks);
        const before = statuses(text);
        if (marked === null) return;
        expect(statuses(marked)).toEqual({ ...before, ...marks });
        expect(mark(marked, marks)).toBeNull();
        // Only lines about issues may have changed; all others are there, in their order.
        expect(isWithin(others(text), others(marked))).toBe(true);
      }),
      { numRuns: 1500 },
    );
  });

  test("long lines and many rows take no time to speak of", () => {
    const rows = Array.from({ length: 5000 }, (_, index) => `| ${index + 10} | Todo |`).join("\n");
    const long = `${"- [ ] ".repeat(170_000)}\n| 03 | ${"x |".repeat(300_000)}\n${" ".repeat(1_000_000)}done\n`;
    const text = `## Tracking\n${long}\n| Issue | Status |\n|---|---|\n${rows}\n`;
    const started = performance.now();
    expect(mark(text, { "m5/03": "done" })).toBe(`${text}| 03 | Done |\n`);
    expect(performance.now() - started).toBeLessThan(2000);
  });
});
