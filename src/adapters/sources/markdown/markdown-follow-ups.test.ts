import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { aFollowUp } from "../../../../test/support/a-follow-up.ts";
import { buildPlan } from "../../../core/plan/plan.ts";
import { createMarkdownSource } from "./markdown-source.ts";
import { markdownFollowUps } from "./markdown-follow-ups.ts";

let root = "";

beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), "cairn-markdown-"));
});

afterEach(() => {
  fs.rmSync(root, { recursive: true, force: true });
});

const FILES = markdownFollowUps("plan.md");

function written(text: string, changes: Parameters<typeof aFollowUp>[0] = {}): string | null {
  const [edit] = FILES.edits(aFollowUp({ of: "4.1", key: "4.1b", ...changes }));
  return edit?.edit(text) ?? null;
}

async function blockersIn(text: string): Promise<Readonly<Record<string, readonly string[]>>> {
  fs.writeFileSync(path.join(root, "plan.md"), text);
  const plan = buildPlan(await createMarkdownSource({ root }).read("plan.md"));
  return Object.fromEntries(
    plan.issues.map(({ key, blockers }) => [key, blockers.map((blocker) => blocker.key)]),
  );
}

const PLAN = `# Milestone 4

## Phase 1: Build

### Task 4.1: Parse

Do it.

#### Step 1: write the test

---

### Task 4.2: Print

Depends on: 4.1

---

### Task 4.3: Send

Depends on: 4.1

---

## Rollout

Words at the end.
`;

function ends(text: string): ReadonlySet<string> {
  return new Set(text.match(/\r?\n/gu));
}

describe("a rest in a markdown plan", () => {
  test("stands right behind its original; whoever waits for the whole waits for both", async () => {
    const after = written(PLAN, { dependents: ["4.2", "4.3", "9.9"] }) ?? "";
    expect(after.replace(/### Task 4\.1b[^]*?---\n\n/u, "")).toBe(PLAN);
    expect(after).toContain("---\n\n### Task 4.1b: Follow-up of 4.1: Title\n\nFollow-up of: 4.1\n");
    expect(after).toContain("Depends on: 4.1\n\nBlocks: 4.2, 4.3\n\n---\n\n### Task 4.2");
    expect(await blockersIn(after)).toEqual({
      "4.1": [],
      "4.1b": ["4.1"],
      "4.2": ["4.1", "4.1b"],
      "4.3": ["4.1", "4.1b"],
    });
  });

  test("is read as the rest of its original, with criteria and files", async () => {
    fs.writeFileSync(path.join(root, "plan.md"), written(PLAN) ?? "");
    const plan = buildPlan(await createMarkdownSource({ root }).read("plan.md"));
    expect(plan.issues[1]).toMatchObject({
      key: "4.1b",
      title: "Follow-up of 4.1: Title",
      followUpOf: "4.1",
      phase: "Phase 1: Build",
      state: "open",
      acceptanceCriteria: ["It is sent."],
      files: ["src/a.ts"],
    });
    expect(plan.findings.filter(({ severity }) => severity === "critical")).toEqual([]);
  });

  test("in a plan that says no dependencies the next task waits for it by its place", async () => {
    const after = written("## Task 1: A\n\nDo.\n\n## Task 2: B\n\nDo.\n", { of: "1", key: "1b" });
    expect(await blockersIn(after ?? "")).toEqual({ "1": [], "1b": ["1"], "2": ["1b"] });
  });

  test("written again it changes nothing; a rest of the rest comes behind it", async () => {
    const once = written(PLAN) ?? "";
    expect(written(once)).toBe(once);
    const twice = written(once, { of: "4.1b", key: "4.1c" }) ?? "";
    expect(Object.keys(await blockersIn(twice))).toEqual(["4.1", "4.1b", "4.1c", "4.2", "4.3"]);
  });

  test.each([
    [
      "without the word Task",
      "# M\n\n## Tasks\n\n### 4.1 Parse\n\nDo.\n\n### 4.2 Print\n\nDo.\n",
      "### 4.1b: Follow-up of",
    ],
    [
      "with a dash and a sign",
      "## ✅ TASK 4.1 — Parse\n\nDo.\n\n## TASK 4.2 — Print\n",
      "## TASK 4.1b — Follow-up of",
    ],
    [
      "with a line below the title",
      "Task 4.1: Parse\n---------------\n\nDo.\n",
      "## Task 4.1b: Follow-up of",
    ],
    [
      "bold, at the end of the file, without a line end",
      "### **Task 4.1: Parse**\nDo.",
      "### Task 4.1b: Follow-up of",
    ],
    [
      "below front matter, with Windows ends",
      "---\r\ntitle: M\r\n---\r\n\r\n## Task 4.1: Parse\r\n\r\nDo.\r\n\r\n## Task 4.2: Print\r\n",
      "\r\n## Task 4.1b: Follow-up of",
    ],
  ])("headings are written as the plan writes them: %s", async (_how, text, heading) => {
    const after = written(text) ?? "";
    expect(after).toContain(heading);
    expect(Object.keys(await blockersIn(after)).slice(0, 2)).toEqual(["4.1", "4.1b"]);
    expect(ends(after)).toEqual(ends(text));
  });

  test.each([
    ["the original is gone", "## Task 4.2: Print\n\nDo.\n"],
    ["its name is another task's", "## Task 4.1: Parse\n\nDo.\n\n## Task 4.1b: Else\n\nDo.\n"],
    ["a fence is never closed", "```\n## Task 4.1: Parse\n\nDo.\n"],
  ])("a plan that cannot take it stays as it is: %s", (_why, text) => {
    expect(written(text)).toBeNull();
  });
});

function name(of: string, taken: readonly string[]): string | undefined {
  return FILES.nameFor(of, new Set(taken))?.key;
}

test("names go on in the alphabet, past those that are taken", () => {
  expect(name("4.1", ["4.1", "4.2"])).toBe("4.1b");
  expect(name("4.1", ["4.1", "4.1B", "4.1c"])).toBe("4.1d");
  expect(name("4.1b", ["4.1", "4.1b"])).toBe("4.1c");
  expect(name("4.1z", ["4.1z"])).toBeUndefined();
});
