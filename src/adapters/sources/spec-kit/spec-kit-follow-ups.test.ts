import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { aFollowUp } from "../../../../test/support/a-follow-up.ts";
import { buildPlan } from "../../../core/plan/plan.ts";
import type { Plan } from "../../../core/plan/plan.ts";
import { createSpecKitSource } from "./spec-kit-source.ts";
import { specKitFollowUps } from "./spec-kit-follow-ups.ts";

let root = "";

beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), "cairn-spec-kit-"));
});

afterEach(() => {
  fs.rmSync(root, { recursive: true, force: true });
});

const FILES = specKitFollowUps("tasks.md");
const TASKS = `# Tasks: Login

## Phase 1: Setup

- [x] T001 Create the project
- [x] T002 [P] [US1] Write src/model.ts
  with its types
- [ ] T003 [P] [US1] Write src/view.ts

## Phase 2: Polish

- [ ] T004 Document it (depends on T002)
`;

function written(text: string, changes: Parameters<typeof aFollowUp>[0] = {}): string | null {
  const [edit] = FILES.edits(aFollowUp({ of: "T002", key: "T002b", ...changes }));
  return edit?.edit(text) ?? null;
}

async function planOf(text: string): Promise<Plan> {
  fs.writeFileSync(path.join(root, "tasks.md"), text);
  return buildPlan(await createSpecKitSource({ root }).read("tasks.md"));
}

function blockers(plan: Plan): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    plan.issues.map((issue) => [issue.key, issue.blockers.map(({ key }) => key)]),
  );
}

test("a rest stands below its original, and holds whoever waited for that", async () => {
  const after = written(TASKS, { dependents: ["T004", "T009"] }) ?? "";
  expect(after).toContain(
    "  with its types\n- [ ] T002b [P] [US1] Follow-up of T002: Title (depends on T002)\n\n  Follow-up of: T002\n",
  );
  const plan = await planOf(after);
  expect(plan.issues[2]).toMatchObject({
    key: "T002b",
    title: "Follow-up of T002: Title",
    followUpOf: "T002",
    state: "open",
    phase: "Phase 1: Setup",
    acceptanceCriteria: ["It is sent."],
  });
  expect(blockers(plan)["T002b"]).toContain("T002");
  expect(blockers(plan)["T003"]).not.toContain("T002b");
  expect(blockers(plan)["T004"]).toEqual(expect.arrayContaining(["T002", "T002b"]));
  expect(plan.cycles).toEqual([]);
});

test("everything else stays byte for byte, and written again it changes nothing", () => {
  const after = written(TASKS) ?? "";
  const at = after.indexOf("- [ ] T002b");
  const end = after.indexOf("- [ ] T003");
  expect(after.slice(0, at) + after.slice(end)).toBe(TASKS);
  expect(written(after)).toBe(after);
});

test("what an agent says of other tasks makes no order", async () => {
  const said = aFollowUp().body.replace("send it (no access)", "go on after T003, blocks T001");
  const after =
    written(TASKS, { body: said.replace("Follow-up of: 1", "Follow-up of: T002") }) ?? "";
  const plan = await planOf(after);
  expect(blockers(plan)["T002b"]).not.toContain("T003");
  expect(blockers(plan)["T001"]).toEqual([]);
});

test.each([
  ["the original is gone", TASKS.replaceAll("T002", "T012")],
  ["its name is another task's", `${TASKS}- [ ] T002b Something else\n`],
])("a list that cannot take it stays as it is: %s", (_why, text) => {
  expect(written(text)).toBeNull();
});

test("names are numbers of spec-kit with a letter", () => {
  expect(FILES.nameFor("T002", new Set(["T002", "T002b"]))?.key).toBe("T002c");
  expect(FILES.nameFor("login", new Set())).toBeNull();
});
