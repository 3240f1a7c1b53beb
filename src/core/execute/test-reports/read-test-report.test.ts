import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readTestReport, type ReportFormat } from "./read-test-report.ts";
import type { TestOutcome } from "./test-outcome.ts";

const FOLDER = fileURLToPath(
  new URL("../../../../test/corpus/test-reports/fixtures/", import.meta.url),
);
const FORMATS: readonly ReportFormat[] = [
  "junit",
  "vitest-json",
  "jest-json",
  "go-json",
  "cargo-text",
  "tap",
];

function recorded(name: string): string {
  return readFileSync(`${FOLDER}${name}`, "utf8");
}

/** `result name (reason missing)`, of what passed or was skipped without the brackets. */
function inShort({ result, name, reason, missing }: TestOutcome): string {
  const why = result === "failed" || result === "broken" ? ` (${reason}, ${missing ?? "-"})` : "";
  return `${result} ${name}${why}`;
}

function read(format: ReportFormat, name: string): readonly string[] {
  return readTestReport(format, recorded(name))?.map(inShort) ?? ["unread"];
}

function filesOf(format: ReportFormat, name: string): ReadonlySet<string | null> {
  return new Set(readTestReport(format, recorded(name))?.map(({ file }) => file));
}

function wordsOf(format: ReportFormat, name: string, of: string): string {
  return readTestReport(format, recorded(name))?.find((one) => one.name === of)?.message ?? "";
}

function goLine(fields: object): string {
  return JSON.stringify({ Package: "a/b", ...fields });
}

