import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { completeIssue } from "../../../core/plan/complete-issue.ts";
import { resolveEdges } from "../../../core/plan/resolve-edges.ts";
import { UserError } from "../../../errors.ts";
import { folderProgress } from "./folder-progress.ts";
import { createFolderSource } from "./folder-source.ts";
import { joinPlan } from "./join-plan.ts";
import { readPlan } from "./plan-file.ts";
import { readSpec } from "./spec-file.ts";

const FOLDER = "docs/milestones/m5";
let root = "";

beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), "cairn-folder-"));
});

afterEach(() => {
  fs.rmSync(root, { recursive: true, force: true });
});

/** Writes files below the milestone's folder. */
function write(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(root, FOLDER, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, text);
  }
}

const read = (reference = "m5") =>
  createFolderSource({ root, pattern: "docs/**/milestones/{m}" }).read(reference);

async function refusal(reference: string): Promise<UserError> {
  const error: unknown = await read(reference).then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(UserError);
  return error as UserError;
}

const PLAN = `---
design: design.md
---
# Milestone M5: Users — Implementation Plan

**Milestone Branch:** \`milestone/m5-users\`

## Phase 1: Model

| Prio | Issue | Blocked by | Size |
|------|-------|------------|------|
| P0 | [#301](01-model.md) Create the model | - | M |
| P1 | 02 Hash passwords | #301 | 30 min |

## Phase 2: API

| Depends on | # | Issue |
|---|---|---|
| 01, 02 | 03 | Register |

## Progress

- [x] 02 Hash passwords
`;

const MODEL = `---
title: "Create the model"
github_issue: 301
priority: P0
dependencies: []
labels: [api]
---

# Create the model

## Done Definition

A user can be made.

### Task 1: Create User (3 min)

**Files:**
- Create: \`src/user.js\`

**RED:**
\`\`\`js
assert(new User());
\`\`\`

**Verify:** \`node --test\`

### Task 2: Names

**Files:** \`src/user.js\`, \`src/name.js\`
`;

