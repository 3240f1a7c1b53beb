import { expect, test } from "vitest";
import { readBody, readPriority } from "./read-body.ts";

test("fields of a task are read, whatever their marks", () => {
  expect(
    readBody(
      "**Type:** VALIDATION\n- **Priority**: P1\n**Files:** `src/a.ts`, src/b.ts (new)\nLabels: ui, `size:S`\n\n**Size:** L\n",
    ),
  ).toEqual({
    type: "VALIDATION",
    priority: "P1",
    files: ["src/a.ts", "src/b.ts"],
    acceptanceCriteria: [],
    labels: ["ui", "size:S", "size:L"],
  });
});

test.each([
  ["**File:** `src/a.ts:12`", ["src/a.ts"]],
  ["**Files:**\n- `src/a.ts` – the parser\n- src/b/\n\nText `src/c.ts`.", ["src/a.ts", "src/b/"]],
  [
    "## Files\n\n- `./src/a.ts`\n- Makefile.am\n\n## Notes\n- src/b.ts",
    ["src/a.ts", "Makefile.am"],
  ],
  ["Files: none yet", []],
  ["```\n**Files:** src/a.ts\n```", []],
])("files of %j", (body, files) => {
  expect(readBody(body).files).toEqual(files);
});

test.each([
  [
    "## Acceptance criteria\n\n- [ ] one\n- [x] two\n\nand\n\n1. three\n    - detail\n\n## Next\n- four",
    ["one", "two", "three"],
  ],
  [
    "**Acceptance Criteria:**\n- one: with a colon\n- two\n\nProse.\n- three",
    ["one: with a colon", "two"],
  ],
  ["**Done when:** all tests pass", ["all tests pass"]],
  ["### Definition of done\n* one", ["one"]],
  ["Text.", []],
])("acceptance criteria of %j", (body, criteria) => {
  expect(readBody(body).acceptanceCriteria).toEqual(criteria);
});

test.each([
  ["P0", "P0"],
  ["priority:p2", "P2"],
  ["High", "P1"],
  ["urgent", "P0"],
  ["low", "P2"],
  ["P9", null],
  ["later", null],
])("priority %j is %s", (words, priority) => {
  expect(readPriority(words)).toBe(priority);
});
