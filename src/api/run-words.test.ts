import { expect, test } from "vitest";
import { aRun, sessionEnded, taskIn, type TaskWishes } from "../../test/support/a-run.ts";
import { NO_DISCIPLINE } from "../../test/support/no-discipline.ts";
import { stepProgress, type StepProgressJson } from "./run-words.ts";

const STEP = { minutes: 2, files: [], red: null, green: null, verify: null, place: {} };
const STEPS = ["a", "b", "c"].map((title) => ({ title, ...STEP }));
const ONE_DONE = [{ step: 0, commit: "step-1" }];
const ENDED = sessionEnded("1").report!;

function progress(task: TaskWishes, stepSessions = false): StepProgressJson | null {
  const discipline = { ...NO_DISCIPLINE, stepSessions };
  const wishes: TaskWishes = { issue: { steps: STEPS }, ...task };
  const run = aRun({ discipline }).withTask("1", wishes).build();
  return stepProgress(run, taskIn(run, "1"));
}

test("a session for each step: what the sessions so far have done", () => {
  expect(progress({ status: "running" }, true)).toEqual({ total: 3, done: 0 });
  expect(progress({ status: "running", stepsDone: ONE_DONE }, true)).toEqual({ total: 3, done: 1 });
});

test("one session for all: nothing is known before it ends, and then its accepted work counts", () => {
  expect(progress({ status: "running" })).toEqual({ total: 3, done: null });
  const report = { ...ENDED, status: "complete" as const };
  expect(progress({ status: "reviewing", head: "h", report })).toEqual({ total: 3, done: 3 });
});

test("of a part that goes on only what its report names is done", () => {
  const report = { ...ENDED, status: "partial" as const, stepsCompleted: ["a", "b"] };
  expect(progress({ status: "reviewing", head: "h", report })).toEqual({ total: 3, done: 2 });
});

test("an issue without steps has no progress in steps", () => {
  expect(progress({ status: "running", issue: {} })).toBeNull();
});
