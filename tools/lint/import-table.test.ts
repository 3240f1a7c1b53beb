import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { judgeImport, type ImportSeen } from "./layers.ts";

const repository = resolve(import.meta.dirname, "../..");

/** A value import of one lower-case name, the kind that is allowed least. */
function importing(from: string, target: string, more: Partial<ImportSeen> = {}): ImportSeen {
  const isPackage = !target.includes(".ts");
  return { from, target, isPackage, isLazy: false, values: ["decide"], ...more };
}

const typeOnly = { values: [] };
const lazy = { isLazy: true, values: ["*"] };

test.each<[string, ImportSeen]>([
  ["a stage and core/shared", importing("src/core/plan/plan.ts", "src/core/shared/text.ts")],
  ["a stage and its own folder", importing("src/core/plan/plan.ts", "src/core/plan/graph.ts")],
  ["the run and a stage", importing("src/core/run/decide.ts", "src/core/merge/merge-queue.ts")],
  ["the core and zod", importing("src/core/run/events.ts", "zod")],
  ["the core and the mdast parser", importing("src/core/plan/read.ts", "mdast-util-from-markdown")],
  ["the core and errors.ts", importing("src/core/plan/plan.ts", "src/errors.ts")],
  ["the core and errors/", importing("src/core/plan/plan.ts", "src/errors/user-error.ts")],
  ["a port and a core type", importing("src/ports/forge.ts", "src/core/plan/issue.ts", typeOnly)],
  [
    "an adapter and its port",
    importing("src/adapters/git/repository.ts", "src/ports/repository.ts"),
  ],
  [
    "an adapter and processes",
    importing("src/adapters/git/run.ts", "src/adapters/process/spawn.ts"),
  ],
  [
    "an adapter and a schema of the core",
    importing("src/adapters/sqlite/log.ts", "src/core/run/events.ts", {
      values: ["RunEvent", "parseRunEvent", "isRunEvent", "runEventSchema"],
    }),
  ],
  [
    "an adapter and what its kind shares",
    importing("src/adapters/sources/folder/read.ts", "src/adapters/sources/front-matter.ts"),
  ],
  ["an adapter and node:fs", importing("src/adapters/git/run.ts", "node:fs")],
  ["the engine and a port", importing("src/engine/perform.ts", "src/ports/forge.ts")],
  ["a command and the plan", importing("src/cli/commands/plan.ts", "src/core/plan/plan.ts")],
  [
    "a command and the host, lazily",
    importing("src/cli/commands/run.ts", "src/host/host.ts", lazy),
  ],
  ["a command and a host type", importing("src/cli/commands/run.ts", "src/host/host.ts", typeOnly)],
  [
    "the composition and everything",
    importing("src/composition/open-world.ts", "src/adapters/git/run.ts"),
  ],
  ["a test and everything", importing("src/core/run/decide.test.ts", "test/support/builders.ts")],
  ["a script and everything", importing("scripts/generate.ts", "src/cli/main.ts")],
])("allowed: %s", (_case, seen) => {
  expect(judgeImport(seen)).toBeUndefined();
});

test.each<[string, ImportSeen, RegExp]>([
  [
    "the core and node:fs",
    importing("src/core/run/decide.ts", "node:fs"),
    /may import only zod, .*, not `node:fs`\. The core is pure/,
  ],
  [
    "the core and a port, even its type",
    importing("src/core/run/decide.ts", "src/ports/forge.ts", typeOnly),
    /`src\/core\/run` may not import `src\/ports`\..* let the engine call the port/,
  ],
  [
    "a stage and another stage's behaviour",
    importing("src/core/plan/plan.ts", "src/core/merge/merge-queue.ts"),
    /only types .* from `src\/core\/merge`, not `decide`\. A stage uses core\/shared/,
  ],
  [
    "a stage and the run",
    importing("src/core/plan/plan.ts", "src/core/run/decide.ts"),
    /only types/,
  ],
  ["a port and a package", importing("src/ports/forge.ts", "zod"), /no package, not `zod`/],
  [
    "two adapters",
    importing("src/adapters/git/run.ts", "src/adapters/sqlite/log.ts"),
    /`src\/adapters\/git` may not import `src\/adapters\/sqlite`.* join two adapters in src\/composition\//,
  ],
  [
    "two adapters of one kind",
    importing("src/adapters/agents/claude/run.ts", "src/adapters/agents/codex/run.ts"),
    /may not import `src\/adapters\/agents\/codex`/,
  ],
  [
    "an adapter and the engine",
    importing("src/adapters/git/run.ts", "src/engine/inbox.ts", typeOnly),
    /may not import `src\/engine`/,
  ],
  [
    "an adapter and a decision of the core",
    importing("src/adapters/git/run.ts", "src/core/run/decide.ts"),
    /only types and their schemas/,
  ],
  [
    "the engine and an adapter",
    importing("src/engine/perform.ts", "src/adapters/git/run.ts"),
    /pass the adapter in from src\/composition\//,
  ],
  [
    "a command and the host, at once",
    importing("src/cli/main.ts", "src/host/host.ts"),
    /only lazily.* `await import\(…\)` inside the action/,
  ],
  [
    "a command and the engine, lazily",
    importing("src/cli/main.ts", "src/engine/inbox.ts", lazy),
    /may not import `src\/engine`/,
  ],
  [
    "production code and test code",
    importing("src/engine/perform.ts", "test/support/builders.ts"),
    /tests, scripts and tools are not shipped/,
  ],
  [
    "a folder that is not in the table",
    importing("src/utils/text.ts", "src/core/shared/text.ts"),
    /stands in no folder of the import table/,
  ],
])("refused, with what to do instead: %s", (_case, seen, said) => {
  expect(judgeImport(seen)).toMatch(said);
});