describe("recorded reports", () => {
  test("node:test, JUnit", () => {
    expect(read("junit", "node-24.junit.xml")).toEqual([
      "broken test/empty.test.ts (unknown, -)",
      "broken test/export.test.ts (unknown, -)",
      "broken test/module.test.ts (unknown, -)",
      "broken test/package.test.ts (unknown, -)",
      "passed sum > adds",
      'failed sum > adds <wrongly> & "so" (assertion, -)',
      "skipped sum > is skipped",
      "skipped sum > is not done",
      "failed sum > throws (error, -)",
      "failed sum > calls what is missing (error, nothing)",
      "failed sum > takes too long (timeout, -)",
      "passed sum > nested > adds too",
      "passed outer > inner",
      "broken test/syntax.test.ts (unknown, -)",
    ]);
  });

  test("node:test, TAP: what a file printed before it fell says what is missing", () => {
    expect(read("tap", "node-24.tap")).toEqual([
      "broken test/empty.test.ts (unknown, -)",
      "broken test/export.test.ts (import, minus)",
      "broken test/module.test.ts (import, /repo/src/add.ts)",
      "broken test/package.test.ts (import, no-such-package)",
      "passed sum > adds",
      'failed sum > adds <wrongly> & "so" (assertion, -)',
      "skipped sum > is skipped",
      "skipped sum > is not done",
      "failed sum > throws (error, -)",
      "failed sum > calls what is missing (error, nothing)",
      "failed sum > takes too long (timeout, -)",
      "passed sum > nested > adds too",
      "passed outer > inner",
      "skipped outer",
      "broken test/syntax.test.ts (syntax, -)",
    ]);
  });

  test("vitest", () => {
    expect(read("vitest-json", "vitest-5.json")).toEqual([
      "broken /repo/test/empty.test.ts (unknown, -)",
      "failed minus (error, minus)",
      "failed /repo/test/hook.test.ts (error, -)",
      "skipped never starts",
      "broken /repo/test/module.test.ts (import, ../src/add.ts)",
      "broken /repo/test/package.test.ts (import, no-such-package)",
      "passed sum > adds",
      "failed sum > adds wrongly (assertion, -)",
      "skipped sum > is skipped",
      "skipped sum > is not done",
      "failed sum > throws (error, -)",
      "failed sum > takes too long (timeout, -)",
      "passed sum > nested > adds too",
      "failed sum > each 1 2 (assertion, -)",
      "passed sum > each 3 4",
      "broken /repo/test/syntax.test.ts (syntax, -)",
    ]);
  });

  test("jest", () => {
    expect(read("jest-json", "jest-30.json")).toEqual([
      "passed sum > adds",
      "failed sum > adds wrongly (assertion, -)",
      "skipped sum > is skipped",
      "skipped sum > is not done",
      "failed sum > throws (error, -)",
      "failed sum > takes too long (timeout, -)",
      "failed minus (error, minus)",
      "broken /repo/test/module.test.js (import, ../src/add)",
      "broken /repo/test/syntax.test.js (syntax, -)",
      "broken /repo/test/empty.test.js (unknown, -)",
    ]);
  });

  test("pytest", () => {
    expect(read("junit", "pytest-9.junit.xml")).toEqual([
      "passed test_adds",
      "failed test_adds_wrongly (assertion, -)",
      "skipped test_skipped",
      "skipped test_known",
      "passed test_each[1-2]",
      "passed test_each[2-1]",
      "failed TestAdd > test_inside (error, -)",
      "failed Old > test_old (assertion, -)",
      "failed test_needs (error, -)",
      "failed test_attribute (error, minus)",
    ]);
    expect(read("junit", "pytest-9-collection.junit.xml")).toEqual([
      "broken tests/test_export.py (import, times)",
      "broken tests/test_module.py (import, calc.minus)",
      "broken tests/test_syntax.py (syntax, -)",
    ]);
    expect(read("junit", "pytest-9-empty.junit.xml")).toEqual([]);
  });

  test("go", () => {
    expect(read("go-json", "go-1.19-calc.txt")).toEqual([
      "passed TestAdd",
      "failed TestAddWrongly (assertion, -)",
      "skipped TestSkipped",
      "failed TestTable (assertion, -)",
      "passed TestTable > one",
      "failed TestTable > two (assertion, -)",
      "failed TestZPanics (error, -)",
    ]);
    expect(read("go-json", "go-1.19-missing.txt")).toEqual([
      "broken missing/a_test.go (import, Minus)",
    ]);
    expect(read("go-json", "go-1.24-missing.txt")).toEqual([
      "broken missing/a_test.go (import, Minus)",
    ]);
    expect(read("go-json", "go-1.19-imports.txt")).toEqual([
      "broken imports/a_test.go (import, example.com/calc/nowhere)",
    ]);
    expect(read("go-json", "go-1.19-shape.txt")).toEqual(["broken shape/a_test.go (error, Add)"]);
    expect(read("go-json", "go-1.19-syntax.txt")).toEqual(["broken syntax/a_test.go (syntax, -)"]);
    expect(read("go-json", "go-1.19-none.txt")).toEqual([]);
  });

  test("cargo", () => {
    expect(read("cargo-text", "cargo-1.95.txt")).toEqual([
      "passed tests > adds",
      "skipped tests > ignored",
      "failed tests > panics (error, -)",
      "failed tests > adds_wrongly (assertion, -)",
      "failed tests > should (assertion, -)",
      "passed outer",
    ]);
    expect(read("cargo-text", "cargo-1.95-unresolved.txt")).toEqual([
      "broken tests/missing.rs (import, calc::minus)",
      "broken tests/shape.rs (import, times)",
    ]);
    expect(read("cargo-text", "cargo-1.95-syntax.txt")).toEqual([
      "broken tests/syntax.rs (syntax, -)",
    ]);
  });

  test("say which file a test stands in, where the program says it", () => {
    expect(filesOf("cargo-text", "cargo-1.95.txt")).toEqual(
      new Set(["src/lib.rs", "tests/outer.rs"]),
    );
    expect(filesOf("junit", "pytest-9.junit.xml")).toEqual(new Set(["tests/test_add.py"]));
    expect(filesOf("go-json", "go-1.19-calc.txt")).toEqual(new Set([null]));
    expect([...filesOf("junit", "node-24.junit.xml")]).toContain("/repo/test/sum.test.ts");
  });

  test("lead their words with what went wrong, without colours", () => {
    expect(wordsOf("vitest-json", "vitest-5.json", "sum > adds wrongly")).toMatch(
      /^AssertionError: expected 3 to be 4/u,
    );
    expect(wordsOf("tap", "node-24.tap", "sum > throws")).toMatch(/^boom\n/u);
    expect(wordsOf("junit", "pytest-9.junit.xml", "TestAdd > test_inside")).toMatch(
      /^ValueError: boom/u,
    );
    expect(wordsOf("vitest-json", "vitest-5.json", "/repo/test/syntax.test.ts")).not.toContain(
      "\u001B",
    );
    expect(wordsOf("go-json", "go-1.19-calc.txt", "TestAddWrongly")).toBe(
      "calc_test.go:13: Add(1, 2) = 3, want 4",
    );
  });
});

