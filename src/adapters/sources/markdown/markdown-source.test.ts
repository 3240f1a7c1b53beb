import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { UserError } from "../../../errors.ts";
import { handoffNames, readHandoff } from "./handoff.ts";
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
    expect(milestone.findings.map((finding) => finding.code)).toEqual(["source/handoff-task"]);
  });

  test("without one its future place is named", async () => {
    write("M4_workers.md", "## Task 4.1: A\na\n");
    expect((await read("M4_workers.md")).handoff).toBe("HANDOFF_M4.md");
  });
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
    expect(milestone.findings.map((finding) => [finding.code, finding.severity])).toEqual([
      ["source/document", "warning"],
    ]);
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
    expect((await refusal("notes.md")).message).toBe(
      'notes.md has no task headings. Its headings are "Notes" (line 1), "4.1 Title" (line 3).',
    );
  });
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
