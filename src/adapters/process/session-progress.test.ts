import { expect, test } from "vitest";
import { SessionProgress } from "./session-progress.ts";

test("a turn that is told in several lines counts once, by its newest line", () => {
  const usageLine = String.raw`^(?<turn>\w+) in=(?<tokensIn>\d+)(?: out=(?<tokensOut>\d+))?$`;
  const progress = new SessionProgress({ usageLine, stepLine: null });
  const tokens = ["a in=10", "a in=10 out=5", "b in=20", "a in=10 out=9", "chatter"].map((line) => {
    progress.note(line);
    return progress.tokens;
  });
  expect(tokens).toEqual([10, 15, 35, 39, 39]);
});

test("lines without turns are added up", () => {
  const progress = new SessionProgress({ usageLine: String.raw`^(?<tokens>\d+)$`, stepLine: null });
  for (const line of ["3", "3", "x"]) progress.note(line);
  expect(progress.tokens).toBe(6);
});

test("equal steps count while nothing else is done between them; words are nothing", () => {
  const progress = new SessionProgress({ usageLine: null, stepLine: "^do (?<step>.*)$" });
  const seen = ["do a", "do a", "hm", "do a", "do b", "do a", "do a"].map((line) => {
    progress.note(line);
    return progress.sameSteps;
  });
  expect(seen).toEqual([1, 2, 2, 3, 1, 1, 2]);
});
