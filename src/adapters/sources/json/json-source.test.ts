import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { buildPlan } from "../../../core/plan/plan.ts";
import { UserError } from "../../../errors.ts";
import { createJsonSource } from "./json-source.ts";

let root = "";

beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), "cairn-json-"));
});

afterEach(() => {
  fs.rmSync(root, { recursive: true, force: true });
});

async function readList(content: unknown, name = "issues.json") {
  fs.writeFileSync(
    path.join(root, name),
    typeof content === "string" ? content : JSON.stringify(content),
  );
  return await createJsonSource({ root }).read(name);
}

async function refusal(content: unknown): Promise<UserError> {
  const error: unknown = await readList(content).then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(UserError);
  return error as UserError;
}

test("a list as gh writes it becomes a milestone", async () => {
  const milestone = await readList([
    {
      number: 13,
      title: "B",
      body: "text",
      state: "CLOSED",
      stateReason: "NOT_PLANNED",
      labels: ["x"],
      url: "https://github.com/acme/app/issues/13",
    },
    {
      number: 12,
      title: "A",
      body: null,
      state: "OPEN",
      stateReason: "",
      labels: [{ name: "size:S", color: "fff" }],
      milestone: { number: 3, title: "Third" },
    },
  ]);
  expect(milestone).toMatchObject({
    title: "Third",
    number: "3",
    source: { kind: "json", reference: "issues.json" },
    findings: [],
  });
  expect(milestone.issues).toMatchObject([
    {
      key: "#12",
      number: "12",
      title: "A",
      body: "",
      state: "open",
      closedAs: null,
      labels: ["size:S"],
    },
    {
      key: "#13",
      number: "13",
      state: "closed",
      closedAs: "not-planned",
      labels: ["x"],
      url: "https://github.com/acme/app/issues/13",
    },
  ]);
});

test.each([
  ["Depends on: #1", true],
  ["Blocked by 1.", true],
  ["## Dependencies\n\n- 1\n", true],
  ["after https://github.com/acme/app/issues/1", true],
  ["There is 1 test", false],
  ["Depends on #12", false],
  ["", false],
])("an issue closed without a reason, and %j: warned %s", async (body, isWarned) => {
  const { issues, findings } = await readList([
    { number: 2, title: "B", body },
    { number: 1, title: "A", state: "CLOSED" },
  ]);
  expect(issues.map(({ key, closedAs }) => [key, closedAs])).toEqual([
    ["#1", "completed"],
    ["#2", null],
  ]);
  expect(findings.map(({ code }) => code)).toEqual(isWarned ? ["source/no-reason"] : []);
});

test("issues closed without a reason are warned of once, with words", async () => {
  const rest = { title: "A", state: "CLOSED" };
  const { findings } = await readList([
    { number: 5, title: "B", body: "Depends on #1, #2, #3 and m/4" },
    { number: 1, ...rest, stateReason: "" },
    { number: 3, ...rest },
    { number: 2, ...rest },
    { key: "m/4", ...rest },
  ]);
  expect(findings).toEqual([
    {
      code: "source/no-reason",
      severity: "warning",
      file: "issues.json",
      line: 1,
      column: 1,
      message:
        "#2 and 2 more are closed, and the list does not say why; they count as done and free what waits for them.",
      hint: "Write the list with `gh issue list --state all --json number,title,body,state,stateReason,labels`: an issue closed as not planned then frees nothing.",
    },
  ]);
});

test("without a milestone the file's name is title and number", async () => {
  expect(await readList([{ number: 1, title: "A" }], "Sprint 9.json")).toMatchObject({
    title: "Sprint 9",
    number: "sprint-9",
  });
});

test("issues may have keys instead of numbers", async () => {
  const { issues } = await readList([{ key: "m5/03", title: "A" }]);
  expect(issues).toMatchObject([{ key: "m5/03", number: "m5/03" }]);
});

test("every defect has the line and column of the value it is about", async () => {
  const { findings } = await readList(
    '[\n  {"number": 1, "title": "A"},\n  {"title": "no number"},\n  {"number": 2,\n   "title": "B", "state": "MERGED",\n   "labels": ["x", 3]},\n  7\n]',
  );
  expect(
    findings.map(({ file, line, column, message }) => `${file}:${line}:${column} ${message}`),
  ).toEqual([
    "issues.json:3:3 $[1].number: needs a number or a key. This issue is not in the plan.",
    'issues.json:5:27 $[2].state: must be "open" or "closed". This issue is not in the plan.',
    "issues.json:6:20 $[2].labels[1]: Invalid input. This issue is not in the plan.",
    "issues.json:7:3 $[3]: Invalid input: expected object, received number. This issue is not in the plan.",
  ]);
});

test("every defect is named with its path; whole issues are read all the same", async () => {
  const { issues, findings } = await readList([
    { number: 1, title: "A" },
    { title: "no number" },
    { number: 2, title: " ", state: "MERGED", labels: [3] },
    7,
  ]);
  expect(issues.map((issue) => issue.key)).toEqual(["#1"]);
  expect(
    findings.every((finding) => finding.severity === "critical" && finding.file === "issues.json"),
  ).toBe(true);
  expect(findings.map((finding) => finding.message.split(":")[0])).toEqual([
    "$[1].number",
    "$[2].title",
    "$[2].state",
    "$[2].labels[0]",
    "$[3]",
  ]);
});

test.each([
  ["{", "source/bad-json"],
  ['{"number": 1}', "source/not-a-list"],
  ["null", "source/not-a-list"],
  ["[]", "source/empty"],
])("%j is refused with %s", async (content, code) => {
  expect((await refusal(content)).code).toBe(code);
});

test("bad JSON is named with line and column", async () => {
  const error = await refusal('[\n  {"number": 1,\n   "title": "A",}\n]');
  expect(error.message).toBe(
    'issues.json:3:17: this is not JSON: there is "}" where a name should stand.',
  );
});

test("a long string does not overflow the search for a defect", async () => {
  expect((await refusal(`[{"number": 1, "title": "${"x\\n".repeat(1_000_000)}", }]`)).code).toBe(
    "source/bad-json",
  );
});

test("the plan does not depend on the order of the list", async () => {
  const issue = fc.record({
    number: fc.integer({ min: 1, max: 12 }),
    title: fc.constantFrom("A", "B"),
    body: fc
      .array(fc.integer({ min: 1, max: 13 }), { maxLength: 3 })
      .map((blockers) =>
        blockers.length === 0
          ? "text"
          : `Depends on: ${blockers.map((blocker) => `#${blocker}`).join(", ")}`,
      ),
    state: fc.constantFrom("OPEN", "CLOSED"),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(issue, { minLength: 1, maxLength: 14 }),
      fc.infiniteStream(fc.nat()),
      async (issues, random) => {
        const shuffled = issues.toSorted(() => (Number(random.next().value) % 3) - 1);
        expect(buildPlan(await readList(shuffled))).toEqual(buildPlan(await readList(issues)));
      },
    ),
    { numRuns: 100 },
  );
});

test("any bytes are read, or refused with a UserError", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.string({ unit: "binary" }),
        fc.json(),
        fc.array(fc.jsonValue()).map((value) => JSON.stringify(value)),
      ),
      async (content) => {
        const error: unknown = await readList(content).then(
          () => null,
          (reason: unknown) => reason,
        );
        expect(error === null || error instanceof UserError).toBe(true);
      },
    ),
    { numRuns: 200 },
  );
});
