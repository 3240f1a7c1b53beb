import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { UserError } from "../../../errors.ts";
import { handoffNames, readHandoff } from "./handoff.ts";
import { markdownProgress } from "./markdown-progress.ts";
import { createMarkdownSource } from "./markdown-source.ts";
import { readPlanText } from "./plan-text.ts";

let root = "";

beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), "cairn-markdown-"));
});

afterEach(() => {
  fs.rmSync(root, { recursive: true, force: true });
});

function write(name: string, content: string | Uint8Array): void {
  fs.mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
  fs.writeFileSync(path.join(root, name), content);
}

const read = (reference: string) => createMarkdownSource({ root }).read(reference);

async function refusal(reference: string): Promise<UserError> {
  const error: unknown = await read(reference).then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(UserError);
  return error as UserError;
}

describe("task headings", () => {
  test.each([
    ["## Task 4.1: Title", "4.1", "Title"],
    ["### TASK 4.1b — Title", "4.1b", "Title"],
    ["# Task 4.1 - Title", "4.1", "Title"],
    ["###### task 4: `code` and **bold**", "4", "code and bold"],
    ["## ✅ Task 4.1: Title ##", "4.1", "Title"],
    ["## Task #7: Title", "7", "Title"],
    ["## Task 4.1", "4.1", "Task 4.1"],
    ["## TASK 4.1 —", "4.1", "Task 4.1"],
    ["### Task-4.1", "4.1", "Task 4.1"],
    ["## Task_4.1b) Title", "4.1b", "Title"],
    ["## Task #4.1", "4.1", "Task 4.1"],
    ["## Task: 4.1 Title", "4.1", "Title"],
    ["## Task4.1 Title", "4.1", "Title"],
    ["## [ ] Task 4.1: Title", "4.1", "Title"],
    ["## [x] Task 4.1: Title", "4.1", "Title"],
    ["## 3. Task 4.1: Title", "4.1", "Title"],
    ["## **Task 4.1:** Title", "4.1", "Title"],
    ["## [Task 4.1: Title](other.md)", "4.1", "Title"],
    ["Task 4.1: Title\n---------------", "4.1", "Title"],
    ["Text.\n\n  **Task 4.1** Title\n====", "4.1", "Title"],
    ["## Tasks\n\n### 4.1 Title", "4.1", "Title"],
    ["# Implementation Tasks\n## Notes\n## 4.1b. Title\n# Later\n## 4.2 Not this", "4.1b", "Title"],
  ])("%j is a task", (heading, key, title) => {
    expect(
      readPlanText("p.md", `${heading}\n\nText\n`).issues.map((issue) => [issue.key, issue.title]),
    ).toEqual([[key, title]]);
  });

  test.each([
    "## Tasks",
    "## Task list",
    "## 4.1 Title",
    "Task 4.1: Title",
    "> ## Task 4.1: Title",
    "    ## Task 4.1: Title",
    "```md\n## Task 4.1: Title\n```",
    "~~~~\n## Task 4.1: Title\n~~~\n~~~~",
    "<!--\n## Task 4.1: Title\n-->",
    "- ## Task 4.1: Title",
    "Text\nTask 4.1: Title\n---",
    "- Task 4.1: Title\n---",
    "| Task 4.1 | Title |\n---",
    "```\nTask 4.1: Title\n---\n```",
    "## Tasks\n## 4.1 Title",
    "## Task Force",
    "## Multitask 4.1",
  ])("%j is none", (text) => {
    expect(readPlanText("p.md", text).issues).toEqual([]);
  });

  test("a body ends at the next task and at a heading of the same rank, not at a deeper one", () => {
    const { issues } = readPlanText(
      "p.md",
      "# Plan\n## Task 1: A\none\n### Notes\ntwo\n## Task 2: B\nthree\n## Summary\nfour\n# Phase\n### Task 3: C\nfive\n",
    );
    expect(issues.map((issue) => issue.body)).toEqual(["one\n### Notes\ntwo", "three", "five"]);
    expect(issues.map((issue) => issue.place)).toEqual([
      { file: "p.md", line: 2, column: 1 },
      { file: "p.md", line: 6, column: 1 },
      { file: "p.md", line: 11, column: 1 },
    ]);
  });

  test("a line drawn between two tasks belongs to neither", () => {
    const { issues } = readPlanText(
      "p.md",
      "## Task 1: A\none\n\n---\n\n## Task 2: B\n---\n## Task 3: C\nhead\n---\n",
    );
    expect(issues.map((issue) => issue.body)).toEqual(["one", "", "head\n---"]);
  });

  test("numbered headings are tasks only where no heading says so itself", () => {
    const { issues } = readPlanText("p.md", "## Tasks\n### Task 1: A\n#### 2 Notes\n### 3 More\n");
    expect(issues.map((issue) => [issue.key, issue.body])).toEqual([["1", "#### 2 Notes"]]);
  });

  test("lines of a task below a drawn heading keep their numbers", () => {
    const { issues } = readPlanText("p.md", "Task 1: A\n---\none\n\nTask 2: B\n===\n**Type:** X\n");
    expect(issues.map((issue) => [issue.title, issue.place.line, issue.body])).toEqual([
      ["A", 1, "\none"],
      ["B", 5, "\n**Type:** X"],
    ]);
  });

  test("a phase names the tasks up to the next one, or up to a heading of its rank", () => {
    const { issues } = readPlanText(
      "p.md",
      "# Plan\n## Task 0: Z\n## Phase 1: **Ground**\n### Task 1: A\n#### Phase 9: inside\n### Task 2: B\n## Phase 2 — Walls\n## Task 3: C\n## Notes\n## Task 4: D\n",
    );
    expect(issues.map((issue) => [issue.key, issue.phase])).toEqual([
      ["0", undefined],
      ["1", "Phase 1: Ground"],
      ["2", "Phase 1: Ground"],
      ["3", "Phase 2 — Walls"],
      ["4", undefined],
    ]);
  });

  test("steps of a task are read with their files and minutes", () => {
    const [issue] = readPlanText(
      "p.md",
      "## Task 1: A\n\n### Step 1: Say it (3 min)\n**Files:** `a.js`\n**RED:** it fails\n### Step 2: Mean it\n",
    ).issues;
    expect([issue?.files, issue?.minutes]).toEqual([["a.js"], 7]);
    expect(issue?.steps).toEqual([
      {
        title: "Say it",
        minutes: 3,
        files: ["a.js"],
        red: "it fails",
        green: null,
        verify: null,
        place: { file: "p.md", line: 3, column: 1 },
      },
      {
        title: "Mean it",
        minutes: null,
        files: [],
        red: null,
        green: null,
        verify: null,
        place: { file: "p.md", line: 6, column: 1 },
      },
    ]);
  });

  test("a type that is none is reported where it stands", () => {
    expect(readPlanText("p.md", "# P\n## Task 1: A\n\n**Type:** Feature\n").findings).toEqual([
      {
        code: "source/unknown-type",
        severity: "warning",
        key: "1",
        file: "p.md",
        line: 4,
        column: 1,
        message:
          '"Feature" is no type that Cairn knows; Task 1 is taken for what its other words say.',
        hint: "Write CODING, VALIDATION, RESEARCH or MIXED.",
      },
    ]);
  });

  test("a heading whose number cannot be read is reported, with its place", () => {
    const { findings } = readPlanText("p.md", "## Task 1: A\n\n## Task 4.x2: B\n");
    expect(findings.map(({ code, line, column }) => [code, line, column])).toEqual([
      ["source/task-heading", 3, 1],
    ]);
  });

  test("each task comes after the one before it", () => {
    const { issues } = readPlanText("p.md", "## Task 1: A\n## Task 2: B\n## Task 3: C\n");
    expect(
      issues.map((issue) => issue.declarations.map((item) => `${item.origin} ${item.target}`)),
    ).toEqual([[], ["order 1"], ["order 2"]]);
  });
});

