import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Milestone, PlanFinding } from "../../../core/plan/issue.ts";
import { buildPlan } from "../../../core/plan/plan.ts";
import { UserError } from "../../../errors.ts";
import { dispatchProgress } from "./dispatch-progress.ts";
import { createDispatchSource } from "./dispatch-source.ts";
import { parseDispatch } from "./parse-dispatch.ts";

let root = "";

beforeAll(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), "cairn-dispatch-fuzz-"));
});

afterAll(() => {
  fs.rmSync(root, { recursive: true, force: true });
});

const EXAMPLE = fs.readFileSync("examples/dispatch/plan.yaml", "utf8");
const LINES = EXAMPLE.split("\n");

const PIECES = [
  "&a ",
  "*a",
  "<<: *a",
  "!!binary x",
  "? ",
  "- ",
  "{",
  "}",
  "[",
  "]",
  ": ",
  "\t",
  "\r",
  "'",
  '"',
  "|",
  "#",
  "%YAML 9",
  "---",
  "\u0000",
  "\u{FEFF}",
  "\uD800",
  "999999999999999999999",
  "wave: -1",
  "issue: {}",
  "null",
];

const mutated = fc
  .array(
    fc.tuple(
      fc.constantFrom("delete", "double", "swap", "insert", "cut"),
      fc.nat(LINES.length - 1),
      fc.nat(60),
      fc.constantFrom(...PIECES),
    ),
    { minLength: 1, maxLength: 6 },
  )
  .map((steps) => {
    let lines = [...LINES];
    for (const [kind, at, column, piece] of steps) {
      const line = lines[at] ?? "";
      if (kind === "delete") lines.splice(at, 1);
      if (kind === "double") lines.splice(at, 0, line);
      if (kind === "swap") lines.splice(at, 2, lines[at + 1] ?? "", line);
      if (kind === "insert") lines[at] = line.slice(0, column) + piece + line.slice(column);
      if (kind === "cut") lines = [...lines.slice(0, at), line.slice(0, column)];
    }
    return lines.join("\n");
  });

async function read(bytes: string | Uint8Array): Promise<Milestone | UserError> {
  fs.writeFileSync(path.join(root, "plan.yaml"), bytes);
  const source = createDispatchSource({
    root,
    readSource: () => Promise.reject(new UserError("source/not-found", "Not here.")),
  });
  return source.read("plan.yaml").catch((error: unknown) => {
    if (error instanceof UserError) return error;
    throw error;
  });
}

function hasPlace({ file, line = 0, column = 0, message, hint }: PlanFinding): boolean {
  return file === "plan.yaml" && line >= 1 && column >= 1 && message !== "" && hint !== "";
}

/** What a person could do nothing with. */
function complaints(answer: Milestone | UserError): readonly unknown[] {
  if (answer instanceof UserError) return answer.hints.length > 0 ? [] : [answer];
  buildPlan(answer);
  return answer.findings.filter((finding) => !hasPlace(finding));
}

test("whatever is done to a plan, it is read or refused in words, and never thrown over", async () => {
  await fc.assert(
    fc.asyncProperty(mutated, async (text) => {
      const answer = await read(text);
      expect(complaints(answer)).toEqual([]);
      parseDispatch(text);
      dispatchProgress("plan.yaml").mark(text, new Map([["#71", "done"]]));
    }),
    { numRuns: 300 },
  );
});

test("any bytes are read or refused in words", async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
      expect(await read(bytes)).toBeInstanceOf(UserError);
    }),
    { numRuns: 200 },
  );
});

test.each([
  ["nested lists", `waves: ${"[".repeat(50_000)}`],
  ["nested mappings", `waves: ${"{a: ".repeat(50_000)}`],
  ["nested lines", Array.from({ length: 3000 }, (_, depth) => `${" ".repeat(depth)}a:`).join("\n")],
  ["one long line", `waves: [{items: [{issue: 1, title: "${"x".repeat(2_000_000)}"}]}]`],
  [
    "many unknown keys",
    `waves: []\n${Array.from({ length: 20_000 }, (_, index) => `k${index}: 1`).join("\n")}`,
  ],
  ["many defects", `waves:\n${"  - items: [\n".repeat(8000)}`],
  [
    "many anchors",
    `x: [${Array.from({ length: 20_000 }, (_, index) => `&a${index} 1`).join(",")}]\nwaves: [{items: [{issue: 1}]}]`,
  ],
  ["many aliases", `x: &x 1\nwaves: [{items: [{issue: 1, files: [${"*x,".repeat(50_000)}]}]}]`],
])("%s take no time", async (_what, text) => {
  const start = performance.now();
  await read(text);
  parseDispatch(text);
  expect(performance.now() - start).toBeLessThan(15_000);
});