/** Runs the project's own lint configuration over planted files; returns rule and file of each finding. */
function lint(files: Readonly<Record<string, string>>): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), "cairn-lint-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const config = readFileSync(join(repository, ".oxlintrc.json"), "utf8");
  const planted = {
    ...files,
    ".oxlintrc.json": config.replace('"./tools/lint', `"${repository}/tools/lint`),
    "tsconfig.json": '{ "compilerOptions": { "strict": true, "module": "nodenext" } }',
  };
  for (const [file, content] of Object.entries(planted)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), content);
  }
  const oxlint = join(repository, "node_modules/oxlint/bin/oxlint");
  const args = [oxlint, "--format", "unix"];
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8" });
  expect(stderr).toBe("");
  const found = stdout.matchAll(/^(?:\.\/)?(.+?):\d+:\d+: .*\[\w+\/(.+?)\]$/gm);
  return [...found].map(([, file, rule]) => `${file} ${rule}`);
}

test("oxlint refuses every planted violation, and nothing beside them", () => {
  const found = lint({
    "src/engine/a.ts": 'import { run } from "../adapters/git/run.ts";\nexport const a = run;\n',
    "src/engine/b.ts": 'export * from "../adapters/git/run.ts";\n',
    "src/engine/c.ts": 'export const c = () => import("../adapters/git/run.ts");\n',
    "src/engine/d.ts": 'import type { Run } from "../adapters/git/run.ts";\nexport type D = Run;\n',
    "src/engine/e.ts": 'export { run } from "../adapters/git/run.ts";\n',
    "src/adapters/git/run.ts": "export const run = 1;\nexport type Run = number;\n",
    "src/core/run/clock.ts": "export const now = (): number => Date.now();\n",
    "src/core/run/global.ts": "export const now = (): unknown => globalThis.Date;\n",
    "src/core/run/dice.ts": "export const dice = (): number => Math.random();\n",
    "src/core/run/wait.ts": "export const wait = async (): Promise<void> => {};\n",
    "src/core/run/files.ts": 'export { readFileSync } from "node:fs";\n',
    "src/core/run/clock.test.ts": "export const now = (): number => Date.now();\n",
    "src/cli/default.ts": "export default 1;\n",
    "src/cli/floating.ts":
      "const a = async (): Promise<void> => {};\nexport const b = (): void => { a(); };\n",
    "src/cli/cycle-a.ts":
      'import { b } from "./cycle-b.ts";\nexport const a = (): number => b();\n',
    "src/cli/cycle-b.ts":
      'import { a } from "./cycle-a.ts";\nexport const b = (): number => a();\n',
    "src/cli/long-file.ts": `export const a = [\n${"  1,\n".repeat(299)}];\n`,
    "src/cli/long-function.ts": `export function long(): void {\n${"  String(1);\n".repeat(60)}}\n`,
    "src/cli/switch.ts":
      'export function f(x: "a" | "b"): number { switch (x) { case "a": return 1; } return 2; }\n',
  });
  expect(found.toSorted()).toEqual([
    "src/cli/cycle-a.ts import(no-cycle)",
    "src/cli/cycle-b.ts import(no-cycle)",
    "src/cli/default.ts import(no-default-export)",
    "src/cli/floating.ts typescript(no-floating-promises)",
    "src/cli/long-file.ts eslint(max-lines)",
    "src/cli/long-function.ts eslint(max-lines-per-function)",
    "src/cli/switch.ts typescript(switch-exhaustiveness-check)",
    "src/core/run/clock.ts eslint(no-restricted-globals)",
    "src/core/run/dice.ts eslint(no-restricted-properties)",
    "src/core/run/files.ts cairn(import-table)",
    "src/core/run/global.ts eslint(no-restricted-globals)",
    "src/core/run/wait.ts oxc(no-async-await)",
    "src/engine/a.ts cairn(import-table)",
    "src/engine/b.ts cairn(import-table)",
    "src/engine/c.ts cairn(import-table)",
    "src/engine/d.ts cairn(import-table)",
    "src/engine/e.ts cairn(import-table)",
  ]);
});