const states = async (reference: string) => {
  const { handoff, issues, findings } = await read(reference);
  return [handoff, issues.map(({ key, state }) => `${key} ${state}`), findings];
};

describe("handoff", () => {
  test("its name follows from the milestone's number, or from the whole name", () => {
    expect(handoffNames("M4_workers.md")).toEqual(["HANDOFF_M4.md", "HANDOFF_M4_workers.md"]);
    expect(handoffNames("m4.1-api.md")).toEqual(["HANDOFF_m4.1.md", "HANDOFF_m4.1-api.md"]);
    expect(handoffNames("plan.md")).toEqual(["HANDOFF_plan.md"]);
  });

  test.each([
    "## Task 4.1 Complete",
    "### Task 4.1 Complete: Workers start",
    "## Task 4.1 Completed",
    "## Task 4.1: Done",
    "## Task 4.1 ✅",
    "## ✅ Task 4.1: Workers start",
    "## Task 4.1: Workers start — Complete",
    "## Task 4.1: Workers start (done)",
    "**Task 4.1 Complete**",
    "- [x] Task 4.1: Workers start",
    "## Task 4.1: Workers start\n\n**Status:** ✅ Complete",
    "## TASK-4.1 — completed",
    "# Task #4.1 Complete!",
    "## 4.1 Complete: Workers start",
    "### 4.1: Workers start ✅",
    "## 4.1 Workers start\n\nStatus: done",
    "| Task | Title | Status |\n|---|---|---|\n| 4.1 | Workers start | ✅ Done |\n| 4.2 | B | Todo |",
    "| **Task 4.1** | Complete |",
    "| 4.1 | ✅ | notes |",
    "## Completed Tasks ✅\n\n- 4.1: Workers start\n- 3 tests added\n\n## Next\n\n- 4.2: B",
    "## Done\n1. Task 4.1 Workers start",
    "**Completed:** 4.1 (from handoff)",
    "| Task | Title | Status | Completed |\n|---|---|---|---|\n| 4.1 | Not found page | Done | 2026-01-02 |",
    "## Completed\n\nThe tasks of this week:\n\n- Task 4.1: Report missing keys\n\n**Remaining:**\n- Task 4.2",
    "## Completed\n**Remaining:**\n- Task 4.2\n\n**Done:**\n- Task 4.1",
    "## Task 4.1 Complete: Do not log secrets",
    "- [x] Task 4.1: Add missing tests",
    "| 4.1 | ✅ |\n| 4.2 | ❌ | ✅ |",
    "Tasks completed: Task 4.1",
  ])("%j says that 4.1 is done", (text) => {
    expect(readHandoff(text)).toEqual(["4.1"]);
  });

  test.each([
    "## Task 4.1",
    "## Task 4.1 incomplete",
    "## Task 4.1: not complete",
    "## Task 4.1 Partially Complete",
    "- [ ] Task 4.1 complete",
    "Task 4.1 completes the set of workers",
    "When Task 4.1 is done, go on",
    "```\n## Task 4.1 Complete\n```",
    "## Task 4.1: Workers start\n\n**Status:** not done",
    "| 4.1 | Workers start | not done |",
    "| 4.1 | Workers are done | open |",
    "| done | 4.1 |",
    "Tasks completed: 4",
    "Completed: 3 of 5 tasks",
    "## Done\n- 3 tests added\n- [ ] 4.1: Workers start",
    "## 4 findings\n\nStatus: done",
    "Completed: nothing (4.1 is next)",
    "## Completed\n\n**Remaining:**\n\n- Task 4.2",
    "## Completed\n- Remaining:\n  - Task 4.2",
    "## Completed\n- Task 4.1 (partly)",
    "| Task | Planned | Built |\n|---|---|---|\n| 4.3 | ✅ | ❌ |",
    "| Task | Planned | Built |\n|---|---|---|\n| 4.3 | ✅ |  |",
    "| Task | Status | Built |\n|---|---|---|\n| 4.3 | In progress | ✅ |",
    "Task 4.1: Done (tests still missing)",
    "Task 4.2 complete - except the migration",
    "Task 4.2 complete, but not merged",
    "## Task 4.2 Complete: tests still missing",
    "- [x] Task 4.3 started",
    "- [x] Task 4.3: started",
    "- ✅ 4.3 wip",
    "## Task 4.1: Workers start\n\n**Status:** Complete (tests missing)",
    "Completed: Task 4.1 (partly)",
  ])("%j does not", (text) => {
    expect(readHandoff(text)).toEqual([]);
  });

  test("tasks it calls done are closed, and it is found beside the plan whatever its case", async () => {
    write("docs/M4_workers.md", "# M4\n## Task 4.1: A\na\n## Task 4.2: B\nb\n");
    write("docs/HANDOFF_m4.md", "## Task 4.1 Complete\n\n## Task 9.9 Complete\n");
    const milestone = await read("@docs/M4_workers.md");
    expect(milestone.handoff).toBe("docs/HANDOFF_m4.md");
    expect(milestone.issues.map((issue) => [issue.key, issue.state, issue.closedAs])).toEqual([
      ["4.1", "closed", "completed"],
      ["4.2", "open", null],
    ]);
    expect(milestone.findings).toEqual([
      {
        code: "source/handoff-task",
        severity: "info",
        file: "docs/HANDOFF_m4.md",
        line: 3,
        column: 1,
        message: "The handoff calls Task 9.9 done, which is not in the plan.",
        hint: "Nothing to do, unless the number is wrong.",
      },
    ]);
  });

  test("without one its future place is named", async () => {
    write("M4_workers.md", "## Task 4.1: A\na\n");
    expect((await read("M4_workers.md")).handoff).toBe("HANDOFF_M4.md");
  });

  test.each([
    ["h/H.md", "docs/h/H.md", "docs/h/H.md"],
    ["./h/h.md", "docs/h/H.md", "docs/h/H.md"],
    ["../h/H.md", "h/H.md", "h/H.md"],
    ["docs/h/H.md", "docs/h/H.md", "docs/h/H.md"],
    ["h/H.md", null, "docs/h/H.md"],
    ["docs/H.md", null, "docs/H.md"],
  ])("the handoff %s with %s on disk is %s", async (named, there, handoff) => {
    write("docs/M4_x.md", `---\nhandoff: ${named}\n---\n## Task 4.1: A\na\n`);
    write("docs/HANDOFF_M4.md", "");
    if (there !== null) write(there, "## Task 4.1 Complete\n");
    const state = there === null ? "open" : "closed";
    expect(await states("docs/M4_x.md")).toEqual([handoff, [`4.1 ${state}`], []]);
  });

  test.each(["../../H.md", "/etc/hostname"])("the handoff %s is refused", async (named) => {
    write("docs/M4_x.md", `---\nhandoff: ${named}\n---\n## Task 4.1: A\na\n`);
    const error = await refusal("docs/M4_x.md");
    expect([error.code, error.message]).toEqual([
      "source/handoff",
      `The handoff ${named} cannot be read: it lies outside of the repository.`,
    ]);
  });

  test("plans of one milestone have handoffs of their own", async () => {
    write("M4_x.md", "## Task 1: A\na\n");
    write("M4_y.md", "## Task 1: B\nb\n");
    write("HANDOFF_M4_x.md", "## Task 1 Complete\n");
    expect(await states("M4_x.md")).toEqual(["HANDOFF_M4_x.md", ["1 closed"], []]);
    expect(await states("M4_y.md")).toEqual(["HANDOFF_M4_y.md", ["1 open"], []]);
  });

  test("one handoff of two plans counts as long as their numbers differ", async () => {
    write("M4_x.md", "## Task 4.1: A\na\n");
    write("M4_y.md", "## Task 4.2: B\nb\n");
    write("M4_notes.md", "# Notes\n");
    write("HANDOFF_M4.md", "\n## Task 4.2 Complete\n");
    expect(await states("M4_y.md")).toEqual(["HANDOFF_M4.md", ["4.2 closed"], []]);
    write("M4_x.md", "## Task 4.2: A\na\n");
    expect(await states("M4_y.md")).toEqual([
      "HANDOFF_M4_y.md",
      ["4.2 open"],
      [
        {
          code: "source/handoff-shared",
          severity: "critical",
          file: "HANDOFF_M4.md",
          line: 2,
          column: 1,
          message:
            "The handoff calls Task 4.2 done, and M4_x.md has a Task 4.2 too: nothing in it counts for this plan.",
          hint: "Give each plan a handoff of its own, such as HANDOFF_M4_x.md for M4_x.md.",
        },
      ],
    ]);
  });
});