describe("reports in other output", () => {
  test("are found behind a package manager's lines", () => {
    const banner = "\n> calc@1.0.0 test\n> vitest run\n\n";
    for (const [format, name] of [
      ["vitest-json", "vitest-5.json"],
      ["junit", "pytest-9.junit.xml"],
      ["tap", "node-24.tap"],
      ["go-json", "go-1.19-calc.txt"],
      ["cargo-text", "cargo-1.95.txt"],
    ] as const) {
      const alone = readTestReport(format, recorded(name));
      const among = readTestReport(format, `${banner}${recorded(name)}\nnpm error code 1\n`);
      expect(among).toEqual(alone);
      expect(alone?.length).toBeGreaterThan(5);
    }
  });

  test("that are cut off, or of another format, are not read", () => {
    expect(readTestReport("vitest-json", recorded("vitest-5.json").slice(0, 4_000))).toBeNull();
    expect(readTestReport("junit", recorded("node-24.junit.xml").slice(0, 4_000))).toBeNull();
    expect(readTestReport("jest-json", recorded("node-24.junit.xml"))).toBeNull();
    expect(readTestReport("go-json", "sh: go: not found\n")).toBeNull();
    expect(readTestReport("cargo-text", "error: no such command: `test`\n")).toBeNull();
    expect(readTestReport("tap", "Segmentation fault\n")).toBeNull();
    expect(readTestReport("junit", '<!DOCTYPE a [<!ENTITY b "c">]><testsuites>&b;')).toBeNull();
  });
});

describe("what no recording holds", () => {
  test("a Go program that dies before, between or after its tests is broken; a test under way failed", () => {
    const atInit = [
      goLine({ Action: "output", Output: "panic: no settings\n" }),
      goLine({ Action: "fail" }),
    ];
    expect(readTestReport("go-json", atInit.join("\n"))?.map(inShort)).toEqual([
      "broken a/b (error, -)",
    ]);
    const under = [
      goLine({ Action: "run", Test: "TestA" }),
      goLine({ Action: "output", Output: "panic: test timed out after 1s\n", Test: "TestA" }),
      goLine({ Action: "fail" }),
    ];
    expect(readTestReport("go-json", under.join("\n"))?.map(inShort)).toEqual([
      "failed TestA (timeout, -)",
    ]);
  });

  test("a suite of another writer keeps its name, a file's name does not become one", () => {
    const xml = `<testsuites><testsuite name="src/a.test.ts"><testcase classname="src/a.test.ts" name="sum &gt; adds"><failure type="AssertionError" message="no"><![CDATA[at <x>]]></failure></testcase></testsuite>
      <testsuite name="com.acme.SumTest"><testcase classname="com.acme.SumTest" name="adds"/></testsuite></testsuites>`;
    expect(readTestReport("junit", xml)).toMatchObject([
      {
        name: "sum > adds",
        file: "src/a.test.ts",
        reason: "assertion",
        message: "AssertionError: no\nat <x>",
      },
      { name: "com.acme.SumTest > adds", file: null, result: "passed" },
    ]);
  });

  test("a plan of no tests is a report of none, and giving up is broken", () => {
    expect(readTestReport("tap", "TAP version 14\n1..0 # no tests\n")).toEqual([]);
    expect(
      readTestReport("tap", "TAP version 14\nok 1 - a\nBail out! no disk\n")?.map(inShort),
    ).toEqual(["passed a", "broken Bail out! (unknown, -)"]);
  });
});

describe("any text", () => {
  const pieces = fc.constantFrom(
    ...readdirSync(FOLDER)
      .map(recorded)
      .flatMap((text) => [text.slice(0, 300), text.slice(300, 900), text.slice(-400)]),
    "<testsuites>",
    "</testsuite>",
    "&#99999999;",
    "not ok 1 - a # TODO",
    "    ok",
    '{"testResults":[]}',
    '{"Action":"fail"}',
  );

  test("is read or refused, never an error", () => {
    const texts = fc.oneof(
      fc.string({ unit: "binary", maxLength: 300 }),
      fc
        .array(fc.oneof(pieces, fc.string({ maxLength: 20 })), { maxLength: 6 })
        .map((all) => all.join("\n")),
    );
    fc.assert(
      fc.property(fc.constantFrom(...FORMATS), texts, (format, text) => {
        const outcomes = readTestReport(format, text);
        expect(outcomes === null || Array.isArray(outcomes)).toBe(true);
        for (const one of outcomes ?? []) expect(one.message.length).toBeLessThanOrEqual(4_000);
      }),
      { numRuns: 500 },
    );
  });

  test("of a hostile length takes no more than linear time", () => {
    const start = performance.now();
    for (const format of FORMATS) {
      for (const piece of [
        "<testsuite ",
        "&amp;",
        "    ",
        "ok - # ",
        "error: a ",
        "unresolved import `",
        "expect(",
        '{"a":',
      ]) {
        readTestReport(format, `TAP version 13\n<testsuites>${piece.repeat(20_000)}`);
      }
    }
    expect(performance.now() - start).toBeLessThan(5_000);
  });
});
