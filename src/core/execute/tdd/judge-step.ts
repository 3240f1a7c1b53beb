import type { GateResult } from "../gates.ts";
import type { ProvenStep, Violation } from "../proof.ts";
import type { TestOutcome } from "../test-reports/test-outcome.ts";
import { isBroughtBy } from "./brought-by.ts";
import type { ChangedTest } from "./changed-tests.ts";
import { findOutcomes, type Seen } from "./match-outcomes.ts";
import type { PlannedStep } from "./plan-proof.ts";
import { violation } from "./violation-words.ts";

/** One run of test files (or of everything) on one commit. */
export interface TestRun {
  readonly ok: boolean;
  readonly problem: GateResult["problem"];
  /** Null: there is no report that can be read; only the exit code tells. */
  readonly outcomes: readonly TestOutcome[] | null;
}

export interface StepVerdict {
  readonly step: ProvenStep;
  readonly violations: readonly Violation[];
  readonly noted: readonly string[];
}

/** Whether the tests of a step were red for what was missing, and green with it. Null: that was not measured. */
export function judgeStep(
  planned: PlannedStep,
  red: TestRun | null,
  green: TestRun | null,
): StepVerdict {
  const { subject, tests } = planned;
  const step = { subject, red: planned.red, green: planned.green, tests: namesOf(tests) };
  if (planned.known !== null) return { step: planned.known, violations: [], noted: [] };
  if (red === null) return { step: { ...step, isProven: false }, violations: [], noted: [] };
  if (isUnfinished(red)) {
    const words = `Step "${subject}": its tests came to no end at the red commit, which shows no failure.`;
    return { step: { ...step, isProven: false }, violations: [], noted: [words] };
  }
  const { violations: atRed, edges } = judgeRed(planned, red);
  // What is at fault there already is told once.
  const isFaulty = (test: ChangedTest): boolean =>
    atRed.some(
      (fault) => fault.test === null || (fault.test === nameOf(test) && fault.path === test.path),
    );
  const rest = tests.filter((test) => !isFaulty(test));
  const violations = [...atRed, ...judgeGreen(planned, rest, green)];
  const isProven = violations.length === 0 && green !== null;
  const noted = edges.map(
    ({ name }) => `Step "${subject}": the test "${name}" passed at once, beside one that failed.`,
  );
  if (red.outcomes === null || green?.outcomes === null)
    noted.push(
      `Step "${subject}": no report of the tests can be read, exit codes alone were taken.`,
    );
  const shown = namesOf(tests.filter((test) => !edges.includes(test)));
  return { step: { ...step, tests: shown, isProven }, violations, noted };
}

/** It was ended from outside: whether a test would have failed is not known. */
export function isUnfinished({ problem }: TestRun): boolean {
  return problem === "timeout" || problem === "output";
}

function namesOf(tests: readonly ChangedTest[]): readonly string[] {
  return tests.flatMap((test) => nameOf(test) ?? []);
}

interface RedVerdict {
  readonly violations: readonly Violation[];
  /** New tests that passed at once while another one failed: further cases of the same behaviour. */
  readonly edges: readonly ChangedTest[];
}

function judgeRed(planned: PlannedStep, run: TestRun): RedVerdict {
  const { tests, files } = planned;
  const { outcomes } = run;
  if (outcomes === null) {
    const [path = null] = files;
    const at = { commit: planned.red, path, test: null };
    return { violations: run.ok ? [passing(planned, at)] : [], edges: [] };
  }
  const faults = tests.map((test) =>
    faultAtRed(planned, test, findOutcomes(test, tests, outcomes)),
  );
  const edges = faults.includes(null)
    ? tests.filter(({ isNew }, index) => isNew && faults[index]?.kind === "passes-at-once")
    : [];
  const violations = tests.flatMap((test, index) =>
    edges.includes(test) ? [] : (faults[index] ?? []),
  );
  return { violations, edges };
}

function faultAtRed(planned: PlannedStep, test: ChangedTest, seen: Seen): Violation | null {
  const at = { commit: planned.red, path: test.path, test: nameOf(test) };
  // Names that are made while running: what they did counts for the test that nobody else is.
  const told = seen.own.length > 0 ? seen.own : seen.broken.length > 0 ? [] : seen.others;
  if (told.some(({ result }) => result === "failed")) return null;
  if (told.some(({ result }) => result === "passed")) return passing(planned, at);
  if (told.length > 0) return violation("does-not-run", at, "skipped");
  const [reason] = seen.broken;
  if (reason === undefined) return violation("does-not-run", at, "not-found");
  if (reason.reason === "syntax") return violation("does-not-run", at, "syntax");
  const { missing } = reason;
  // A file that broke for another reason has to run at the green commit, with the same text.
  if (missing === null || isBroughtBy(missing, planned.greenFiles)) return null;
  return violation("does-not-run", at, "import", missing);
}

/** Lines of a test that were only tidied are no fault; then nothing was red before the code. */
function passing(planned: PlannedStep, at: Pick<Violation, "commit" | "path" | "test">): Violation {
  if (!planned.isSoft) return violation("passes-at-once", at);
  const source = planned.greenFiles.find(({ path }) => !planned.texts.has(path));
  const place = { commit: planned.green, path: source?.path ?? null, test: null };
  return violation("code-before-test", place, "no-red", "The commit after it");
}

function nameOf(test: ChangedTest): string | null {
  return test.name === "" ? null : test.name;
}

function judgeGreen(
  planned: PlannedStep,
  tests: readonly ChangedTest[],
  run: TestRun | null,
): readonly Violation[] {
  const commit = planned.green;
  if (commit === null)
    return tests
      .slice(0, 1)
      .map(({ path, name }) =>
        violation(
          "red-at-green",
          { commit: planned.red, path, test: name === "" ? null : name },
          "no-green",
        ),
      );
  if (run === null) return [];
  const { outcomes } = run;
  if (outcomes === null) {
    const [path = null] = planned.files;
    return run.ok ? [] : [violation("red-at-green", { commit, path, test: null })];
  }
  return tests.flatMap((test) => {
    const { own, broken, others } = findOutcomes(test, planned.tests, outcomes);
    const told = own.length > 0 ? own : broken.length > 0 ? [] : others;
    const isGreen =
      told.some(({ result }) => result === "passed") &&
      told.every(({ result }) => result !== "failed");
    return isGreen
      ? []
      : [violation("red-at-green", { commit, path: test.path, test: nameOf(test) })];
  });
}
