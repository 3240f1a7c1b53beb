import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadConfig } from "../config/load.ts";
import { UserError } from "../errors.ts";
import { readMilestone } from "./read-milestone.ts";

let root = "";

beforeEach(() => {
  root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "cairn-choice-")));
  const files = {
    "plan.md": "## Task 1.1: A\n\nText.\n\n- [ ] T001 a point\n",
    "docs/M4_workers.md": "## Task 4.1: A\n",
    "issues.json": '[{"number": 1, "title": "A"}]',
    "odd.json": '{"number": 1}',
    "list.md": "- [ ] T001 A\n",
    "specs/001-x/tasks.md": "- [ ] T001 A\n",
    ".taskmaster/tasks/tasks.json":
      '{"master": {"tasks": [{"id": 1, "title": "A"}]}, "b": {"tasks": [{"id": 2, "title": "B"}]}}',
    ".beads/issues.jsonl": '{"id": "bd-1", "title": "A"}\n',
  };
  for (const [name, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    fs.writeFileSync(path.join(root, name), text);
  }
});

afterEach(() => {
  fs.rmSync(root, { recursive: true, force: true });
});

async function read(...words: readonly string[]) {
  return await readMilestone(
    { root, directory: root, config: loadConfig({ root, flags: [], env: {} }).config },
    words,
  );
}

test.each([
  ["@plan.md", "markdown", "plan.md", "1.1"],
  ["issues.json", "json", "issues.json", "#1"],
  ["list.md", "spec-kit", "list.md", "T001"],
  ["specs/001-x", "spec-kit", "specs/001-x/tasks.md", "T001"],
  ["specs/001-x/tasks.md", "spec-kit", "specs/001-x/tasks.md", "T001"],
  [".taskmaster", "task-master", ".taskmaster/tasks/tasks.json#master", "1"],
  [".taskmaster/tasks/tasks.json#b", "task-master", ".taskmaster/tasks/tasks.json#b", "2"],
  [".beads", "beads", ".beads/issues.jsonl", "bd-1"],
  ["./.beads/issues.jsonl", "beads", ".beads/issues.jsonl", "bd-1"],
])("%s is read by %s", async (word, kind, reference, key) => {
  const milestone = await read(word);
  expect([milestone.source, milestone.issues[0]?.key]).toEqual([{ kind, reference }, key]);
});

test.each([
  [["odd.json"], "source/not-a-list", "odd.json holds a object, not a list of issues."],
  [
    ["153", "154"],
    "source/needs-github",
    "#153, #154 would be issues on GitHub; this version reads plans from the repository only.",
  ],
  [
    ["M4", "worker"],
    "source/needs-github",
    "`M4 worker` is no file or folder here, so it would be a milestone on GitHub; this version reads plans from the repository only.",
  ],
  [["153", "title"], "source/mixed", "Cannot mix issue numbers and a milestone title."],
  [["@gone.md"], "source/not-found", "There is no file gone.md."],
])("%j is refused", async (words, code, message) => {
  const error: unknown = await read(...words).then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(UserError);
  expect(error).toMatchObject({ code, message });
});

test("a title that is nearly the name of a plan is answered with that name", async () => {
  await expect(read("M4_worker")).rejects.toMatchObject({
    hints: expect.arrayContaining(["Did you mean docs/M4_workers.md?"]) as unknown,
  });
});