test.each([
  ["**Branch:** `milestone/m4-workers`\n## Task 1: A\n", "milestone/m4-workers"],
  [
    "## Branch Strategy\n\nAll work meets on milestone/m4-workers.\n## Task 1: A\n",
    "milestone/m4-workers",
  ],
  ["---\nbranch: milestone/m4\n---\n## Task 1: A\n", "milestone/m4"],
  ["---\nbranch: main\n---\n## Task 1: A\n", null],
  ["Branch: feature/x\n## Task 1: A\n", null],
  ["Branch: milestone/m<X>-<name>\n## Task 1: A\n", null],
  ["Branch: milestone/m4 or milestone/m5\n## Task 1: A\n", null],
  ["See milestone/m4.\n## Task 1: A\n", null],
  ["## Task 1: A\nBranch: milestone/m4\n", null],
  ["Branch: milestone/../x, milestone/a.lock\n## Task 1: A\n", null],
])("the integration branch of %j is %s", (text, branch) => {
  expect(readPlanText("p.md", text).branch).toBe(branch);
});

describe("the file", () => {
  test("title, number and documents come from front matter, name and headings", async () => {
    write(
      "docs/M4_workers.md",
      "---\ndesign: design.md\narchitecture:\n  - docs/arch.md\n  - nowhere.md\n---\n# M4: Workers\n\n## Task 4.1: A\na\n",
    );
    write("docs/design.md", "x");
    write("docs/arch.md", "x");
    const milestone = await read("docs/M4_workers.md");
    expect(milestone).toMatchObject({
      title: "M4: Workers",
      number: "m4-workers",
      documents: ["docs/design.md", "docs/arch.md"],
      source: { kind: "markdown", reference: "docs/M4_workers.md" },
    });
    expect(milestone.issues[0]?.place.line).toBe(9);
    expect(
      milestone.findings.map(({ code, severity, line, column }) => [code, severity, line, column]),
    ).toEqual([["source/document", "warning", 5, 5]]);
  });

  test("front matter that cannot be read is reported with its line and does not hide the tasks", () => {
    const text = readPlanText("p.md", "---\ntitle: [a\n---\n## Task 1: A\na\n");
    expect(text.issues).toHaveLength(1);
    expect(text.findings).toMatchObject([{ code: "source/front-matter", file: "p.md" }]);
  });

  test("a fence that is never closed is reported where it begins", () => {
    expect(readPlanText("p.md", "## Task 1: A\n```\n## Task 2: B\n").findings).toMatchObject([
      { code: "source/open-fence", line: 2 },
    ]);
  });

  test("line ends of Windows and a byte order mark change nothing", async () => {
    write("M1.md", "\uFEFF---\r\ntitle: T\r\n---\r\n## Task 1: A\r\n\r\ntext\r\n");
    const milestone = await read("M1.md");
    expect(milestone.title).toBe("T");
    expect(milestone.issues).toMatchObject([{ key: "1", title: "A", place: { line: 4 } }]);
  });

  test.each([
    ["docs/M4_worker.md", "source/not-found", "Did you mean docs/M4_workers.md?"],
    ["nowhere/at/all.md", "source/not-found", "Check the path"],
    ["docs", "source/directory", "Name a file"],
    ["../outside.md", "source/not-found", "Check the path"],
    ["/etc/hostname", "source/outside", "copy the plan"],
    ["link.md", "source/outside", "copy the plan"],
    ["empty.md", "source/empty", "Write the plan"],
    ["binary.md", "source/not-text", "UTF-8"],
    ["latin.md", "source/not-text", "UTF-8"],
    ["notes.md", "source/no-tasks", "## Task 4.1: Title"],
    ["", "source/not-found", "cairn plan"],
    ["a\0b", "source/not-found", "cairn plan"],
  ])("%j is refused with %s", async (reference, code, hint) => {
    write("docs/M4_workers.md", "## Task 4.1: A\n");
    write("empty.md", " \n\n");
    write("binary.md", new Uint8Array([0x23, 0, 1, 2]));
    write("latin.md", new Uint8Array([0x23, 0x20, 0xe4, 0x20]));
    write("notes.md", "# Notes\n## 4.1 Title\n");
    fs.symlinkSync("/etc/hostname", path.join(root, "link.md"));
    const error = await refusal(reference);
    expect(error.code).toBe(code);
    expect(error.hints.join(" ")).toContain(hint);
    expect(error.exitCode).toBe(2);
  });

  test("a plan without tasks names the headings that are there instead", async () => {
    write("notes.md", "# Notes\n\n## 4.1 Title\n");
    const error = await refusal("notes.md");
    expect([error.message, error.hints]).toEqual([
      'notes.md has no task headings. Its headings are "Notes" (line 1), "4.1 Title" (line 3).',
      [
        "A task begins with a heading such as `## Task 4.1: Title`.",
        'Line 3 is a numbered heading: write the word Task before the number, or put a heading "Tasks" above it.',
      ],
    ]);
  });

  test("a plan without headings names the lines that may have been meant", async () => {
    write("notes.md", "- [ ] Task 4.1: A\n- [ ] T001 B\n");
    const error = await refusal("notes.md");
    expect([error.message, error.hints]).toEqual([
      "notes.md has no task headings. It has no headings at all.",
      [
        "A task begins with a heading such as `## Task 4.1: Title`.",
        "Line 1 names a task and is no heading: begin it with ##.",
        "Line 2 looks like a task list of spec-kit: such a file is called tasks.md.",
      ],
    ]);
  });
});

