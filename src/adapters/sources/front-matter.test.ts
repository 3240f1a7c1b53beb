import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findDocuments, readFrontMatter } from "./front-matter.ts";

let root = "";

beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), "cairn-front-"));
});

afterEach(() => {
  fs.rmSync(root, { recursive: true, force: true });
});

function read(yaml: string) {
  return readFrontMatter("p.md", `---\n${yaml}\n---\n# Plan\n`);
}

function told(yaml: string): readonly string[] {
  return read(yaml).findings.map(
    ({ code, severity, line, column, message }) =>
      `${severity} ${code} ${line}:${column} ${message}`,
  );
}

const REFUSED = "warning source/front-matter";
const UNREADABLE = "The front matter cannot be read:";

test.each([
  [
    "a map as a name",
    `title: a\nmeta: ${"{".repeat(200)}${"}".repeat(200)}`,
    "3:8",
    "a map stands where a name should.",
  ],
  ["a list as a name", "title: a\n? [b]\n: c", "3:3", "a list stands where a name should."],
  ["question marks", "? ".repeat(150), "2:3", "a map stands where a name should."],
  ["an alias as a name", "a: &x b\n*x : c", "3:1", "an alias stands where a name should."],
  ["a value in itself", "dependencies: &x [1, *x]", "2:22", "a value holds itself."],
  [
    "lists in lists",
    `a: ${"[".repeat(21)}${"]".repeat(21)}`,
    "2:23",
    "it is nested more than 20 deep.",
  ],
  [
    "an alias of nothing",
    "a: *x",
    "1:1",
    "Unresolved alias (the anchor must be set before the alias): x.",
  ],
] as const)("%s is refused where it stands", (_, yaml, place, why) => {
  expect(told(yaml)).toEqual([`${REFUSED} ${place} ${UNREADABLE} ${why}`]);
  // What cannot be read gives no fields, not half of them.
  expect(read(yaml)).toMatchObject({ fields: {}, lineCount: 0 });
});

test("what is nested as deeply as any plan nests is read, with aliases", () => {
  const yaml = `a: ${"[".repeat(19)}1${"]".repeat(19)}\nb: &x [1]\nc: {d: *x, e: *x}`;
  expect(told(yaml)).toEqual([]);
  expect(read(yaml).fields["c"]).toEqual({ d: [1], e: [1] });
});

test("of long words only the beginning is repeated, of many defects the first hundred", () => {
  const [long] = told(`a: *${"x".repeat(10_000)}`);
  expect(long?.length).toBeLessThan(350);
  expect(long).toMatch(/: x{100,200}…\.$/u);
  expect(told("a: b: ".repeat(400))).toHaveLength(100);
});

test("what is never closed is told once", () => {
  expect(told(`a: ${"{".repeat(400)}`)).toEqual([
    `${REFUSED} 3:1 ${UNREADABLE} Flow map in block collection must be sufficiently indented and end with a }.`,
  ]);
});

test("where the parser's stack ends, the front matter is refused as a whole", () => {
  expect(told("? ".repeat(9_900))).toEqual([
    `${REFUSED} 1:1 ${UNREADABLE} it is nested too deeply.`,
  ]);
});

test("no front matter takes long, whatever is nested in it", () => {
  const before = process.threadCpuUsage();
  for (const piece of ["{", "? ", "[", "- ", "{? ", "{a: ", "&a [", "*a ", "<<: *a\n", "a: "])
    readFrontMatter("p.md", `---\na: &a {}\n${piece.repeat(19_900 / piece.length)}\n---\n`);
  const { user, system } = process.threadCpuUsage(before);
  expect((user + system) / 1_000).toBeLessThan(5_000);
});

test("documents that are missing are named by place, long names by their beginning", async () => {
  const place = { file: "p.md", line: 3, column: 9 };
  const { found, findings } = await findDocuments(root, "p.md", [
    { path: "y".repeat(9_000), key: "design", place },
    { path: "docs/a.md", key: "docs", place },
  ]);
  expect(found).toEqual([]);
  expect(findings).toMatchObject([place, place]);
  expect(findings.map((finding) => finding.message)).toEqual([
    `The design document ${"y".repeat(200)}… is not in the repository; agents will work without it.`,
    "The docs document docs/a.md is not in the repository; agents will work without it.",
  ]);
});
