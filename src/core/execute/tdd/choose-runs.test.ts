import { expect, test } from "vitest";
import { affordableRuns, type WantedRun } from "./choose-runs.ts";

const run = (at: WantedRun["at"], step: number): WantedRun => ({
  at,
  step,
  commit: `${at}${step}`,
  files: [],
});
const RUNS = [run("red", 0), run("green", 0), run("red", 1), run("green", 1)];

test("every run is made where the program can be asked for single files", () => {
  expect(affordableRuns(RUNS, () => true)).toEqual(RUNS);
});

test("of runs of the whole suite the last red one is made alone", () => {
  expect(affordableRuns(RUNS, () => false)).toEqual([run("red", 1)]);
  expect(affordableRuns(RUNS, ({ step }) => step === 0)).toEqual([RUNS[0], RUNS[1], RUNS[2]]);
});