test("a folder becomes a milestone: the table's order, the files' words, phases, steps, branch and marks", async () => {
  write({
    "IMPLEMENTATION_PLAN.md": PLAN,
    "design.md": "How it is made.\n",
    "01-model.md": MODEL,
    "02-hash.md": "# Hash passwords\n\nText.\n",
    "issues/issue-03-register.md":
      "---\ndepends_on: [m5/02, issue-03-register.md]\nestimated_tasks: 5\n---\nRegister.\n",
  });
  const plan = `${FOLDER}/IMPLEMENTATION_PLAN.md`;
  const common = {
    closedAs: null,
    state: "open",
    type: "CODING",
    url: null,
    acceptanceCriteria: [],
  };
  const declared = { strength: "hard", origin: "text", resolved: true };
  const steps = { red: null, green: null, verify: null };
  expect(await read()).toEqual({
    source: { kind: "folder", reference: FOLDER },
    title: "Users",
    number: "m5",
    url: null,
    integrationBranch: "milestone/m5-users",
    documents: [`${FOLDER}/design.md`],
    handoff: null,
    findings: [
      {
        code: "source/dependencies-differ",
        severity: "warning",
        key: "m5/03",
        file: plan,
        line: 19,
        column: 3,
        message: `The table says that m5/03 waits for m5/01, m5/02, ${FOLDER}/issues/issue-03-register.md:2 says m5/02, m5/03; the file counts.`,
        hint: "Write the same in both.",
      },
      {
        code: "source/left-out",
        severity: "info",
        file: `${FOLDER}/design.md`,
        line: 1,
        column: 1,
        message: `${FOLDER}/design.md is not read as an issue: neither its name nor its front matter has a number.`,
        hint: "Put the number first (`03-title.md`), or write `github_issue:` at its top.",
      },
    ],
    issues: [
      {
        ...common,
        key: "m5/01",
        number: "301",
        title: "Create the model",
        body: MODEL.split("\n").slice(8).join("\n").trimEnd(),
        labels: ["api", "size:M"],
        priority: "P0",
        files: ["src/user.js", "src/name.js"],
        declarations: [],
        statesDependencies: true,
        place: { file: `${FOLDER}/01-model.md`, line: 8, column: 1 },
        phase: "Phase 1: Model",
        minutes: 7,
        steps: [
          {
            ...steps,
            title: "Create User",
            minutes: 3,
            files: ["src/user.js"],
            red: "assert(new User());",
            verify: "node --test",
            place: { file: `${FOLDER}/01-model.md`, line: 15, column: 1 },
          },
          {
            ...steps,
            title: "Names",
            minutes: null,
            files: ["src/user.js", "src/name.js"],
            place: { file: `${FOLDER}/01-model.md`, line: 27, column: 1 },
          },
        ],
      },
      {
        ...common,
        key: "m5/02",
        number: "02",
        title: "Hash passwords",
        body: "\nText.",
        state: "closed",
        closedAs: "completed",
        labels: [],
        priority: "P1",
        files: [],
        declarations: [
          {
            ...declared,
            target: "m5/01",
            place: { file: plan, line: 13, column: 28 },
            words: "dependencies: #301",
          },
        ],
        statesDependencies: true,
        place: { file: `${FOLDER}/02-hash.md`, line: 1, column: 1 },
        phase: "Phase 1: Model",
        minutes: 30,
      },
      {
        ...common,
        key: "m5/03",
        number: "03",
        title: "Register",
        body: "Register.",
        labels: [],
        priority: null,
        files: [],
        declarations: [
          {
            ...declared,
            target: "m5/02",
            place: { file: `${FOLDER}/issues/issue-03-register.md`, line: 2, column: 14 },
            words: "dependencies: m5/02",
          },
          {
            ...declared,
            target: "m5/03",
            place: { file: `${FOLDER}/issues/issue-03-register.md`, line: 2, column: 21 },
            words: "dependencies: issue-03-register.md",
          },
        ],
        statesDependencies: true,
        place: { file: `${FOLDER}/issues/issue-03-register.md`, line: 4, column: 1 },
        phase: "Phase 2: API",
        minutes: 20,
      },
    ],
  });
});

