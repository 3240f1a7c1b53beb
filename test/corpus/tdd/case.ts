import type { IssueType } from "../../../src/core/plan/issue.ts";
import type { Proof, ViolationKind } from "../../../src/core/execute/proof.ts";

/** File -> text; null removes it. */
export type Files = Readonly<Record<string, string | null>>;

export interface CaseCommit {
  readonly subject: string;
  readonly body?: string;
  readonly files: Files;
  /** Who commits. Default: the agent. */
  readonly by?: "cairn";
  /** The base moves by these files and is merged in; `files` are what the merge has of its own. */
  readonly base?: Files;
  /** It is a merge, of a commit from before the fork point. */
  readonly forged?: true;
}

/** A history from the fork point to the head, with the verdict that it must get. */
export interface TddCase {
  readonly name: string;
  /** Which program runs its tests; `recorded`: one that answers with a report recorded elsewhere. */
  readonly runner: "node" | "vitest" | "make" | "recorded-pytest" | "recorded-go" | "pytest";
  readonly before: Files;
  readonly commits: readonly CaseCommit[];
  readonly issueType?: IssueType;
  readonly verdict: Proof["verdict"];
  /** Every kind that must be named, and no other. */
  readonly violations: readonly ViolationKind[];
  /** Default: whatever it is. */
  readonly revert?: Proof["revert"];
  /** How many steps must be proven. */
  readonly proven?: number;
}

export const commit = (subject: string, files: Files, body?: string): CaseCommit =>
  body === undefined ? { subject, files } : { subject, files, body };

type Story = Omit<TddCase, "name" | "runner" | "before" | "verdict" | "violations"> & {
  readonly runner?: TddCase["runner"];
  readonly before?: Files;
};

/** A history that is test-driven. */
export function honest(name: string, story: Story): TddCase {
  return { ...on(name, story), verdict: "proven", violations: [] };
}

/** A history that has nothing to prove. */
export function exempt(name: string, story: Story): TddCase {
  return { ...on(name, story), verdict: "exempt", violations: [], proven: 0 };
}

/** A history that must be caught, for these reasons and no others. */
export function cheating(
  name: string,
  violations: readonly ViolationKind[],
  story: Story,
): TddCase {
  return { ...on(name, story), verdict: "violated", violations };
}

function on(name: string, story: Story): Omit<TddCase, "verdict" | "violations"> {
  const runner = story.runner ?? "node";
  return { runner, before: runner === "vitest" ? IN_TYPESCRIPT : IN_JAVASCRIPT, ...story, name };
}

/** A test file of node:test: its imports, then its tests. */
export function nodeTests(imports: string, ...tests: readonly string[]): string {
  const head = `import assert from "node:assert/strict";\nimport { test } from "node:test";\n`;
  return `${head}${imports}\n${tests.join("\n")}\n`;
}

export const check = (name: string, body: string): string =>
  `test(${JSON.stringify(name)}, () => {\n  ${body}\n});`;

export const ADDS = check("adds", "assert.equal(add(1, 2), 3);");
export const ADDS_BELOW_ZERO = check("adds below zero", "assert.equal(add(-1, -2), -3);");
export const IMPORT_ADD = `import { add } from "../src/add.js";\n`;
export const ADD = "export function add(a, b) {\n  return a + b;\n}\n";

/** A function with two tests. */
export const IN_JAVASCRIPT: Files = {
  "package.json": `${JSON.stringify({ name: "sums", type: "module", scripts: { test: "node --test" } }, null, 2)}\n`,
  ".gitignore": "node_modules\n",
  "README.md": "# Sums\n",
  "src/add.js": ADD,
  "test/add.test.js": nodeTests(IMPORT_ADD, ADDS, ADDS_BELOW_ZERO),
};

export function viteTests(imports: string, ...tests: readonly string[]): string {
  return `import { describe, expect, it, test, vi } from "vitest";\n${imports}\n${tests.join("\n")}\nvoid [describe, it, vi];\n`;
}

export const IN_TYPESCRIPT: Files = {
  "package.json": `${JSON.stringify({ name: "sums", type: "module", scripts: { test: "vitest run" } }, null, 2)}\n`,
  ".gitignore": "node_modules\n",
  "src/add.ts": "export function add(a: number, b: number): number {\n  return a + b;\n}\n",
  "src/add.test.ts": viteTests(
    `import { add } from "./add.ts";\n`,
    check("adds", "expect(add(1, 2)).toBe(3);"),
    check("adds below zero", "expect(add(-1, -2)).toBe(-3);"),
  ),
};
