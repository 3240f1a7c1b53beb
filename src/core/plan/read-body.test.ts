import { expect, test } from "vitest";
import { parseUnknownTypes, readBody, readPriority } from "./read-body.ts";

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
    unknownTypes: [],
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
  [
    "## Done Definition\n\nUsers can register\nand log in.\n\nTwice.\n\n- And out\n## Next\nText.",
    ["Users can register and log in.", "Twice.", "And out"],
  ],
  ["## Acceptance criteria\n\nAll of these:\n- Type: shown", ["Type: shown"]],
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

test.each([
  ["Type: coding", "CODING", []],
  ["**Type**: VALIDATION", "VALIDATION", []],
  ["**Type:** RESEARCH", "RESEARCH", []],
  ["*Type:* validation", "VALIDATION", []],
  ["__Type__: `RESEARCH`", "RESEARCH", []],
  ["- **Type:** CODING | VALIDATION", "MIXED", []],
  ["- [x]\n\n1. Type: CODING + RESEARCH", "MIXED", []],
  ["> **Task Type:** MIXED", "MIXED", []],
  ["Task type — RESEARCH", "RESEARCH", []],
  ["Type = Research", "RESEARCH", []],
  ["Type: CODING (TDD)", "CODING", []],
  ["Type: CODING - with tests", "CODING", []],
  ["**Type:** CODING | **Size:** S", "CODING", []],
  ["| Field | Value |\n|---|---|\n| **Type** | VALIDATION |", "VALIDATION", []],
  ["Type: RESEARCH\nType: CODING", "RESEARCH", []],
  ["\nType: Feature", null, [{ words: "Feature", line: 2 }]],
  [
    "**Type:** CODING | VALIDATION | RESEARCH | MIXED",
    null,
    [{ words: "CODING | VALIDATION | RESEARCH | MIXED", line: 1 }],
  ],
  ["Type-safe code: CODING", null, []],
  ["Types: CODING", null, []],
  ["```\nType: CODING\n```", null, []],
  ["## Type: CODING", null, []],
])("the type of %j is %s", (body, type, unknown) => {
  expect(readBody(body).type).toBe(type);
  expect(parseUnknownTypes(body)).toEqual(unknown);
});

test("several fields may stand in one line or in a table", () => {
  expect(
    readBody("**Type:** CODING | **Priority:** P0 | Size: L\n\n| Labels | ui, api |\n"),
  ).toEqual({
    type: "CODING",
    priority: "P0",
    files: [],
    acceptanceCriteria: [],
    labels: ["size:L", "ui", "api"],
    unknownTypes: [],
  });
});
