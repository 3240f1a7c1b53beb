import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { realAgentsLine } from "../../scripts/real-agents-line.ts";
import { summaryLine } from "../support/summary-reporter.ts";

type Modules = Parameters<typeof summaryLine>[0];

/** A test file as vitest reports it: the states of its tests, and the errors of loading it. */
function aModule(states: readonly string[], errors: readonly unknown[] = []): Modules[number] {
  const tests = states.map((state) => ({ result: () => ({ state }) }));
  return {
    children: { allTests: () => tests },
    errors: () => errors,
  } as unknown as Modules[number];
}

test("the last line counts the outcomes of all files", () => {
  const modules = [aModule(["passed", "passed"]), aModule(["failed", "passed"])];
  expect(summaryLine(modules, [])).toBe("3 passed, 1 failed");
});

test("skipped tests are told, never counted as passed", () => {
  expect(summaryLine([aModule(["passed", "skipped"])], [])).toBe("1 passed, 0 failed, 1 skipped");
});

test("a file that does not load, an unhandled error and a cut-off test are failures", () => {
  const modules = [aModule([], [new Error("no such module")]), aModule(["pending"])];
  expect(summaryLine(modules, [new Error("late")])).toBe("0 passed, 3 failed");
});

function aFolder(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), "cairn-agents-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), content);
  }
  return root;
}

const COUNTS = { "test/contract/real-agents.json": '{"claude": 3, "codex": 4}' };
const CLAUDE = { ".agents-cache/claude/node_modules/.bin/claude": "" };
const CODEX = { ".agents-cache/codex/node_modules/.bin/codex": "" };

test.each([
  ["no contract tests yet", {}, "real agents: not installed, 0 contract tests not run"],
  ["no CLI", COUNTS, "real agents: not installed, 7 contract tests not run"],
  [
    "one CLI",
    { ...COUNTS, ...CLAUDE },
    "real agents: claude installed; codex not installed, 4 contract tests not run",
  ],
  ["both", { ...COUNTS, ...CLAUDE, ...CODEX }, "real agents: claude, codex installed"],
])("real agents, %s", (_case, files, line) => {
  expect(realAgentsLine(aFolder(files))).toBe(line);
});