const marks = (...keys: readonly string[]) => new Map(keys.map((key) => [key, "done"] as const));

describe("marks in the handoff", () => {
  const titles = new Map([
    ["4.1", "Workers start"],
    ["4.2", "Never half done"],
  ]);
  const file = markdownProgress("docs/HANDOFF_M4.md", titles);

  test("a handoff that is not there is made, with the titles that do not say the opposite", () => {
    expect([file.path, file.isMadeWhenMissing]).toEqual(["docs/HANDOFF_M4.md", true]);
    expect(file.mark("", marks("4.1", "4.2", "4.3"))).toBe(
      "# Handoff\n\n## Task 4.1 Complete: Workers start\n\n## Task 4.2 Complete\n\n## Task 4.3 Complete\n",
    );
  });

  test.each([
    ["# H\n", "# H\n\n## Task 4.1 Complete: Workers start\n"],
    ["# H\r\nx", "# H\r\nx\r\n\r\n## Task 4.1 Complete: Workers start\r\n"],
    ["## Task 4.1 Complete\n", null],
    ["| 4.1 | done |\n", null],
    ["```\nnever closed", null],
  ])("%j becomes %j", (text, marked) => {
    expect(file.mark(text, marks("4.1"))).toBe(marked);
  });

  test("only what is done is written", () => {
    expect(file.mark("x\n", new Map([["4.1", "skipped"]]))).toBeNull();
  });

  test("what is marked is read again, what stood there stays, and a second time changes nothing", () => {
    const line = fc.constantFrom("# H", "## Task 4.1 Complete", "```", "| 4.2 | done |", "-", "");
    const texts = fc.array(fc.oneof(line, fc.string()), { maxLength: 12 });
    const keys = fc.uniqueArray(fc.constantFrom("4.1", "4.2", "4.3", "4.10b"));
    fc.assert(
      fc.property(texts, fc.constantFrom("\n", "\r\n"), keys, (lines, end, done) => {
        const text = lines.join(end);
        const marked = file.mark(text, marks(...done));
        if (marked === null) return;
        expect(text.trim() === "" || marked.startsWith(text)).toBe(true);
        expect(readHandoff(marked)).toEqual(expect.arrayContaining(done));
        expect(new Set(readHandoff(marked))).toEqual(new Set([...readHandoff(text), ...done]));
        expect(file.mark(marked, marks(...done))).toBeNull();
      }),
    );
  });
});

