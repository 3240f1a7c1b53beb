import type { Finding } from "../execute/agent-report.ts";
import type { GateResult } from "../execute/gates.ts";
import type { Proof } from "../execute/proof.ts";
import type { ChangeFacts } from "../review/change-facts.ts";
import { leftOf } from "./follow-ups.ts";
import type { Run, Task } from "./run.ts";

const PATHS_MAX = 100;
const STEPS_MAX = 20;
const WORDS_MAX = 20;
const SHA_SHOWN = 12;

/**
 * What was measured about a change, one sentence each, for those who judge it. Nothing in it is the author's word: no
 * summary, no notes, no reason given.
 */
export function reviewFacts(run: Run, task: Task): readonly string[] {
  return [
    ...partFacts(run, task),
    ...changedFacts(task),
    ...gateFacts(run, task.gateResults),
    ...proofFacts(task.proof),
    ...(task.change === null ? [] : measuredFacts(task.change)),
  ];
}

/** What belongs to the rest is no defect of the part; which words are the rest's is known from its issue. */
function partFacts(run: Run, task: Task): readonly string[] {
  if (task.followUps.length === 0) return [];
  const rest = task.followUps.map((key) => `${key} "${run.tasks.get(key)?.issue.title ?? ""}"`);
  return [
    `This change is a part of ${task.key}. What is left is planned as ${rest.join(", ")}, and is no defect here; what is here must be whole in itself.`,
    ...leftOf(run, task).map((left) => `Left to ${task.followUps.join(", ")}: ${left}`),
  ];
}

function changedFacts({ changedPaths, change }: Task): readonly string[] {
  const left = changedPaths.length - PATHS_MAX;
  const more = left > 0 ? ` and ${left} more` : "";
  const shown = changedPaths.slice(0, PATHS_MAX).join(", ") || "none";
  const paths = `Changed paths (${changedPaths.length}): ${shown}${more}.`;
  if (change === null) return [paths];
  return [
    paths,
    `Size without tests, lock files and generated files: ${count(change.lines, "line")} in ${count(change.files, "file")}.`,
  ];
}

function gateFacts(run: Run, results: readonly GateResult[]): readonly string[] {
  const { preMerge } = run.settings.gates;
  if (preMerge.length === 0) return ["No gates are configured."];
  // Results of an earlier version of the log were not kept; the change would not be here had a gate been red.
  if (results.length === 0)
    return [`These gates passed on this commit: ${preMerge.map(({ name }) => name).join(", ")}.`];
  return results.map(({ name, ok, durationMs }) => {
    const seconds = (durationMs / 1_000).toFixed(1);
    return `Gate ${name}: ${ok ? "passed" : "red before the run began and red now"} (${seconds} s).`;
  });
}

function proofFacts(proof: Proof | null): readonly string[] {
  if (proof === null) return ["How the tests came to be was not measured."];
  const noted = proof.noted.slice(0, WORDS_MAX).map((words) => `Not measured: ${words}`);
  if (proof.verdict === "exempt")
    return [`Test-driven development need not be proven: ${proof.why ?? "exempt"}.`, ...noted];
  const proven = proof.steps.filter(({ isProven }) => isProven).length;
  return [
    `Test-driven development: ${proven} of ${count(proof.steps.length, "step")} proven (red, then green); ${REVERT[proof.revert]}.`,
    ...proof.steps.slice(0, STEPS_MAX).map(stepFact),
    ...proof.violations.slice(0, WORDS_MAX).map(({ words }) => `Against its rules: ${words}`),
    ...noted,
  ];
}

const REVERT = {
  red: "with the source taken back the new tests are red, as they should be",
  green: "with the source taken back the new tests stay green",
  "not-run": "the source was not taken back for a try",
} as const;

function stepFact({ subject, red, green, tests, isProven }: Proof["steps"][number]): string {
  const until = green === null ? "never green" : `green at ${green.slice(0, SHA_SHOWN)}`;
  return `Step "${subject}": red at ${red.slice(0, SHA_SHOWN)}, ${until}, ${count(tests.length, "test")}${isProven ? "" : ", not proven"}.`;
}

function measuredFacts(change: ChangeFacts): readonly string[] {
  const { coverage, stops, tests } = change;
  const covered =
    coverage === null || coverage.total === 0
      ? []
      : [
          `Coverage of the changed lines: ${coverage.covered} of ${coverage.total} (${Math.floor((coverage.covered / coverage.total) * 100)} %).`,
        ];
  return [
    ...covered,
    ...stops.slice(0, WORDS_MAX).map(({ kind, words }) => `Stop condition ${kind}: ${words}`),
    ...tests.slice(0, WORDS_MAX).map((finding) => `Scan of the tests: ${placed(finding)}`),
  ];
}

function placed({ file, line, message }: Finding): string {
  if (file === null) return message;
  return `${file}${line === null ? "" : `:${line}`}: ${message}`;
}

function count(many: number, thing: string): string {
  return `${many} ${thing}${many === 1 ? "" : "s"}`;
}
