import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Mark } from "../../../core/plan/issue.ts";
import { buildPlan } from "../../../core/plan/plan.ts";
import { UserError } from "../../../errors.ts";
import { createTaskMasterSource, taskMasterProgress } from "./task-master-source.ts";

let root = "";

beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), "cairn-task-master-"));
});

afterEach(() => {
  fs.rmSync(root, { recursive: true, force: true });
});

async function readTasks(content: unknown, tag = "") {
  const text = typeof content === "string" ? content : JSON.stringify(content, null, 2);
  fs.writeFileSync(path.join(root, "tasks.json"), text);
  return await createTaskMasterSource({ root }).read(`tasks.json${tag}`);
}

async function refusal(content: unknown, tag = ""): Promise<UserError> {
  const error: unknown = await readTasks(content, tag).then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(UserError);
  return error as UserError;
}

const done = (...keys: readonly string[]): ReadonlyMap<string, Mark> =>
  new Map(keys.map((key) => [key, "done"]));

const steps = (...lists: readonly (readonly unknown[])[]) =>
  lists.map((dependencies, index) => ({ id: index + 1, title: "S", dependencies }));

test("a step that waits for another task's step holds its task", async () => {
  const { issues, findings } = await readTasks({
    tasks: [
      { id: 2, title: "B", subtasks: steps([]) },
      { id: 3, title: "C", subtasks: [{ id: 1, title: "S", status: "done" }] },
      { id: 4, title: "D", subtasks: steps([]) },
      { id: 5, title: "E", dependencies: [], subtasks: steps(["4.1"], [1, "5.1", "2.1", "4.1"]) },
      { id: 6, title: "F", dependencies: [4], subtasks: steps(["4.1", "3.1", 2, "9.1"]) },
      {
        id: 7,
        title: "G",
        subtasks: [{ id: 1, title: "S", status: "done", dependencies: ["4.1"] }],
      },
    ],
  });
  expect(issues.map(({ key, declarations }) => [key, declarations.map((d) => d.target)])).toEqual([
    ["2", []],
    ["3", []],
    ["4", []],
    ["5", ["4", "2"]],
    ["6", ["4", "9.1"]],
    ["7", []],
  ]);
  expect(issues[3]?.declarations[1]).toMatchObject({
    words: "dependencies: 2.1",
    place: { file: "tasks.json", line: 54, column: 13 },
  });
  expect(findings).toEqual([]);
});

test("a task with everything becomes an issue with its steps", async () => {
  const milestone = await readTasks({
    tasks: [
      {
        id: 2,
        title: "Log in",
        description: "People log in.",
        details: "Use cookies.\nFiles: src/login.ts",
        testStrategy: "- A wrong password is refused\n- A right one is not",
        status: "in-progress",
        priority: "high",
        dependencies: [1],
        subtasks: [
          { id: 1, title: "Form", status: "done" },
          {
            id: 2,
            title: "Session",
            description: "Keep it.",
            status: "pending",
            dependencies: [1],
          },
        ],
      },
    ],
    metadata: { projectName: "Shop" },
  });
  expect(milestone).toEqual({
    source: { kind: "task-master", reference: "tasks.json" },
    title: "Shop",
    number: "task-master",
    url: null,
    documents: [],
    handoff: null,
    findings: [],
    issues: [
      {
        key: "2",
        number: "2",
        title: "Log in",
        body: "People log in.\n\nUse cookies.\nFiles: src/login.ts\n\n### Steps\n\n- [x] 2.1 Form\n- [ ] 2.2 Session (follows step 2.1)\n\n  Keep it.",
        state: "open",
        closedAs: null,
        labels: [],
        priority: "P0",
        type: "CODING",
        url: null,
        files: [],
        acceptanceCriteria: ["A wrong password is refused", "A right one is not"],
        declarations: [
          {
            target: "1",
            strength: "hard",
            origin: "text",
            place: { file: "tasks.json", line: 12, column: 9 },
            words: "dependencies: 1",
            resolved: true,
          },
        ],
        statesDependencies: true,
        edgesAreGiven: true,
        place: { file: "tasks.json", line: 3, column: 5 },
        steps: [
          {
            title: "Session",
            minutes: null,
            files: [],
            red: null,
            green: null,
            verify: null,
            place: { file: "tasks.json", line: 20, column: 9 },
          },
        ],
      },
    ],
  });
});

