import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { aFollowUp } from "../../../../test/support/a-follow-up.ts";
import { buildPlan } from "../../../core/plan/plan.ts";
import { dispatchFollowUps } from "./dispatch-follow-ups.ts";
import { dispatchProgress } from "./dispatch-progress.ts";
import { createDispatchSource } from "./dispatch-source.ts";

let root = "";

beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), "cairn-dispatch-"));
});

afterEach(() => {
  fs.rmSync(root, { recursive: true, force: true });
});

const FILES = dispatchFollowUps("plan.yml");
const BLOCK = `milestone: {number: 4, title: Workers}
conflict_groups:
  - group_id: parser
    reason: both change it
    items: [4.1, 4.3]
waves:
  - wave: 1
    parallel: true
    items:
      - title: Parse
        issue: 4.1
        depends_on: []
        body: |
          Do it.

          Well.
      - title: Free
        issue: 4.2
        depends_on: []  # nothing
  # the second one
  - wave: 2
    parallel: true
    items:
      - title: Print
        issue: 4.3
        depends_on:
          - 4.1
          - 4.2
      - {issue: 4.4, title: Send, depends_on: 4.1}
      - {issue: 4.5, title: Post, depends_on: [4.1]}
`;
const FLOW = `milestone: {number: 4, title: Workers}
conflict_groups: []
waves:
  - {wave: 1, parallel: true, items: [{issue: 4.1, title: Parse, depends_on: []}, {issue: 4.2, title: Free, depends_on: []}]}
  - {wave: 2, parallel: true, items: [{issue: 4.3, title: Print, depends_on: [4.1]}]}
`;

function written(text: string, changes: Parameters<typeof aFollowUp>[0] = {}): string | null {
  const dependents = ["4.3", "4.4", "4.5", "9.9"];
  const [edit] = FILES.edits(aFollowUp({ of: "4.1", key: "4.1b", dependents, ...changes }));
  return edit?.edit(text) ?? null;
}

async function read(text: string) {
  fs.writeFileSync(path.join(root, "plan.yml"), text);
  const plan = buildPlan(await createDispatchSource({ root }).read("plan.yml"));
  const edges = plan.issues.map(({ key, blockers }) => [key, blockers.map((one) => one.key)]);
  return { plan, edges };
}

function markedDone(text: string): string {
  return dispatchProgress("plan.yml").mark(text, new Map([["4.1", "done"]])) ?? "";
}

test("a rest is an item behind its original; whoever waits for the whole waits for both", async () => {
  const { plan, edges } = await read(markedDone(written(BLOCK) ?? ""));
  expect(edges).toEqual([
    ["4.1", []],
    ["4.1b", ["4.1"]],
    ["4.2", []],
    ["4.3", ["4.1", "4.1b", "4.2"]],
    ["4.4", ["4.1", "4.1b"]],
    ["4.5", ["4.1", "4.1b"]],
  ]);
  expect(plan.issues[1]).toMatchObject({
    title: "Follow-up of 4.1: Title",
    followUpOf: "4.1",
    state: "open",
    conflictGroup: "parser",
    files: ["src/a.ts"],
    acceptanceCriteria: ["It is sent."],
  });
  // That some items here have no text is told of them as before.
  const critical = plan.findings.filter(({ severity }) => severity === "critical");
  expect(critical.filter(({ code }) => code !== "plan/empty-body")).toEqual([]);
});

test.each([
  ["items in blocks", BLOCK],
  ["items in brackets", FLOW],
  ["Windows ends", BLOCK.replaceAll("\n", "\r\n")],
  [
    "the original is the last item, without a line end",
    BLOCK.slice(0, BLOCK.indexOf("      - title: Free")).trimEnd(),
  ],
])("everything else stays, and written again it changes nothing: %s", async (_how, text) => {
  const after = written(text) ?? "";
  expect(after).not.toBe("");
  const { edges } = await read(after);
  expect(edges.slice(0, 2)).toEqual([
    ["4.1", []],
    ["4.1b", ["4.1"]],
  ]);
  expect(written(after)).toBe(after);
  expect(after.split(/\r?\n/u)).toEqual(
    expect.arrayContaining(text.split(/\r?\n/u).filter((line) => !/4\.[1345]/u.test(line))),
  );
});

test("in a plan that is made of another source only the order is said", () => {
  const text = BLOCK.replace(
    "conflict_groups:",
    "source: {kind: markdown, reference: plan.md}\nconflict_groups:",
  );
  const after = written(text) ?? "";
  expect(after).toContain(
    '        issue: "4.1b"\n        conflict_group: "parser"\n        depends_on: ["4.1"]\n',
  );
  expect(after).not.toContain("Follow-up of: 4.1\n");
  expect(written(after)).toBe(after);
});

test.each([
  ["the original is gone", BLOCK.replaceAll("4.1", "4.9")],
  ["its name is another issue's", BLOCK.replace("issue: 4.2", "issue: 4.1b")],
  ["it is no YAML any more", `${BLOCK}\n  - {`],
])("a plan that cannot take it stays as it is: %s", (_why, text) => {
  expect(written(text)).toBeNull();
});

test("a number of a forge goes on as a key of its own", () => {
  expect(FILES.nameFor("#153", new Set(["#153", "#154"]))?.key).toBe("153b");
  expect(FILES.nameFor("login", new Set(["login"]))?.key).toBe("login-b");
});
