import { spawn, type ChildProcess } from "node:child_process";
import fs from "node:fs";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import {
  giveBackScore,
  hasScore,
  runOf,
  scoreOfCommands,
  scoresOfRun,
  startingWith,
  takeScore,
} from "./kin-score.ts";

const own = (): string => fs.readFileSync("/proc/self/oom_score_adj", "utf8").trim();

function sleeper(score: number | null, args: readonly string[] = ["sleep", "1000"]): ChildProcess {
  const [file = "", ...rest] = args;
  const child = startingWith(score, () => spawn(file, rest, { detached: true, stdio: "ignore" }));
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  return child;
}

test("a child has the score, and whoever starts it has not", () => {
  const before = own();
  const scores = scoresOfRun("r1");
  const child = sleeper(scores.first);
  expect(own()).toBe(before);
  expect(hasScore(child.pid ?? 0, scores.first)).toBe(true);
  expect(hasScore(process.pid, scores.first)).toBe(false);
  expect(hasScore(sleeper(null).pid ?? 0, scores.first)).toBe(false);
});

const fails = (): never => {
  throw new Error("no such program");
};

test("the score is put back when the start fails", () => {
  const before = own();
  expect(() => startingWith(500, fails)).toThrow("no such program");
  expect(own()).toBe(before);
});

test("every run has scores of its own size, between what others use and the highest there is", () => {
  fc.assert(
    fc.property(fc.string(), (run) => {
      const { first, last } = scoresOfRun(run);
      expect(first).toBeGreaterThan(300);
      expect(last).toBeLessThan(1000);
      expect(last - first).toBe(15);
    }),
  );
});

test("sessions that live at once have scores of their own, commands another, and none is left over", () => {
  const { first, last } = scoresOfRun("r2");
  const taken = Array.from({ length: 15 }, () => takeScore("r2"));
  expect(new Set(taken).size).toBe(15);
  expect(taken.every((score) => score !== null && score > first && score <= last)).toBe(true);
  expect(scoreOfCommands("r2/gates:1/test")).toBe(first);
  expect(takeScore("r2")).toBeNull();
  giveBackScore(taken[3] ?? null);
  expect(takeScore("r2")).toBe(taken[3]);
  for (const score of taken) giveBackScore(score);
});

test.each([
  ["m1-a/1-s1", "m1-a"],
  ["m1-a/bootstrap/k/x", "m1-a"],
  ["nothing", ""],
])("the run of the mark %s is %s", (mark, run) => {
  expect(runOf(mark)).toBe(run);
});