test("every defect is found at once, each with its place", async () => {
  write({
    "IMPLEMENTATION_PLAN.md": `# M5
Milestone branch: main
| # | Title | Priority | Dependencies | Status |
|---|---|---|---|---|
| 01 | A | P1 | 02 | Done |
| 02 | B | P7 | #999 | Todo |
| 02 | B again | P1 | - | - |
| Notes | C | | | |
| 05 | Gone | P1 | | |
## Tracking
| Issue | Status |
|---|---|
| 01 | Todo |
| 03 | ⛔ Blocked by legal |
| 02 | perhaps |
| 77 | Done |
\`\`\`
`,
    "01-a.md": "---\npriority: P0\ndependencies: [03]\n---\nA\n\nDepends on: 02\n",
    "02-b.md":
      "---\ngithub_issue: soon\nestimated_tasks: many\nlabels: {a: b}\ntype: FEATURE\npriority: P9\n---\nB\n\n**Type:** Bug\n",
    "03-c.md": "---\ngithub_issue: 12\n---\nC\n",
    "04-d.md": "---\ngithub_issue: 12\n---\nD\n",
    "06-e.md": "---\ntitle: [\ndependencies: [1]\n---\nE\n",
    "07-f.md": "F",
    "07-g.md": "G",
    "08-h.md": "   \n",
  });
  const { findings } = await read();
  expect(
    findings.map(({ code, severity, file, line, column }) =>
      [code, severity, `${file?.replace(`${FOLDER}/`, "") ?? ""}:${line ?? 0}:${column ?? 0}`].join(
        " ",
      ),
    ),
  ).toEqual([
    "source/empty critical 08-h.md:1:1",
    "source/open-fence warning IMPLEMENTATION_PLAN.md:17:1",
    "source/branch warning IMPLEMENTATION_PLAN.md:2:1",
    "source/table-row warning IMPLEMENTATION_PLAN.md:8:1",
    "source/front-matter-value warning 02-b.md:2:15",
    "source/front-matter-value warning 02-b.md:3:18",
    "source/front-matter-value warning 02-b.md:4:9",
    "source/unknown-type warning 02-b.md:5:7",
    "source/front-matter-value warning 02-b.md:6:11",
    "source/unknown-type warning 02-b.md:10:1",
    "source/front-matter warning 06-e.md:3:1",
    "source/duplicate-number critical 04-d.md:2:15",
    "source/duplicate-number critical 07-g.md:1:1",
    "source/duplicate-row warning IMPLEMENTATION_PLAN.md:7:3",
    "source/priority-differs warning IMPLEMENTATION_PLAN.md:5:12",
    "source/dependencies-differ warning IMPLEMENTATION_PLAN.md:5:17",
    "source/dependencies-twice warning 01-a.md:7:1",
    "source/status-differs info IMPLEMENTATION_PLAN.md:5:22",
    "source/priority warning IMPLEMENTATION_PLAN.md:6:12",
    "source/status-differs info IMPLEMENTATION_PLAN.md:6:24",
    "source/no-spec warning IMPLEMENTATION_PLAN.md:9:3",
    "source/not-in-table warning 03-c.md:1:1",
    "source/blocked warning IMPLEMENTATION_PLAN.md:14:8",
    "source/not-in-table warning 04-d.md:1:1",
    "source/not-in-table warning 06-e.md:1:1",
    "source/not-in-table warning 07-f.md:1:1",
    "source/not-in-table warning 07-g.md:1:1",
    "source/unknown-status warning IMPLEMENTATION_PLAN.md:15:8",
    "source/unknown-issue info IMPLEMENTATION_PLAN.md:16:8",
  ]);
  expect(findings.every(({ message, hint }) => /[.?]$/u.test(message) && /[.?]$/u.test(hint))).toBe(
    true,
  );
});

/** What each issue waits for, as the plan resolves it; last the words for what is not in it. */
async function edges(): Promise<Readonly<Record<string, readonly (string | null)[]>>> {
  const issues = (await read()).issues.map(completeIssue);
  const { blockers, outside } = resolveEdges(issues);
  return Object.fromEntries(
    issues.map((issue, index) => [
      issue.key.replace("m5/", ""),
      [...(blockers[index] ?? []).map(({ key }) => key.replace("m5/", "")), outside[index] ?? null],
    ]),
  );
}

/** A plan of two phases with these words above them. */
function phasedPlan(words: string): string {
  return `# P\n\n${words}\n\n## Phase 1: One\n|#|Title|Depends on|\n|-|-|-|\n|01|A||\n|02|B|01|\n|03|C||\n## Phase 2: Two\n|#|Title|Depends on|\n|-|-|-|\n|04|D||\n|05|E|Phase 1|\n`;
}

