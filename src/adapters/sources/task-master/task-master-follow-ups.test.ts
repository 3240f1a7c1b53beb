import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { aFollowUp } from "../../../../test/support/a-follow-up.ts";
import { buildPlan } from "../../../core/plan/plan.ts";
import { createTaskMasterSource } from "./task-master-source.ts";
import { taskMasterFollowUps } from "./task-master-follow-ups.ts";

let root = "";

beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), "cairn-task-master-"));
});

afterEach(() => {
  fs.rmSync(root, { recursive: true, force: true });
});

const TASKS = [
  { id: 1, title: "Parse", status: "done", dependencies: [], priority: "high", subtasks: [] },
  { id: 2, title: "Print", status: "pending", dependencies: [1], priority: "low" },
  { id: 3, title: "Send", status: "pending", dependencies: [1, 2], priority: "low" },
];

function written(text: string, reference = "tasks.json", changes = {}): string | null {
  const named = { of: "1", key: "4", dependents: ["2", "3", "9"], ...changes };
  const [edit] = taskMasterFollowUps(reference).edits(aFollowUp(named));
  expect(edit?.path).toBe("tasks.json");
  return edit?.edit(text) ?? null;
}

async function read(text: string, tag = "") {
  fs.writeFileSync(path.join(root, "tasks.json"), text);
  return buildPlan(await createTaskMasterSource({ root }).read(`tasks.json${tag}`));
}

test.each([
  ["indented by two", JSON.stringify({ master: { tasks: TASKS } }, null, 2)],
  ["indented by a tab", `${JSON.stringify({ master: { tasks: TASKS } }, null, "\t")}\n`],
  ["on one line", JSON.stringify({ master: { tasks: TASKS } })],
  ["of the older format", JSON.stringify({ tasks: TASKS }, null, 4)],
  ["behind a mark of byte order", `\uFEFF${JSON.stringify({ tasks: TASKS }, null, 2)}`],
])(
  "a rest stands behind its original, and who waited for the whole waits for it: %s",
  async (_how, text) => {
    const after = written(text) ?? "";
    const plan = await read(after);
    expect(plan.issues.map(({ key, blockers }) => [key, blockers.map((one) => one.key)])).toEqual([
      ["1", []],
      ["4", ["1"]],
      ["2", ["1", "4"]],
      ["3", ["1", "4", "2"]],
    ]);
    expect(plan.issues[1]).toMatchObject({
      title: "Follow-up of 1: Title",
      followUpOf: "1",
      acceptanceCriteria: ["It is sent."],
      state: "open",
    });
    expect(written(after)).toBe(after);
  },
);

test("the file keeps its own spacing", () => {
  const text = JSON.stringify({ tasks: TASKS }, null, 2);
  const after = written(text) ?? "";
  expect(after).toBe(JSON.stringify(JSON.parse(after), null, 2));
});

test("of several tags only the run's own is written", async () => {
  const other = [{ id: 1, title: "Other", status: "pending" }];
  const text = JSON.stringify({ master: { tasks: TASKS }, side: { tasks: other } }, null, 2);
  const after = written(text, "tasks.json#side", { key: "2", dependents: [] }) ?? "";
  expect((await read(after, "#side")).issues.map(({ key }) => key)).toEqual(["1", "2"]);
  expect((JSON.parse(after) as { master: unknown }).master).toEqual({ tasks: TASKS });
});

test.each([
  ["it is no JSON any more", "{"],
  ["the original is gone", JSON.stringify({ tasks: TASKS.slice(1) })],
  ["its number is another task's", JSON.stringify({ tasks: [...TASKS, { id: 4, title: "Else" }] })],
])("a file that cannot take it stays as it is: %s", (_why, text) => {
  expect(written(text)).toBeNull();
});

test("the next whole number is the name", () => {
  expect(taskMasterFollowUps("tasks.json").nameFor("2", new Set(["2", "10", "x"]))?.key).toBe("11");
});
