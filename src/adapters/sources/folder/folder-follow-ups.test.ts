import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { aFollowUp } from "../../../../test/support/a-follow-up.ts";
import { buildPlan } from "../../../core/plan/plan.ts";
import { folderFollowUps } from "./folder-follow-ups.ts";
import { createFolderSource } from "./folder-source.ts";

let root = "";

beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), "cairn-folder-"));
});

afterEach(() => {
  fs.rmSync(root, { recursive: true, force: true });
});

function write(file: string, text: string): void {
  fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
  fs.writeFileSync(path.join(root, file), text);
}

const spec = (title: string, dependencies: string): string =>
  `---\ndependencies: [${dependencies}]\n---\n\n# ${title}\n\nDo it well.\n`;

async function planOf(folder: string) {
  return buildPlan(await createFolderSource({ root, pattern: "docs/{m}" }).read(folder));
}

test.each([
  ["m5", "m5", "issues/"],
  ["m5", "m5", ""],
  ["checkout-flow", "checkout-flow", ""],
])(
  "a rest is a file of its own, and who waited for the whole waits for it: %s/%s",
  async (name, milestone, below) => {
    const folder = `docs/${name}`;
    write(`${folder}/${below}01-parse.md`, spec("Parse", ""));
    write(`${folder}/${below}02-print.md`, spec("Print", "01"));
    const before = await planOf(folder);
    const files = folderFollowUps(folder, before.issues);
    const key = files.nameFor(`${milestone}/01`, new Set(before.issues.map((one) => one.key)))?.key;
    expect(key).toBe(`${milestone}/01b`);
    const dependents = [`${milestone}/02`];
    const followUp = aFollowUp({ of: `${milestone}/01`, key: `${milestone}/01b`, dependents });
    const [edit] = files.edits(followUp);
    expect(edit?.path).toBe(`${folder}/${below}01b-follow-up.md`);
    const text = edit?.edit(null) ?? "";
    write(edit?.path ?? "", text);
    const plan = await planOf(folder);
    expect(plan.issues.map((issue) => [issue.key, issue.blockers.map((one) => one.key)])).toEqual([
      [`${milestone}/01`, []],
      [`${milestone}/01b`, [`${milestone}/01`]],
      [`${milestone}/02`, expect.arrayContaining([`${milestone}/01`, `${milestone}/01b`])],
    ]);
    expect(plan.issues[1]).toMatchObject({
      title: `Follow-up of ${milestone}/01: Title`,
      followUpOf: `${milestone}/01`,
      acceptanceCriteria: ["It is sent."],
      files: ["src/a.ts"],
    });
    expect(plan.findings.filter(({ severity }) => severity === "critical")).toEqual([]);
    expect(edit?.edit(text)).toBe(text);
    expect(edit?.edit("# Something else\n")).toBeNull();
  },
);

test("the plan file of a folder names the folder; a file that is called by its whole name has no next one", () => {
  const files = folderFollowUps("docs/m5/IMPLEMENTATION_PLAN.md");
  expect(files.edits(aFollowUp({ of: "m5/1", key: "m5/1b" }))[0]?.path).toBe(
    "docs/m5/1b-follow-up.md",
  );
  expect(files.nameFor("m5/03-parse", new Set())).toBeNull();
});