describe("what an issue waits for", () => {
  test("one issue may be named in every way", async () => {
    write({
      "01-a.md": "---\ngithub_issue: 301\n---\nA\n",
      "02-b.md": "---\ndependencies: ['#301']\n---\nB\n",
      "03-c.md": "---\ndependencies: 301\n---\nC\n",
      "04-d.md": "---\ndependencies: [01]\n---\nD\n",
      "05-e.md": "---\ndependencies: [m5/01]\n---\nE\n",
      "06-f.md": "---\nblocked_by: 01-a.md\n---\nF\n",
      "07-g.md": "---\ndependencies: 'none'\n---\nG\n",
      "08-h.md": "H\n\n**Depends on:** #301\n",
      "09-i.md": "---\ndependencies: 06, 07\n---\nI\n",
    });
    const first = ["01", null];
    expect(await edges()).toEqual({
      "01": [null],
      "02": first,
      "03": first,
      "04": first,
      "05": first,
      "06": first,
      "07": [null],
      "08": first,
      "09": ["06", "07", null],
    });
  });

  test("what cannot be read, or is not there, fails closed", async () => {
    write({
      "01-a.md": "---\ndependencies: ['#999', {issue: 2}, after the audit]\n---\nA\n",
      "02-b.md": "---\ndependencies: [\n---\nB\n",
      "PLAN.md": "| Issue | Title | Status |\n|---|---|---|\n| 03 | C | Blocked: audit |\n",
      "03-c.md": "C\n",
    });
    expect(await edges()).toEqual({
      "01": ['#999 (not in this plan); "{"issue":2}"; "after the audit"'],
      "02": ['"front matter that cannot be read"'],
      "03": ['"Blocked: audit"'],
    });
  });

  test("phases are names, unless the plan says that they come in order", async () => {
    const files = Object.fromEntries(
      ["01", "02", "03", "04", "05"].map((n) => [`${n}-x.md`, "X\n"]),
    );
    const free = { "01": [null], "02": ["01", null], "03": [null], "05": ["01", "02", "03", null] };
    write({
      ...files,
      "IMPLEMENTATION_PLAN.md": phasedPlan("Phases are listed in order of size."),
    });
    expect(await edges()).toEqual({ ...free, "04": [null] });
    write({
      "IMPLEMENTATION_PLAN.md": phasedPlan("No phase begins before the one above it is over."),
    });
    expect(await edges()).toEqual({ ...free, "04": ["02", "03", null] });
    const [finding] = (await read()).issues[3]?.declarations ?? [];
    expect(finding).toEqual({
      target: "m5/02",
      strength: "hard",
      origin: "text",
      resolved: true,
      place: { file: `${FOLDER}/IMPLEMENTATION_PLAN.md`, line: 3, column: 1 },
      words: "No phase begins before the one above it is over.",
    });
  });
});

test("a plan may list its issues instead of a table", async () => {
  write({
    "IMPLEMENTATION_PLAN.md":
      "# M5\n- 09 no issue\n## Phase 1: One\n- [x] #301 Model\n- [02 Hash](02-hash.md)\n- 3 things to know\n## Notes\n- 04 no issue\n## Issues\n1. 05: Last — soon\n",
    "01-model.md": "---\ngithub_issue: 301\ngroomed: true\n---\nM\n",
    "02-hash.md": "---\ngroomed: false\n---\nH\n",
  });
  const { issues, findings } = await read();
  expect(
    issues.map(({ key, title, phase, state, groomed }) => [key, title, phase, state, groomed]),
  ).toEqual([
    ["m5/01", "Model", "Phase 1: One", "closed", true],
    ["m5/02", "Hash", "Phase 1: One", "open", false],
    ["m5/05", "Last — soon", undefined, "open", undefined],
  ]);
  expect(findings.map(({ code, line }) => [code, line])).toEqual([["source/no-spec", 10]]);
});

test("any text is read as a plan and as a spec", () => {
  const line = fc.constantFrom(
    "---",
    "# M5",
    "## Phase 1: A",
    "## Tracking",
    "| Issue | Title | Depends on | Status |",
    "|---|---|---|---|",
    "| #1 | [a](b.md) | 2, #3-#9 | ✅ |",
    "| | |",
    "- [x] 01 A — Done",
    "dependencies: [1, {a: [*b]}]",
    "github_issue: &a [*a]",
    "### Task 1: A (3 min)",
    "```",
    "<!--",
    "**RED:**",
    "Branch: x",
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(line, fc.string()), { maxLength: 30 }), (lines) => {
      const text = lines.join("\n");
      const plan = readPlan("docs/m5/PLAN.md", text, null);
      const { issues, findings } = joinPlan("m5", plan, [readSpec("docs/m5/01-a.md", text)]);
      const keys = issues.map((issue) => issue.key);
      expect(new Set(keys).size).toBe(keys.length);
      const places = [...plan.findings, ...findings].map(({ line: at, column }) => [at, column]);
      expect(places.flat().every((number) => (number ?? 0) >= 1)).toBe(true);
    }),
  );
});

