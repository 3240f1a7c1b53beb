import { expect, test } from "vitest";
import { aRun } from "../../../test/support/a-run.ts";
import type { ActionOf } from "./actions.ts";
import { conflictsAhead, forecastActions, forecastGivenUp } from "./forecast-conflicts.ts";
import { noteForecast, reactToForecast } from "./forecast-conflicts.ts";
import type { Run } from "./run.ts";

const MERGING = {
  train: 1,
  everyCommitGreen: false,
  medium: { files: 3, hunks: 6, lines: 80, attempts: 2 },
  heavy: "give-back",
} as const;

function frozen(key: string, paths: readonly string[]): object {
  const workspace = {
    slot: `w${key}`,
    path: `/w${key}`,
    branch: `feat/${key}`,
    forkPoint: "head0",
  };
  return { status: "queued", head: `c${key}`, workspace, changedPaths: paths };
}

function three(): Run {
  return aRun({ merging: MERGING })
    .withTask("1", frozen("1", ["a.ts", "b.ts"]))
    .withTask("2", frozen("2", ["b.ts"]))
    .withTask("3", frozen("3", ["c.ts"]))
    .build();
}

function asked(run: Run): ActionOf<"ForecastConflicts"> {
  const [action] = forecastActions(run);
  if (action?.type !== "ForecastConflicts") throw new Error("Nothing is asked.");
  return action;
}

/** Answers with these pairs in conflict, and takes note of it. */
function told(
  run: Run,
  conflicts: readonly { a: string; b: string | null; paths: string[] }[],
): void {
  const events = reactToForecast(asked(run), { of: "ForecastConflicts", pairs: conflicts });
  for (const event of events) noteForecast(run, event);
}

test("only branches that share a path are put beside each other", () => {
  const action = asked(three());
  expect(action.pairs).toEqual([["1", "2"]]);
  expect(action.branches.map(({ task, head }) => [task, head])).toEqual([
    ["1", "c1"],
    ["2", "c2"],
  ]);
});

test("what was looked at is not asked for again, also when it is clean", () => {
  const run = three();
  told(run, []);
  expect(forecastActions(run)).toEqual([]);
  expect(conflictsAhead(run, run.tasks.get("1")!)).toEqual([]);
});

test("a conflict is told on both sides, until one of them moves", () => {
  const run = three();
  told(run, [{ a: "1", b: "2", paths: ["b.ts"] }]);
  const ahead = (key: string) => conflictsAhead(run, run.tasks.get(key)!);
  expect(ahead("1")).toEqual([{ with: "2", paths: ["b.ts"] }]);
  expect(ahead("2")).toEqual([{ with: "1", paths: ["b.ts"] }]);
  expect(ahead("3")).toEqual([]);
  run.tasks.set("2", { ...run.tasks.get("2")!, head: "c2b" });
  expect(ahead("1")).toEqual([]);
  expect(asked(run).pairs).toEqual([["1", "2"]]);
});

test("after a landing only branches that share a path with it are looked at", () => {
  const run = three();
  told(run, []);
  run.tasks.set("2", { ...run.tasks.get("2")!, status: "merged", mergedCommit: "head1" });
  run.merged.push("2");
  run.integration = { branch: "milestone/1", head: "head1", base: "head0" };
  expect(asked(run).pairs).toEqual([["1", null]]);
  told(run, [{ a: "1", b: null, paths: ["b.ts"] }]);
  expect(conflictsAhead(run, run.tasks.get("1")!)).toEqual([{ with: null, paths: ["b.ts"] }]);
  expect(forecastActions(run)).toEqual([]);
});

test("somebody else's commit on the branch makes nobody ask for ever", () => {
  const run = three();
  run.tasks.set("2", { ...run.tasks.get("2")!, status: "merged", mergedCommit: "head1" });
  run.merged.push("2");
  run.integration = { branch: "milestone/1", head: "by-hand", base: "head0" };
  told(run, []);
  expect(forecastActions(run)).toEqual([]);
});

test("trouble ends in not knowing, and nobody asks again", () => {
  const run = three();
  for (const event of forecastGivenUp(asked(run))) noteForecast(run, event);
  expect(run.forecast).toMatchObject([{ a: "1", b: "2", isUnknown: true }]);
  expect(forecastActions(run)).toEqual([]);
});

test("one look at a time, and none in a run begun before there was one", () => {
  const run = three();
  const action = asked(run);
  run.effects.set(action.key, { key: action.key, action, startedAt: 0 });
  expect(forecastActions(run)).toEqual([]);
  const { merging: _merging, ...before } = three().settings;
  expect(forecastActions(Object.assign(three(), { settings: before }))).toEqual([]);
});
