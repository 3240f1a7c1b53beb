import type { BaselineJson, CheckJson, IntegrationTestJson } from "../../api/preflight-json.ts";
import { formatDuration, plural, shortCommit } from "../../core/report/words.ts";
import type { GateResult } from "../../core/execute/gates.ts";
import { paint, type Look, type Style } from "./look.ts";

const STYLES = { ok: "green", warning: "yellow", refused: "red" } as const;
/** Widest of the results. */
const WIDTH = "refused".length;
const FAILURES_SHOWN = 10;

/** One line for each check; below what is not fine the reason, and what mends it. */
export function checkLines(checks: readonly CheckJson[], look: Look): readonly string[] {
  return checks.flatMap((check) => {
    const head = `${mark(look, check.result, STYLES[check.result])}  ${check.name}: ${check.words}`;
    return check.result === "ok" ? [head] : [head, ...below(look, check.why, check.mend)];
  });
}

/** Reason and mend, each on a line of its own below what they belong to. */
function below(look: Look, why: string, mend: string): readonly string[] {
  const margin = " ".repeat(WIDTH + 2);
  return [
    ...(why === "" ? [] : [`${margin}${why}`]),
    // Several ways to mend it stand below each other.
    ...(mend === ""
      ? []
      : mend.split("\n").map((way) => `${margin}${look.ascii ? "->" : "→"} ${way}`)),
  ];
}

/** What the checks come to. */
export function checkSummary(checks: readonly CheckJson[]): string {
  const refused = checks.filter((check) => check.result === "refused").length;
  const warnings = checks.filter((check) => check.result === "warning").length;
  const also = warnings === 0 ? "" : `, ${plural(warnings, "warning")}`;
  if (refused > 0)
    return `A run cannot begin: ${plural(refused, "check")} ${refused === 1 ? "is" : "are"} refused${also}.`;
  return `A run can begin: nothing is refused${also}.`;
}

/** One gate as it ended: `green    test  12s`. */
export function gateLine(result: GateResult, look: Look): string {
  const how = result.ok ? mark(look, "green", "green") : mark(look, "red", "red");
  const why = result.ok ? "" : `  ${howItEnded(result)}`;
  return `${how}  ${result.name}  ${formatDuration(result.durationMs)}${why}`;
}

/** What the baseline means for a run. */
export function baselineLines(
  baseline: BaselineJson,
  requires: "all" | "tests" | "none",
  look: Look,
): readonly string[] {
  const where = `${baseline.target} at ${shortCommit(baseline.commit)}`;
  if (baseline.results.length === 0)
    return [`No gates are configured, and none are recognised: nothing was measured on ${where}.`];
  const red = baseline.results.filter((result) => !result.ok);
  if (red.length === 0) return [`The baseline is green: ${where}.`];
  const names = red.map((result) => result.name).join(", ");
  return [
    `Red on ${where}: ${names}.`,
    ...red.flatMap((result) => failureLines(result, look)),
    ...meaning(baseline, requires),
  ];
}

function meaning(baseline: BaselineJson, requires: "all" | "tests" | "none"): readonly string[] {
  const stopping =
    requires === "all" ? baseline.red : requires === "tests" ? baseline.redTests : [];
  if (stopping.length === 0)
    return ["Known before the run; only what is new is held against a task."];
  return [
    `A run would not begin: ${stopping.join(", ")} must be green (baseline.require_green: ${requires}).`,
    `Make it green on ${baseline.target}; or begin on red, and hold only what is new against a task: baseline: {require_green: none}`,
  ];
}

/** What the gates of the whole say about a branch. */
export function integrationLines(test: IntegrationTestJson, look: Look): readonly string[] {
  const where = `${test.branch} at ${shortCommit(test.commit)}`;
  const red = test.results.filter((result) => !result.ok);
  if (red.length === 0) return [`Green: ${where}.`];
  const known =
    test.preExisting.length === 0 || test.targetCommit === null
      ? []
      : [
          `Pre-existing: ${test.preExisting.join(", ")}. The same command is red on ${test.target} at ${shortCommit(test.targetCommit)}.`,
        ];
  if (test.passed) return [`Nothing new is red: ${where}.`, ...known];
  const held = red.filter((result) => !test.preExisting.includes(result.name));
  return [
    `Red: ${where}: ${held.map((result) => result.name).join(", ")}.`,
    ...held.flatMap((result) => failureLines(result, look)),
    ...(test.targetCommit === null ? [nothingOlder(test)] : []),
    ...known,
  ];
}

function nothingOlder(test: IntegrationTestJson): string {
  return test.branch === test.target
    ? `${test.target} is the target itself: there is nothing older to hold it against.`
    : `${test.target} is at the same commit: there is nothing older to hold it against.`;
}

/** The single failures where the output could be read, else its last lines. */
function failureLines(result: GateResult, look: Look): readonly string[] {
  const lines =
    result.failures.length > 0
      ? result.failures
      : result.tail.split("\n").filter((line) => line.trim() !== "");
  const shown =
    result.failures.length > 0 ? lines.slice(0, FAILURES_SHOWN) : lines.slice(-FAILURES_SHOWN);
  const left = lines.length - shown.length;
  const more = left > 0 ? [`  (${left} more of ${result.name})`] : [];
  return [...shown.map((line) => paint(look, "dim", `  | ${result.name}: ${line}`)), ...more];
}

function howItEnded(result: GateResult): string {
  switch (result.problem) {
    case "timeout":
      return "over its time limit";
    case "output":
      return "over its output limit";
    case "not-found":
      return "command not found";
    case "ended":
      return "ended by a signal";
    case null:
      return `exit code ${result.exitCode}`;
  }
}

function mark(look: Look, word: string, style: Style): string {
  return paint(look, style, word.padEnd(WIDTH));
}