test("a handoff that is a link out of the repository is not read", async () => {
  write("M1.md", "## Task 1: A\na\n");
  fs.symlinkSync("/etc/hostname", path.join(root, "HANDOFF_M1.md"));
  const error = await refusal("M1.md");
  expect([error.code, error.message]).toEqual([
    "source/handoff",
    "The handoff HANDOFF_M1.md cannot be read: it is a link out of the repository.",
  ]);
});

test("any bytes are read, or refused with a UserError", async () => {
  const line = fc.constantFrom(
    "## Task 4.1: A",
    "# Task 4.2",
    "---",
    "```",
    "<!--",
    "title: &a [*a, *a]",
    "design: [",
    "Depends on: 4.1",
    "- [x] a",
    "\u0000",
    "﻿",
    "**Type:** X",
  );
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.array(line, { maxLength: 30 }).map((lines) => new TextEncoder().encode(lines.join("\n"))),
  );
  await fc.assert(
    fc.asyncProperty(bytes, async (content) => {
      write("plan.md", content);
      write("HANDOFF_plan.md", content);
      const error: unknown = await read("plan.md").then(
        () => null,
        (reason: unknown) => reason,
      );
      expect(error === null || error instanceof UserError).toBe(true);
    }),
    { numRuns: 150 },
  );
});
