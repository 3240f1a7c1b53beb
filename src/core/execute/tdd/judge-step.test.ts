import { expect, test } from "vitest";
import type { ChangedTest } from "./changed-tests.ts";
import { judgeStep, type TestRun } from "./judge-step.ts";
import type { PlannedStep } from "./plan-proof.ts";

const multiplies: ChangedTest = {
  path: "test/mul.test.js",
  name: "multiplies",
  isNew: true,
  isFirm: true,
  text: "",
};
const STEP: PlannedStep = {
  subject: "test: mul",
  red: "a1",
  green: "b2",
  tests: [multiplies],
  isSoft: false,
  texts: new Map(),
  greenFiles: [],
  files: [multiplies.path],
  known: null,
};
const green: TestRun = { ok: true, problem: null, outcomes: null };

test.each(["timeout", "output"] as const)(
  "a red run that was ended (%s) shows no failure: the step is not proven, and nobody is accused",
  (problem) => {
    const verdict = judgeStep(STEP, { ok: false, problem, outcomes: null }, green);
    expect(verdict.step.isProven).toBe(false);
    expect(verdict.violations).toEqual([]);
    expect(verdict.noted).toEqual([expect.stringContaining("came to no end")]);
  },
);

test("a red run that failed by itself proves the step", () => {
  const verdict = judgeStep(STEP, { ok: false, problem: null, outcomes: null }, green);
  expect(verdict.step.isProven).toBe(true);
});