test.each([
  ["pending", "open", null],
  ["review", "open", null],
  ["in_progress", "open", null],
  ["Done", "closed", "completed"],
  ["cancelled", "closed", "not-planned"],
  ["deferred", "closed", "not-planned"],
])("status %s is %s", async (status, state, closedAs) => {
  const { issues } = await readTasks({ tasks: [{ id: 1, title: "A", status }] });
  expect(issues).toMatchObject([{ state, closedAs }]);
});

test("what is blocked for reasons outside of the file waits for a person", async () => {
  const milestone = await readTasks({
    tasks: [{ id: 1, title: "A", description: "a", status: "blocked" }],
  });
  const plan = buildPlan(milestone);
  expect(plan.issues[0]?.blockedFromOutside).toBe('"status: blocked"');
  expect(plan.findings.find((finding) => finding.code === "plan/dangling")).toMatchObject({
    severity: "critical",
    file: "tasks.json",
    line: 7,
    column: 17,
  });
});

test("dependencies: numbers, texts, steps of other tasks, circles and strangers", async () => {
  const milestone = await readTasks({
    tasks: [
      { id: 1, title: "A", dependencies: [] },
      { id: 2, title: "B", dependencies: ["1"] },
      { id: "3", title: "C", dependencies: ["2.4", 9] },
      { id: 4, title: "D", dependencies: [4, 5] },
      { id: 5, title: "E", dependencies: [4] },
    ],
  });
  const plan = buildPlan(milestone);
  expect(plan.issues.map((issue) => issue.blockers.map((blocker) => blocker.key))).toEqual([
    [],
    ["1"],
    ["2"],
    ["5"],
    ["4"],
  ]);
  expect(plan.cycles).toEqual([["4", "5"]]);
  const codes = plan.findings.map((finding) => finding.code);
  expect(codes).toEqual(expect.arrayContaining(["plan/cycle", "plan/self-edge", "plan/dangling"]));
  expect(plan.issues[1]?.blockers[0]?.from).toBe('tasks.json:12 "dependencies: 1"');
});

test("steps that follow each other are no dependencies of the task", async () => {
  const milestone = await readTasks({
    tasks: [
      {
        id: 1,
        title: "A",
        subtasks: [
          { id: 1, title: "a" },
          { id: 2, title: "b", dependencies: [1, "1.1"] },
        ],
      },
    ],
  });
  expect(buildPlan(milestone).issues[0]).toMatchObject({ blockers: [], blockedFromOutside: null });
});

const tagged = {
  auth: { tasks: [{ id: 1, title: "A" }] },
  master: { tasks: [{ id: 1, title: "M" }], metadata: { description: "x" } },
};

test.each([
  [tagged, "", "tasks.json#master", "Task Master", "task-master"],
  [tagged, "#auth", "tasks.json#auth", "auth", "task-master-auth"],
  [{ auth: tagged.auth }, "", "tasks.json#auth", "auth", "task-master-auth"],
])("the tag that counts", async (content, tag, reference, title, number) => {
  expect(await readTasks(content, tag)).toMatchObject({ source: { reference }, title, number });
});

test.each([
  [
    '{"tasks": [}',
    "",
    "source/bad-json",
    'tasks.json:1:12: this is not JSON: there is "}" where a value or "]" should stand.',
  ],
  [
    { a: tagged.auth, b: tagged.auth },
    "",
    "source/which-tag",
    "tasks.json has several tags: a, b.",
  ],
  [tagged, "#auht", "source/unknown-tag", "tasks.json has no tag auht; it has auth, master."],
  [
    { tasks: [{ id: 1, title: "A" }] },
    "#x",
    "source/unknown-tag",
    "tasks.json has no tag x; it has no tags.",
  ],
  [
    { a: 1 },
    "",
    "source/no-tasks",
    "tasks.json:1:1: this is JSON, but holds neither a list of issues nor Task Master's tasks.",
  ],
  [
    [],
    "",
    "source/no-tasks",
    "tasks.json:1:1: this is JSON, but holds neither a list of issues nor Task Master's tasks.",
  ],
  [{ tasks: [] }, "", "source/empty", "tasks.json has no tasks."],
])("%j%s is refused", async (content, tag, code, message) => {
  const error = await refusal(content, tag);
  expect([error.code, error.message]).toEqual([code, message]);
  expect(error.hints.length).toBeGreaterThan(0);
});

