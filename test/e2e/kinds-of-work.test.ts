// Each type of issue once, steps with sessions of their own, and a handoff that is owed: with real processes and git.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type {
  RecordedSession,
  RecordedStep,
  Recording,
} from "../../src/adapters/agents/scripted/recording.ts";
import type { StatusJson } from "../../src/api/status-json.ts";
import type { Task } from "../../src/core/run/run.ts";
import { untilNothingLives, type Ended } from "../support/e2e-program.ts";
import { SampleRepository } from "../support/e2e-repository.ts";

const PLAN = `# Milestone 1: Mill

## Task 1.1: Count

Depends on: none

### Step 1: Add (3 min)
**RED:** add(1, 2) is 3
### Step 2: Double (3 min)
**RED:** double(2) is 4

## Task 1.2: See it turn

Depends on: none
Type: VALIDATION

## Task 1.3: Read about wind

Depends on: 1.1
Type: RESEARCH

## Task 1.4: Read, then halve

Depends on: none
Type: MIXED

## Task 1.5: Tell nobody

Depends on: none
Type: RESEARCH
`;

const CONFIG = `version: 1
target: main
mode: autonomous
profile: tdd
parallel: 2
agents:
  default: recorded
  define: { recorded: { kind: scripted, command: [../recording.json] } }
tdd: { session: per-step }
gates: { pre_merge: [{ name: test, run: "node --test", kind: test }] }
limits: { attempts: 1, retry: [1s] }
`;

const FILES = {
  "HANDOFF_plan.md": "# Handoff\n",
  "package.json": '{ "type": "module" }\n',
  "src/one.js": "export const one = () => 1;\n",
  "test/one.test.js": testOf("one", "one()", 1),
};

const HANDOFF: RecordedStep = {
  append: "HANDOFF_plan.md",
  content: "\n## Task {{task}} Complete\n\n- by {{session}}\n",
};

function testOf(name: string, call: string, wanted: number): string {
  return `import assert from "node:assert/strict";
import { test } from "node:test";
test("${name}", async () => {
  const module = await import("../src/${name}.js");
  assert.equal(module.${call}, ${wanted});
});
`;
}

/** Red, then green, in the session with this number; the rest is committed with the code. */
function proves(
  session: number,
  { name, call, wanted, code }: { name: string; call: string; wanted: number; code: string },
  rest: readonly RecordedStep[],
): RecordedSession {
  const steps: readonly RecordedStep[] = [
    { write: `test/${name}.test.js`, content: testOf(name, call, wanted) },
    { commit: `test: ${name} (#{{task}})` },
    { write: `src/${name}.js`, content: code },
    ...rest,
    { commit: `feat: ${name} (#{{task}})` },
  ];
  return { role: "implementer", session, steps };
}

function reads(file: string, rest: readonly RecordedStep[]): RecordedSession {
  const write = { write: `docs/${file}.md`, content: "{{session}}\n" };
  return {
    role: "implementer",
    steps: [write, ...rest, { commit: "docs: {{title}} (#{{task}})" }],
  };
}

const ADD = {
  name: "add",
  call: "add(1, 2)",
  wanted: 3,
  code: "export const add = (a, b) => a + b;\n",
};
const DOUBLE = {
  name: "double",
  call: "double(2)",
  wanted: 4,
  code: "export const double = (a) => a * 2;\n",
};
const HALVE = {
  name: "halve",
  call: "halve(4)",
  wanted: 2,
  code: "export const halve = (a) => a / 2;\n",
};

const RECORDING: Recording = {
  "1.1": [proves(1, ADD, []), proves(2, DOUBLE, [HANDOFF])],
  "1.2": [
    {
      role: "implementer",
      report: { status: "complete", summary: "It turns.", notes: ["Seen: it turns twice."] },
    },
  ],
  "1.3": [reads("wind", [HANDOFF])],
  "1.4": [proves(1, HALVE, [{ write: "docs/halves.md", content: "Two.\n" }, HANDOFF])],
  // Also when it is asked once more.
  "1.5": [reads("{{session}}", [])],
};

let home: string;
let repository: SampleRepository;
let ended: Ended;

beforeAll(async () => {
  home = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "cairn-kinds-home-")));
  const sample = { plan: PLAN, config: CONFIG, recording: RECORDING, files: FILES };
  repository = new SampleRepository(() => sample, home);
  ended = await repository.cairn(["run", "plan.md", "--progress", "plain"]);
}, 90_000);

afterAll(async () => {
  const left = await untilNothingLives(repository.folder, null);
  repository.remove();
  fs.rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  if (left.length > 0) throw new Error(`Still running: ${JSON.stringify(left)}`);
});

function taskOf(key: string): Task {
  const task = repository.run()?.run.tasks.get(key);
  if (task === undefined) throw new Error(`There is no task ${key}.`);
  return task;
}

function promptOf(session: string): string {
  const { run } = repository.run() ?? {};
  const folder = path.join(repository.root, ".cairn/runs", run?.id ?? "", "sessions", session);
  return fs.readFileSync(path.join(folder, "prompt.md"), "utf8");
}

test("each type ends as it may: with proof, without one, without a change; who owes a handoff fails", () => {
  expect(ended.code).toBe(1);
  const ends = ["1.1", "1.2", "1.3", "1.4", "1.5"].map((key) => {
    const { status, reason, proof } = taskOf(key);
    return [key, status, reason, proof?.verdict ?? null];
  });
  expect(ends).toEqual([
    ["1.1", "merged", null, "proven"],
    ["1.2", "skipped", "done-elsewhere", null],
    ["1.3", "merged", null, "exempt"],
    ["1.4", "merged", null, "proven"],
    ["1.5", "failed", "handoff", null],
  ]);
});

test("each step has a session and its pair of commits, and the handoff is the last one's", async () => {
  const pairs = taskOf("1.1").proof?.steps.map(({ isProven }) => isProven);
  expect(pairs).toEqual([true, true]);
  expect(promptOf("1.1-s1")).toContain("this session does **step 1** and nothing else");
  expect(promptOf("1.1-s2")).toContain("this session does **step 2** and nothing else");
  expect(promptOf("1.1-s3")).toMatch(/^# Your role: reviewer of task 1\.1, does it do/);
  expect(promptOf("1.1-s4")).toMatch(/^# Your role: reviewer of task 1\.1, is it good/);
  expect(repository.git("show", "milestone/plan-milestone-1-mill:HANDOFF_plan.md")).toMatch(
    /## Task 1\.1 Complete\n\n- by 1\.1-s2\n/,
  );
  expect(ended.words).toMatch(/ {2}1\.1 +running {2}step 1 of 2 is done: Add$/m);
  const { words } = await repository.cairn(["status", "--json"]);
  const status: StatusJson = JSON.parse(words);
  expect(status.tasks.map(({ steps }) => steps)).toEqual([
    { total: 2, done: 2 },
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

test("a section that is missing is asked for once, in words", () => {
  expect(taskOf("1.5").sessions).toBe(2);
  expect(promptOf("1.5-s2")).toContain("Task 1.5 Complete");
  expect(ended.words).toContain("missing in the handoff file, also after a reminder");
});