test("marks that were written are read: done frees, skipped closes, blocked holds", async () => {
  write({
    "IMPLEMENTATION_PLAN.md": PLAN,
    "01-model.md": MODEL,
    "02-h.md": "H\n",
    "03-r.md": "R\n",
  });
  const before = await read();
  const file = folderProgress(before.source.reference, before.issues);
  const absolute = path.join(root, file.path);
  const marked = file.mark(
    fs.readFileSync(absolute, "utf8"),
    new Map([
      ["m5/01", "skipped"],
      ["m5/02", "done"],
      ["m5/03", "blocked"],
    ] as const),
  );
  fs.writeFileSync(absolute, marked ?? "");
  expect(fs.readFileSync(absolute, "utf8")).toBe(
    PLAN.replace(
      "- [x] 02 Hash passwords\n",
      "- [x] 02 Hash passwords\n- 01: Create the model — Skipped\n- 03: Register — Blocked\n",
    ),
  );
  const after = await read();
  expect(after.issues.map((issue) => [issue.key, issue.state, issue.closedAs])).toEqual([
    ["m5/01", "closed", "not-planned"],
    ["m5/02", "closed", "completed"],
    ["m5/03", "open", null],
  ]);
  expect(after.issues[2]?.declarations.at(-1)).toMatchObject({ resolved: false, strength: "hard" });
});

