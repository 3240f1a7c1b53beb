import type { Proof, Violation } from "../proof.ts";
import type { ChangedTest } from "./changed-tests.ts";
import { isUnfinished, judgeStep, type StepVerdict, type TestRun } from "./judge-step.ts";
import { findOutcomes } from "./match-outcomes.ts";
import { judgeOldTests } from "./old-tests.ts";
import type { PlannedRevert, PlannedStep, ProofPlan } from "./plan-proof.ts";
import { violation } from "./violation-words.ts";

/** What was run for a proof; what is absent was not. */
export interface Measurements {
  /** For each step of the plan, in its order. */
  readonly steps: readonly { readonly red: TestRun | null; readonly green: TestRun | null }[];
  readonly revert: TestRun | null;
  /**
   * The old tests at the head, as they were before: all of them where settings of the runner changed, else those of the
   * files that changed. `testsBefore`: what was asked for, of the files that still are.
   */
  readonly suite: { readonly run: TestRun; readonly testsBefore: readonly ChangedTest[] } | null;
  readonly runs: Proof["runs"];
  /** What could not be measured, and why. */
  readonly noted: readonly string[];
}

export const NOTHING_MEASURED: Measurements = {
  steps: [],
  revert: null,
  suite: null,
  runs: { files: 0, suite: 0 },
  noted: [],
};

/** The verdict on a history, from its plan and what was measured of it. */
export function judgeProof(plan: ProofPlan, measured: Measurements): Proof {
  const verdicts = plan.steps.map((step, index) => {
    const { red = null, green = null } = measured.steps[index] ?? {};
    return judgeStep(step, red, green);
  });
  const wasMeasured = measured.steps.length === plan.steps.length;
  const expectations = wasMeasured || plan.exempt !== null ? neverRed(plan, verdicts) : [];
  const reverted = judgeRevert(plan, measured.revert);
  const old = oldTests(plan, measured);
  const violations = [
    ...plan.violations,
    ...verdicts.flatMap((verdict) => verdict.violations),
    ...expectations,
    ...reverted,
    ...leftOut(plan, measured),
    ...old.violations,
  ];
  const wasReverted = measured.revert !== null && !isUnfinished(measured.revert);
  const noted = [
    ...plan.noted,
    ...verdicts.flatMap((verdict) => verdict.noted),
    ...(measured.revert === null || wasReverted ? [] : [REVERT_UNFINISHED]),
    ...old.noted,
    ...measured.noted,
  ];
  const steps = verdicts.map((verdict) => verdict.step);
  return {
    verdict: violations.length > 0 ? "violated" : plan.exempt === null ? "proven" : "exempt",
    why: plan.exempt,
    steps,
    violations,
    revert: wasReverted ? (reverted.length > 0 ? "green" : "red") : "not-run",
    runs: measured.runs,
    noted: [...new Set(noted)],
  };
}

const REVERT_UNFINISHED =
  "With the source taken back the tests came to no end: that shows no failure.";

/** Old tests as they were, on the new code. */
function oldTests(
  plan: ProofPlan,
  { suite, steps }: Measurements,
): ReturnType<typeof judgeOldTests> {
  if (plan.old === null || suite === null) return { violations: [], noted: [] };
  const wasRed = (test: ChangedTest): boolean =>
    plan.steps.some(({ tests }, index) => {
      if (tests.some((other) => other.path === test.path && other.name === test.name)) return true;
      const outcomes = steps[index]?.red?.outcomes ?? [];
      return findOutcomes(test, [test], outcomes).own.some(({ result }) => result === "failed");
    });
  return judgeOldTests({ run: suite.run, tests: suite.testsBefore, whole: plan.whole, wasRed });
}

/** Expectations of tests that were there before may change where the test was red with them, in a step that holds. */
function neverRed(plan: ProofPlan, verdicts: readonly StepVerdict[]): readonly Violation[] {
  const notMeasured = (step: PlannedStep, index: number): boolean =>
    step.known === null &&
    verdicts[index]?.step.isProven === false &&
    verdicts[index]?.violations.length === 0;
  return plan.changed
    .filter(({ path, test, step }) => {
      const later = [...plan.steps.entries()].filter(([index]) => step === null || index > step);
      return !later.some(
        ([index, planned]) =>
          planned.tests.some((other) => other.path === path && other.name === test) &&
          // What could not be measured is no proof against anybody.
          (verdicts[index]?.step.isProven === true || notMeasured(planned, index)),
      );
    })
    .map(({ path, test, words }) =>
      violation("test-weakened", { commit: null, path, test }, "usual", words),
    );
}

/**
 * At least one new test must go red without the change. Each of those must that is not, as it stands at the head, the
 * one that was red in its step: it was rewritten afterwards.
 */
function judgeRevert(plan: ProofPlan, run: TestRun | null): readonly Violation[] {
  const { revert } = plan;
  if (revert === null || run === null || isUnfinished(run)) return [];
  const none = violation("revert-stays-green", { commit: null, path: null, test: null });
  if (run.outcomes === null) return run.ok ? [none] : [];
  const { outcomes } = run;
  const green = revert.tests.filter((test) => isGreen(test, revert, outcomes));
  if (green.length === revert.tests.length) return [none];
  return green
    .filter((test) => !wasRedAsItIs(test, plan.steps))
    .map(({ path, name }) =>
      violation("revert-stays-green", { commit: null, path, test: name === "" ? null : name }),
    );
}

function isGreen(
  test: ChangedTest,
  revert: PlannedRevert,
  outcomes: NonNullable<TestRun["outcomes"]>,
): boolean {
  const { own, broken, others } = findOutcomes(test, revert.tests, outcomes);
  const told = own.length > 0 ? own : broken.length > 0 ? [] : others;
  return told.length > 0 && told.every(({ result }) => result !== "failed");
}

function wasRedAsItIs(test: ChangedTest, steps: readonly PlannedStep[]): boolean {
  const step = steps.findLast((one) =>
    one.tests.some((other) => other.path === test.path && other.name === test.name),
  );
  const then = step?.tests.find((other) => other.path === test.path && other.name === test.name);
  return then !== undefined && then.text === test.text;
}

/** Test files that settings of the runner leave out now: none of their tests ran with the whole suite. */
function leftOut(plan: ProofPlan, { suite }: Measurements): readonly Violation[] {
  const outcomes = suite?.run.outcomes ?? null;
  if (plan.runnerSettings.length === 0 || suite === null || outcomes === null) return [];
  const tests = suite.testsBefore;
  const ran = new Set(
    tests
      .filter((test) => {
        const { own, broken } = findOutcomes(test, tests, outcomes);
        return own.some(({ result }) => result !== "skipped") || broken.length > 0;
      })
      .map((test) => test.path),
  );
  const changed = plan.runnerSettings.slice(0, SETTINGS_SHOWN).join(", ");
  return [...new Set(tests.map((test) => test.path))]
    .filter((path) => !ran.has(path))
    .map((path) =>
      violation(
        "test-skipped",
        { commit: null, path, test: null },
        "usual",
        `${changed} was changed`,
      ),
    );
}

const SETTINGS_SHOWN = 3;
