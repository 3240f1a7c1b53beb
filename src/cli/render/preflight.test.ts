import { describe, expect, test } from "vitest";
import type { BaselineJson, CheckJson, IntegrationTestJson } from "../../api/preflight-json.ts";
import type { GateResult } from "../../core/execute/gates.ts";
import {
  baselineLines,
  checkLines,
  checkSummary,
  gateLine,
  integrationLines,
} from "./preflight.ts";

const PLAIN = { width: 80, colour: false, ascii: false };

function check(result: CheckJson["result"], name: string): CheckJson {
  const isFine = result === "ok";
  return {
    name,
    result,
    words: `${name} words`,
    why: isFine ? "" : "The reason.",
    mend: isFine ? "" : "The command.",
    code: name,
  };
}

function gate(name: string, changes: Partial<GateResult> = {}): GateResult {
  const green = { ok: true, exitCode: 0, durationMs: 1_500, failures: [], tail: "", problem: null };
  return { name, kind: "test", ...green, ...changes };
}

const RED = { ok: false, exitCode: 1 } as const;
const COMMIT = "0123456789abcdef0123456789abcdef01234567";

test("a check that is not fine has its reason and its mend below it", () => {
  const checks = [check("ok", "git"), check("warning", "disk"), check("refused", "target")];
  expect(checkLines(checks, PLAIN)).toEqual([
    "ok       git: git words",
    "warning  disk: disk words",
    "         The reason.",
    "         → The command.",
    "refused  target: target words",
    "         The reason.",
    "         → The command.",
  ]);
  expect(checkLines(checks, { ...PLAIN, ascii: true })[3]).toBe("         -> The command.");
});

test.each([
  [["ok"], "A run can begin: nothing is refused."],
  [["warning", "warning"], "A run can begin: nothing is refused, 2 warnings."],
  [["refused", "warning"], "A run cannot begin: 1 check is refused, 1 warning."],
  [["refused", "refused"], "A run cannot begin: 2 checks are refused."],
] as const)("%j together", (results, words) => {
  expect(checkSummary(results.map((result) => check(result, "x")))).toBe(words);
});

test.each([
  [{}, "green    unit  1s"],
  [RED, "red      unit  1s  exit code 1"],
  [{ ...RED, problem: "timeout" }, "red      unit  1s  over its time limit"],
  [{ ...RED, problem: "not-found" }, "red      unit  1s  command not found"],
] as const)("a gate that ended as %j", (changes, line) => {
  expect(gateLine(gate("unit", changes), PLAIN)).toBe(line);
});

function baseline(...results: readonly GateResult[]): BaselineJson {
  const red = results.filter((one) => !one.ok);
  return {
    target: "main",
    commit: COMMIT,
    results,
    red: red.map((one) => one.name),
    redTests: red.filter((one) => one.kind === "test").map((one) => one.name),
  };
}

describe("the baseline", () => {
  test("green, or without gates, is one line", () => {
    expect(baselineLines(baseline(gate("unit")), "tests", PLAIN)).toEqual([
      "The baseline is green: main at 0123456789.",
    ]);
    expect(baselineLines(baseline(), "tests", PLAIN)).toEqual([
      "No gates are configured, and none are recognised: nothing was measured on main at 0123456789.",
    ]);
  });

  test("red shows each failure, or the last words, and what it means for a run", () => {
    const lint = gate("lint", { ...RED, kind: "lint", tail: "a\n\nb\n" });
    const unit = gate("unit", {
      ...RED,
      failures: Array.from({ length: 12 }, (_, at) => `t${at}`),
    });
    expect(baselineLines(baseline(lint, unit), "none", PLAIN)).toEqual([
      "Red on main at 0123456789: lint, unit.",
      "  | lint: a",
      "  | lint: b",
      ...Array.from({ length: 10 }, (_, at) => `  | unit: t${at}`),
      "  (2 more of unit)",
      "Known before the run; only what is new is held against a task.",
    ]);
    expect(baselineLines(baseline(lint), "tests", PLAIN).at(-1)).toBe(
      "Known before the run; only what is new is held against a task.",
    );
    expect(baselineLines(baseline(lint), "all", PLAIN).at(-2)).toBe(
      "A run would not begin: lint must be green (baseline.require_green: all).",
    );
  });
});

describe("an integration test", () => {
  const base: IntegrationTestJson = {
    schemaVersion: 1,
    branch: "work",
    commit: COMMIT,
    run: null,
    target: "main",
    targetCommit: null,
    results: [gate("unit")],
    onTarget: [],
    preExisting: [],
    held: [],
    passed: true,
  };
  const red = gate("unit", { ...RED, failures: ["adds"] });
  const onMain = "f".repeat(40);

  test("says what is green, what is new, and what the target shows as well", () => {
    expect(integrationLines(base, PLAIN)).toEqual(["Green: work at 0123456789."]);
    const known = { ...base, results: [red], preExisting: ["unit"], targetCommit: onMain };
    const words = "Pre-existing: unit. The same command is red on main at ffffffffff.";
    expect(integrationLines(known, PLAIN)).toEqual([
      "Nothing new is red: work at 0123456789.",
      words,
    ]);
    const both = { ...known, results: [red, gate("e2e", { ...RED, tail: "boom" })], passed: false };
    expect(integrationLines(both, PLAIN)).toEqual([
      "Red: work at 0123456789: e2e.",
      "  | e2e: boom",
      words,
    ]);
  });

  test("says where there is nothing older to hold it against", () => {
    const failed = { ...base, results: [red], passed: false };
    expect(integrationLines(failed, PLAIN).at(-1)).toBe(
      "main is at the same commit: there is nothing older to hold it against.",
    );
    expect(integrationLines({ ...failed, branch: "main" }, PLAIN).at(-1)).toBe(
      "main is the target itself: there is nothing older to hold it against.",
    );
  });
});
