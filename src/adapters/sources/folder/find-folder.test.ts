import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { UserError } from "../../../errors.ts";
import {
  findMilestoneFolder,
  hasMilestoneFolder,
  isMilestoneFolder,
  milestoneName,
} from "./find-folder.ts";

const pattern = "docs/**/milestones/{m}";
let root = "";

beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), "cairn-folder-"));
});

afterEach(() => {
  fs.rmSync(root, { recursive: true, force: true });
});

function folders(...names: readonly string[]): void {
  for (const name of names) fs.mkdirSync(path.join(root, name), { recursive: true });
}

function refusal(name: string, places = { root, pattern }): UserError {
  try {
    findMilestoneFolder(places, name);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

test.each([
  ["m5", "m5"],
  ["M5", "m5"],
  ["5", "m5"],
  ["m5/", "m5"],
  ["m05", "m5"],
  ["m4.1", "m4.1"],
  ["4.1", "m4.1"],
  ["m5a", null],
  ["milestone 5", null],
  ["", null],
  ["m5/../..", null],
])("%j is called %s", (written, name) => {
  expect(milestoneName(written)).toBe(name);
});

test.each([
  ["m5", "docs/milestones/m5"],
  ["m6", "docs/design/deep/milestones/M6"],
  ["m4.1", "docs/milestones/m4.1"],
  ["m7", "docs/milestones/m7-users"],
])("the folder of %s is %s", (name, folder) => {
  folders(
    "docs/milestones/m5",
    "docs/milestones/m55",
    "docs/milestones/m5-old",
    "other/milestones/m5",
  );
  folders("docs/design/deep/milestones/M6", "docs/milestones/m4.1", "docs/milestones/m7-users");
  folders("docs/node_modules/milestones/m5", "docs/milestones/m5/milestones-not/m5");
  expect(findMilestoneFolder({ root, pattern }, name)).toBe(folder);
});

test("the pattern of the settings decides where folders lie", () => {
  folders("plans/m5-users/spec", "docs/milestones/m5");
  const places = { root, pattern: "plans/{m}*/spec" };
  expect(findMilestoneFolder(places, "m5")).toBe("plans/m5-users/spec");
  expect([hasMilestoneFolder(places, "5"), hasMilestoneFolder(places, "m6")]).toEqual([
    true,
    false,
  ]);
});

test("several are named, all of them", () => {
  folders("docs/a/milestones/m5", "docs/b/milestones/m5");
  const error = refusal("m5");
  expect([error.code, error.message, error.hints]).toEqual([
    "source/several-folders",
    "2 folders are called m5: docs/a/milestones/m5, docs/b/milestones/m5.",
    ["Name one by its path: cairn plan docs/a/milestones/m5"],
  ]);
});

test("where there is none, those that are there are named, the nearest first", () => {
  folders("docs/milestones/m1", "docs/milestones/m7", "docs/milestones/m4.1");
  const error = refusal("m5");
  expect([error.code, error.message, error.hints]).toEqual([
    "source/not-found",
    "There is no milestone folder m5; looked for docs/**/milestones/m5.",
    ["There are: m4.1 (docs/milestones/m4.1), m7 (docs/milestones/m7), m1 (docs/milestones/m1)."],
  ]);
});

test.each(["docs/**/milestones/{m}", "../**/{m}", "/etc/{m}", "no/such/{m}", "{m}", "docs/{m"])(
  "a pattern such as %j finds nothing where nothing is, and leaves the repository alone",
  (odd) => {
    expect(refusal("m5", { root, pattern: odd }).code).toBe("source/not-found");
  },
);

test("links are not followed", () => {
  const outside = fs.mkdtempSync(path.join(os.tmpdir(), "cairn-outside-"));
  try {
    fs.mkdirSync(path.join(outside, "milestones/m5"), { recursive: true });
    folders("docs");
    fs.symlinkSync(outside, path.join(root, "docs/link"));
    expect(refusal("m5").code).toBe("source/not-found");
  } finally {
    fs.rmSync(outside, { recursive: true, force: true });
  }
});

test("a repository with more entries than are looked at says so", () => {
  folders("docs/many");
  for (let i = 0; i < 20_001; i += 1) fs.writeFileSync(path.join(root, `docs/many/${i}.txt`), "");
  expect(refusal("m5").hints.at(-1)).toBe(
    "Only the first 20000 entries were looked at: name the folder by its path.",
  );
});

test.each([
  ["docs/milestones/m5", true],
  ["plans/users", true],
  ["plans/users/IMPLEMENTATION_PLAN.md", true],
  ["docs/milestones/m5/plan.md", true],
  ["plans/notes", false],
  ["plans/notes/PLAN.md", false],
  ["M5_users.md", false],
  ["docs/milestones/m9", false],
  ["..", false],
])("%s is a milestone folder: %s", (reference, is) => {
  folders("docs/milestones/m5", "plans/users", "plans/notes");
  fs.writeFileSync(path.join(root, "plans/users/Implementation_Plan.md"), "");
  expect(isMilestoneFolder(root, reference)).toBe(is);
});
