import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadConfig } from "../config/load.ts";
import type { SourceReference } from "../core/plan/issue.ts";
import { buildPlan } from "../core/plan/plan.ts";
import { readMilestone } from "./read-milestone.ts";
import { savePlan } from "./saved-plan.ts";

let root = "";

beforeEach(() => {
  root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "cairn-read-")));
  fs.cpSync("examples/json/issues.json", path.join(root, "issues.json"));
});

afterEach(() => {
  fs.rmSync(root, { recursive: true, force: true });
});

function place(directory = root) {
  const { config } = loadConfig({ root, env: {} });
  return { root, directory, config, cairnFolder: path.join(root, ".cairn") };
}

async function save(output: string, merged: ReadonlySet<string>): Promise<void> {
  const milestone = await readMilestone(place(), "issues.json");
  const done = { state: "closed", closedAs: "completed" } as const;
  const issues = milestone.issues.map((issue) =>
    merged.has(issue.key) ? { ...issue, ...done } : issue,
  );
  const gates = { preMerge: [], postMerge: [] };
  await savePlan(place(), buildPlan({ ...milestone, issues }), { output, force: false, gates });
}

test("a plan saved in the middle of the work is not stale because its source does not know yet", async () => {
  const first = (await readMilestone(place(), "issues.json")).issues.find(
    ({ state }) => state === "open",
  );
  const merged = new Set([first?.key ?? ""]);
  await save("plan.yaml", merged);
  const stale = async (of: SourceReference["kind"] | null): Promise<readonly string[]> => {
    const mergedBefore = ({ kind }: SourceReference): Promise<ReadonlySet<string>> =>
      Promise.resolve(kind === of ? merged : new Set());
    const milestone = await readMilestone({ ...place(), mergedBefore }, "plan.yaml");
    return milestone.findings.filter(({ code }) => code === "plan/stale").map((it) => it.message);
  };
  expect(await stale("json")).toEqual([]);
  expect(await stale("dispatch")).toEqual([]);
  expect(await stale(null)).toEqual([
    `plan.yaml is stale: issues.json has changed since it was saved: ${first?.key} is open again.`,
  ]);
});

test("the source of a saved plan is taken from the root, the plan from the folder of the command", async () => {
  fs.mkdirSync(path.join(root, "docs/deep"), { recursive: true });
  await save("docs/plan.yaml", new Set());
  const milestone = await readMilestone(place(path.join(root, "docs/deep")), "../plan.yaml");
  expect(milestone.source).toEqual({
    kind: "dispatch",
    reference: "docs/plan.yaml",
    truth: { kind: "json", reference: "issues.json" },
  });
  expect(milestone.findings).toEqual([]);
});

test("a plan whose source leads out of the repository is refused", async () => {
  for (const reference of ["../other.json", "/etc/passwd"]) {
    fs.writeFileSync(
      path.join(root, "plan.yaml"),
      `source: {kind: json, reference: ${reference}}\nwaves: [{items: [{issue: 1}]}]\n`,
    );
    await expect(readMilestone(place(), "plan.yaml")).rejects.toMatchObject({
      code: "source/outside",
    });
  }
});
