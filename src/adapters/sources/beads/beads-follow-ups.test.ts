import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { aFollowUp } from "../../../../test/support/a-follow-up.ts";
import { buildPlan } from "../../../core/plan/plan.ts";
import { beadsFollowUps } from "./beads-follow-ups.ts";
import { createBeadsSource } from "./beads-source.ts";

let root = "";

beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), "cairn-beads-"));
});

afterEach(() => {
  fs.rmSync(root, { recursive: true, force: true });
});

const FILES = beadsFollowUps("issues.jsonl");
const line = (id: string, on: readonly string[], more = {}) =>
  JSON.stringify({
    id,
    title: id,
    status: "open",
    priority: 1,
    issue_type: "bug",
    dependencies: on.map((depends_on_id) => ({ issue_id: id, depends_on_id, type: "blocks" })),
    ...more,
  });
const TEXT = [
  line("bd-a1", []),
  line("bd-b2", ["bd-a1"]),
  '{"_type":"comment","id":"bd-a1"}',
  line("bd-c3", ["bd-a1", "bd-b2"]),
].join("\n");

function written(text: string, changes: Parameters<typeof aFollowUp>[0] = {}): string | null {
  const named = { of: "bd-a1", key: "bd-a1b", dependents: ["bd-b2", "bd-c3", "bd-x"] };
  const [edit] = FILES.edits(aFollowUp({ ...named, ...changes }));
  return edit?.edit(text) ?? null;
}

test.each([
  ["with an end", `${TEXT}\n`],
  ["without one", TEXT],
  ["with Windows ends, behind a mark of byte order", `\uFEFF${TEXT.replaceAll("\n", "\r\n")}`],
])(
  "a rest is a line behind its original, and who waited for the whole waits for it: %s",
  async (_how, text) => {
    const after = written(text) ?? "";
    fs.writeFileSync(path.join(root, "issues.jsonl"), after);
    const plan = buildPlan(await createBeadsSource({ root }).read("issues.jsonl"));
    expect(plan.issues.map(({ key, blockers }) => [key, blockers.map((one) => one.key)])).toEqual([
      ["bd-a1", []],
      ["bd-a1b", ["bd-a1"]],
      ["bd-b2", ["bd-a1", "bd-a1b"]],
      ["bd-c3", ["bd-a1", "bd-a1b", "bd-b2"]],
    ]);
    expect(plan.issues[1]).toMatchObject({
      title: "Follow-up of bd-a1: Title",
      followUpOf: "bd-a1",
      priority: "P1",
      acceptanceCriteria: ["It is sent."],
    });
    expect(written(after)).toBe(after);
  },
);

test.each([
  ["the original is gone", line("bd-b2", [])],
  ["it is deleted", line("bd-a1", [], { status: "tombstone" })],
  ["its name is another issue's", `${TEXT}\n${line("bd-a1b", [])}`],
])("a file that cannot take it stays as it is: %s", (_why, text) => {
  expect(written(text)).toBeNull();
});

test("names go on in the alphabet, also behind a letter", () => {
  expect(FILES.nameFor("bd-a1", new Set(["bd-a1"]))?.key).toBe("bd-a1b");
  expect(FILES.nameFor("bd-3fx", new Set(["bd-3fxb"]))?.key).toBe("bd-3fxc");
});
