import fc from "fast-check";
import { expect, test } from "vitest";
import { parseSteps } from "./read-body-steps.ts";

const both = { file: "a.md", firstLine: 10, words: ["step", "task"] } as const;

const SPEC = `# Users

## Tasks

### Task 1: Create User model (3 min)

**Files:**
- Create: \`src/user.js\`
- Modify: src/index.js
- Test: \`test/user.test.js\`

**RED:**
\`\`\`js
test("a user has an address", () => {

  assert(user.email);
});
\`\`\`

**GREEN:**
\`\`\`js
export class User {}
\`\`\`
\`\`\`js
export const user = new User();
\`\`\`

**Verify:** \`node --test test/user.test.js\`

---

A closing word.

### Task 2 — Hash passwords (2-5 minutes)

## Acceptance Criteria

- [ ] RED: is no step
`;

test("a step has its title, minutes, files, red, green, verify and place", () => {
  expect(parseSteps(SPEC, both)).toEqual([
    {
      title: "Create User model",
      minutes: 3,
      files: ["src/user.js", "src/index.js", "test/user.test.js"],
      red: 'test("a user has an address", () => {\n\n  assert(user.email);\n});',
      green: "export class User {}\nexport const user = new User();",
      verify: "node --test test/user.test.js",
      place: { file: "a.md", line: 14, column: 1 },
    },
    {
      title: "Hash passwords",
      minutes: 5,
      files: [],
      red: null,
      green: null,
      verify: null,
      place: { file: "a.md", line: 43, column: 1 },
    },
  ]);
});

test.each([
  ["### Step 1: A", ["A"]],
  ["#### STEP 2 – **A** `b`", ["A b"]],
  ["## Step 3", ["Step 3"]],
  ["### ✅ Task #4) A", ["A"]],
  ["### Task-5: A", ["A"]],
  ["### Steps", []],
  ["### Task list", []],
  ["Step 1: A", []],
  ["```\n### Step 1: A\n```", []],
])("steps of %j are %j", (text, titles) => {
  expect(parseSteps(text, both).map((step) => step.title)).toEqual(titles);
});

test("where a task is an issue, only steps are steps", () => {
  const words = ["step"] as const;
  const text = "### Step 1: A (1 h)\n#### Red\nIt says no.\n### Task 2: B\n#### Step 9: C";
  expect(parseSteps(text, { firstLine: 1, words })).toEqual([
    {
      title: "A",
      minutes: 60,
      files: [],
      red: "It says no.",
      green: null,
      verify: null,
      place: { line: 1, column: 1 },
    },
    {
      title: "C",
      minutes: null,
      files: [],
      red: null,
      green: null,
      verify: null,
      place: { line: 5, column: 1 },
    },
  ]);
});

test.each([
  ["**RED:** it fails", { red: "it fails" }],
  ["RED (failing test):\nit fails\n**Note:** not this", { red: "it fails" }],
  ["**RED — the test**\n```\na\n```\n**REFACTOR:**\n```\nb\n```", { red: "a" }],
  ["- **Green**: `x()`", { green: "x()" }],
  ["**Verify:**\n~~~sh\nnpm test\n~~~", { verify: "npm test" }],
  ["````md\n**Verify:** no\n```\n````\n**Verify:** yes", { verify: "yes" }],
  ["**Verify:**\n````md\n```\ninner\n```\n````", { verify: "```\ninner\n```" }],
  ["Verify that it works: yes", {}],
  ["Redder: no\nRed herrings", {}],
  ["**Files:** `a.js`, b.js", { files: ["a.js", "b.js"] }],
])("the parts of %j", (text, parts) => {
  const step = parseSteps(`### Step 1: A\n${text}\n`, both)[0];
  const none = { red: null, green: null, verify: null, files: [] };
  const { red, green, verify, files } = step ?? none;
  expect({ red, green, verify, files }).toEqual({ ...none, ...parts });
});

test("any text is read, in time that grows with its length", () => {
  const line = fc.constantFrom(
    "### Step 1: A",
    "**RED:**",
    "```",
    "~~~~",
    "<!--",
    "-->",
    "- x: `y`",
    "",
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(line, fc.string()), { maxLength: 40 }), (lines) => {
      for (const step of parseSteps(lines.join("\n"), both)) expect(step.title).not.toBe("");
    }),
  );
  const long = `### Step 1: ${"( ".repeat(300_000)}\n**RED${" ".repeat(600_000)}\n${"- ".repeat(300_000)}`;
  expect(parseSteps(long, both)).toHaveLength(1);
});