describe("files", () => {
  test("without a plan the issue files are the milestone, and that is said", async () => {
    write({ "10-b.md": "B\n", "9-a.md": "---\ntitle: A title\n---\n# Other\n", "README.md": "x" });
    const { issues, findings, title, source } = await read(FOLDER);
    expect([title, source.reference]).toEqual(["m5", FOLDER]);
    expect(issues.map((issue) => [issue.key, issue.title])).toEqual([
      ["m5/9", "A title"],
      ["m5/10", "B"],
    ]);
    expect(findings.map((finding) => finding.code)).toEqual(["source/no-plan"]);
  });

  test.each(["m5", "5", "M5/", FOLDER, `${FOLDER}/plan.md`, `@${FOLDER}`])(
    "%s is the same",
    async (reference) => {
      write({ "plan.md": "| Issue | Title |\n|-|-|\n| 01 | A |\n", "01-a.md": "A\n" });
      const milestone = await read(reference);
      expect([milestone.number, milestone.source.reference]).toEqual(["m5", `${FOLDER}/plan.md`]);
      expect(folderProgress(milestone.source.reference).path).toBe(`${FOLDER}/plan.md`);
    },
  );

  test.each([
    ["m9", "source/not-found"],
    ["docs/none", "source/not-found"],
    ["..", "source/outside"],
    ["docs/out", "source/outside"],
    ["docs/empty", "source/no-tasks"],
    ["a\0b", "source/not-found"],
  ])("%j is refused with %s", async (reference, code) => {
    write({ "01-a.md": "A\n" });
    fs.mkdirSync(path.join(root, "docs/empty"));
    fs.symlinkSync(os.tmpdir(), path.join(root, "docs/out"));
    const error = await refusal(reference);
    expect(error.code).toBe(code);
    expect(error.hints.length).toBeGreaterThan(0);
  });

  test("nothing outside of the repository is read", async () => {
    const secret = fs.mkdtempSync(path.join(os.tmpdir(), "cairn-secret-"));
    try {
      fs.writeFileSync(path.join(secret, "02-secret.md"), "SECRET\n");
      write({ "01-a.md": "---\ndesign: ../../../../../../../../etc/hostname\n---\nA\n" });
      fs.symlinkSync(path.join(secret, "02-secret.md"), path.join(root, FOLDER, "02-secret.md"));
      fs.symlinkSync(secret, path.join(root, FOLDER, "issues"));
      fs.symlinkSync(
        path.join(secret, "02-secret.md"),
        path.join(root, FOLDER, "IMPLEMENTATION_PLAN.md"),
      );
      const milestone = await read();
      expect(JSON.stringify(milestone)).not.toContain("SECRET");
      expect(milestone.issues.map((issue) => issue.key)).toEqual(["m5/01"]);
      expect(milestone.findings.map(({ code, severity }) => [code, severity])).toEqual([
        ["source/outside", "critical"],
        ["source/outside", "critical"],
      ]);
    } finally {
      fs.rmSync(secret, { recursive: true, force: true });
    }
  });

  test("odd bytes, long lines and nested fences are read or reported", async () => {
    write({
      "IMPLEMENTATION_PLAN.md": `${"|".repeat(1_000_000)}\n${"# ".repeat(500_000)}\n${"|-".repeat(500_000)}\n`,
      "01-a.md": `---\ntitle: ${"a".repeat(30_000)}\n---\nA\n`,
      "02-b.md": `${"**RED:** ".repeat(120_000)}\n### Task 1: ${"(".repeat(1_000_000)}\n${"`".repeat(1_000_000)}\n`,
      "03-c.md":
        "### Task 1: A\n````md\n### Task 2: B\n```\n### Task 3: C\n```\n````\n### Task 4: D\n",
      "04-d.md": `---\na: &a [x]\nb: ${"[*a,".repeat(200)}\n---\nD\n`,
      "05-e.md": "---\r\ndependencies: [1]\r\n---\r\n# E\r\n\r\nText\r\n",
    });
    fs.writeFileSync(path.join(root, FOLDER, "06-f.md"), new Uint8Array([0xff, 0xfe, 0, 1]));
    const started = performance.now();
    const { issues, findings } = await read();
    expect(performance.now() - started).toBeLessThan(3000);
    expect(issues.map((issue) => [issue.key, issue.title.slice(0, 8)])).toEqual([
      ["m5/01", "A"],
      ["m5/02", "B"],
      ["m5/03", "C"],
      ["m5/04", "D"],
      ["m5/05", "E"],
    ]);
    expect(issues[2]?.steps?.map((step) => step.title)).toEqual(["A", "D"]);
    expect(issues[4]).toMatchObject({ body: "# E\n\nText", place: { line: 3 } });
    expect(
      findings
        .filter(({ severity }) => severity === "critical")
        .map(({ file, code }) => [path.basename(file ?? ""), code]),
    ).toEqual([["06-f.md", "source/not-text"]]);
    expect(
      findings
        .filter(({ code }) => code === "source/front-matter")
        .map(({ file }) => path.basename(file ?? "")),
    ).toEqual(["01-a.md", "04-d.md"]);
  });

  test("five thousand issues are read in a moment", async () => {
    const names = Array.from({ length: 5000 }, (_, index) => String(index + 1).padStart(4, "0"));
    write(
      Object.fromEntries(
        names.map((name, index) => [
          `issues/${name}-x.md`,
          `---\ndependencies: [${index === 0 ? "" : index}]\n---\n# X\n\n### Task 1: A (3 min)\n`,
        ]),
      ),
    );
    const rows = names.map((name) => `| ${name} | X | P1 | Todo |`).join("\n");
    write({
      "IMPLEMENTATION_PLAN.md": `| Issue | Title | Priority | Status |\n|-|-|-|-|\n${rows}\n`,
    });
    const started = performance.now();
    const { issues, findings } = await read();
    expect(performance.now() - started).toBeLessThan(8000);
    expect([issues.length, findings]).toEqual([5000, []]);
    expect(issues[4999]?.declarations.map((item) => item.target)).toEqual(["m5/4999"]);
  });
});