test("every defect has its place, and the other tasks are read all the same", async () => {
  const { issues, findings } = await readTasks(
    [
      '{"tasks": [',
      '  {"id": 1, "title": "A", "status": "someday"},',
      '  {"title": "no number"},',
      '  {"id": 2, "title": " ", "dependencies": [null], "details": {}},',
      '  {"id": 3, "title": "C", "status": "deferred", "subtasks": [{"id": 1}, {"id": 2, "title": "c"}]},',
      "  7",
      "]}",
    ].join("\n"),
  );
  expect(issues.map((issue) => issue.key)).toEqual(["1", "3"]);
  expect(issues[1]?.steps?.map((step) => step.title)).toEqual(["c"]);
  const told = findings.map(
    ({ severity, file, line, column, message }) =>
      `${severity} ${file}:${line}:${column} ${message}`,
  );
  expect(told).toEqual([
    'warning tasks.json:2:37 1 has the status "someday", which is not known; it is taken as pending.',
    "critical tasks.json:3:3 Task 2 of the list: id must be a number or a short word. It is not in the plan.",
    "critical tasks.json:4:22 Task 3 of the list: title is empty. It is not in the plan.",
    "critical tasks.json:4:62 Task 3 of the list: details must be text. It is not in the plan.",
    "critical tasks.json:4:44 Task 3 of the list: dependencies.0 must be a number or a short word. It is not in the plan.",
    "info tasks.json:5:37 3 is deferred; it is left out of the run.",
    "warning tasks.json:5:62 Subtask 1 of 3: title must be text. It is left out.",
    "critical tasks.json:6:3 Task 5 of the list: must be an object. It is not in the plan.",
  ]);
});

test("done is written in place, and nothing else", () => {
  const before =
    '\uFEFF{\r\n\t"master": {\r\n\t\t"tasks": [\r\n\t\t\t{"id":1}, { "id": 1, "status" :  "pending", "title": "A" },\r\n\t\t\t{\r\n\t\t\t\t"id": "2",\r\n\t\t\t\t"title": "B" },\r\n\t\t\t{"id":1},{"id":3,"title":"C","status":"done"}\r\n\t\t]\r\n\t},\r\n\t"other": {"tasks": [{"id": 1, "status": "pending"}]}\r\n}\r\n\r\n';
  const after = before
    .replace('"status" :  "pending"', '"status" :  "done"')
    .replace('"id": "2",', '"id": "2",\r\n\t\t\t\t"status": "done",');
  const progress = taskMasterProgress("x/tasks.json#master");
  expect(progress.path).toBe("x/tasks.json");
  expect(progress.mark(before, done("1", "2", "3", "4"))).toBe(after);
  expect(progress.mark(after, done("1", "2", "3"))).toBeNull();
});

test.each([
  ["{", done("1")],
  ["[]", done("1")],
  ['{"tasks": {}}', done("1")],
  ['{"tasks": [{"id": 1, "title": "A"}]}', new Map<string, Mark>([["1", "blocked"]])],
  ['{"tasks": [7, {"id": {}}]}', done("1")],
])("%s is left as it is", (text, marks) => {
  expect(taskMasterProgress("tasks.json").mark(text, marks)).toBeNull();
});

test("marking and reading again closes exactly the marked tasks", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ title: fc.string({ minLength: 1 }), closed: fc.boolean() }), {
        minLength: 1,
        maxLength: 8,
      }),
      fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }),
      fc.constantFrom(0, 2, "\t"),
      async (made, picked, indent) => {
        const tasks = made.map(({ title, closed }, index) => ({
          id: index + 1,
          title: `t${title}`,
          ...(closed ? { status: "done" } : {}),
        }));
        const before = JSON.stringify({ tasks }, null, indent);
        const marks = done(
          ...tasks.filter((_, index) => picked[index]).map(({ id }) => String(id)),
        );
        const after = taskMasterProgress("tasks.json").mark(before, marks) ?? before;
        const { issues } = await readTasks(after);
        expect(issues.map((issue) => issue.state === "closed")).toEqual(
          made.map(({ closed }, index) => closed || picked[index] === true),
        );
        expect(taskMasterProgress("tasks.json").mark(after, marks)).toBeNull();
      },
    ),
    { numRuns: 60 },
  );
});

test("10,000 tasks are read in well under a second", async () => {
  const tasks = Array.from({ length: 10_000 }, (_, index) => ({
    id: index + 1,
    title: `Task ${index + 1}`,
    description: "Some words about it.",
    dependencies: index === 0 ? [] : [index],
    subtasks: [{ id: 1, title: "one" }],
  }));
  const started = performance.now();
  const { issues } = await readTasks({ master: { tasks } });
  expect(issues.length).toBe(10_000);
  expect(performance.now() - started).toBeLessThan(2_000);
});
