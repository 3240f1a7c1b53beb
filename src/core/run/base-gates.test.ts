import { expect, test } from "vitest";
import { aRun, happens } from "../../../test/support/a-run.ts";
import type { GateResult } from "../execute/gates.ts";
import type { Run, Task } from "./run.ts";
import { react } from "./react.ts";
import { stepAction } from "./step-action.ts";

const PLACE = { candidate: "merged", tree: "tree", base: "pushed" } as const;

function result(ok: boolean): GateResult {
  return {
    name: "test",
    kind: "test",
    ok,
    exitCode: ok ? 0 : 1,
    durationMs: 1,
    failures: ok ? [] : ["a.test.ts:1: adds"],
    tail: "",
    problem: null,
  };
}

/** A task at its turn, on a branch that somebody else pushed to. */
function atItsTurn(mode: "interactive" | "autonomous" = "interactive"): Run {
  return aRun({ mode })
    .with({
      integration: { branch: "milestone/1", head: "pushed", base: "head0" },
      baseGated: null,
    })
    .withTask("1", { status: "merging", head: "work", step: { at: "candidate-gates", ...PLACE } })
    .build();
}

const taskOf = (run: Run): Task => run.tasks.get("1")!;

/** The gates that its step asks for are over. */
function gated(run: Run, ok: boolean): Run {
  const action = stepAction(run, taskOf(run));
  if (action?.type !== "RunGates") throw new Error(`no gates but ${action?.type}`);
  const { key, commit } = action;
  happens(run, { type: "EffectStarted", key, action });
  const outcome = { of: "RunGates", commit, tree: "tree", results: [result(ok)] } as const;
  for (const event of react(run, { kind: "outcome", key, outcome }, run.changedAt))
    happens(run, event);
  return run;
}

test("red on a branch that nobody has gated: that is gated first, and nobody is blamed yet", () => {
  const run = gated(atItsTurn(), false);
  expect(taskOf(run)).toMatchObject({
    status: "merging",
    step: { at: "base-gates", base: "pushed" },
  });
  expect(stepAction(run, taskOf(run))).toMatchObject({ type: "RunGates", commit: "pushed" });
});

test("the branch below is green: its own gates run once more, and red again is its own fault", () => {
  const run = gated(gated(atItsTurn(), false), true);
  expect(taskOf(run).step).toEqual({ at: "candidate" });
  expect(run.baseGated).toEqual({ commit: "pushed", ok: true });
  const step = { at: "candidate-gates", ...PLACE } as const;
  happens(run, { type: "StepDecided", task: "1", step, why: "built again" });
  expect(taskOf(gated(run, false))).toMatchObject({ status: "fixing", rounds: { pullRequest: 1 } });
});

test.each(["interactive", "autonomous"] as const)(
  "the branch below is red: a person is asked (%s), the work is kept, and no round is counted",
  (mode) => {
    const run = gated(gated(atItsTurn(mode), false), false);
    const { status, question, rounds } = taskOf(run);
    expect(status).toBe("escalated");
    expect(question).toMatchObject({ kind: "trouble", options: ["retry", "skip", "abort"] });
    expect(question?.text).toContain("milestone/1 is red without 1");
    expect(rounds.pullRequest).toBe(0);
  },
);

test("a branch that was red once is gated again for the next one: it may have been a flake", () => {
  const run = atItsTurn();
  run.baseGated = { commit: "pushed", ok: false };
  expect(taskOf(gated(run, false)).step).toEqual({ at: "base-gates", base: "pushed" });
  gated(run, true);
  expect(run.baseGated).toEqual({ commit: "pushed", ok: true });
});

test("what makes a red branch green is merged", () => {
  const run = atItsTurn();
  run.baseGated = { commit: "pushed", ok: false };
  expect(taskOf(gated(run, true)).step).toMatchObject({ at: "move", candidate: "merged" });
});

test("each merge, and nothing that others do, leaves a branch that is known to be green", () => {
  const run = gated(atItsTurn(), true);
  expect(run.baseGated).toBeNull();
  happens(run, { type: "PullRequestMerged", task: "1", from: "pushed", commit: "merged" });
  expect(run.baseGated).toEqual({ commit: "merged", ok: true });
});

test("what only a longer prefix cleared says nothing of the branch, should that not come", () => {
  const cars = ["2", "3"].map((task, index) => ({
    task,
    head: `work-${task}`,
    forkPoint: "head0",
    commit: `with-${task}`,
    tree: `tree-${index + 1}`,
  }));
  const queued = { status: "queued" } as const;
  const run = aRun({ mode: "autonomous" })
    .withTask("2", { ...queued, head: "work-2" })
    .withTask("3", { ...queued, head: "work-3" })
    .build();
  happens(run, { type: "TrainPlanned", onto: "head0", members: cars });
  happens(run, { type: "TrainBuilt", cars, left: [] });
  happens(run, { type: "TrainGated", length: 1, ok: false, results: [result(false)] });
  happens(run, { type: "TrainGated", length: 2, ok: true, results: [result(true)] });
  expect([...run.greenTrees]).toEqual(["tree-1", "tree-2"]);

  happens(run, { type: "MergeStarted", task: "2", onto: "head0" });
  happens(run, { type: "PullRequestMerged", task: "2", from: "head0", commit: "with-2" });
  expect(run.baseGated).toBeNull();
  const moved = structuredClone(run);
  happens(run, { type: "MergeStarted", task: "3", onto: "with-2" });
  happens(run, { type: "PullRequestMerged", task: "3", from: "with-2", commit: "with-3" });
  expect(run.baseGated).toEqual({ commit: "with-3", ok: true });

  happens(moved, { type: "TaskCancelled", task: "3", by: "ada" });
  happens(moved, { type: "TrainEnded", why: "3 is gone.", alone: null });
  expect(moved.baseGated).toBeNull();
});

test("a tree that was red, and that only a longer prefix cleared, is gated again when the train ends without it", () => {
  const run = aRun().withTask("2", { status: "queued", head: "work-2" }).build();
  const car = { task: "2", head: "work-2", forkPoint: "head0", commit: "with-2", tree: "tree-1" };
  const cars = [car, { ...car, task: "3", commit: "with-3", tree: "tree-2" }];
  happens(run, { type: "TrainPlanned", onto: "head0", members: cars });
  happens(run, { type: "TrainBuilt", cars, left: [] });
  happens(run, { type: "TrainGated", length: 1, ok: false, results: [result(false)] });
  happens(run, { type: "TrainGated", length: 2, ok: true, results: [result(true)] });
  happens(run, { type: "TrainEnded", why: "3 is gone.", alone: null });
  expect([...run.greenTrees]).toEqual(["tree-2"]);
});

test("on its way when its train ends, it is gated by itself where it is put off, and says nothing where it lands", () => {
  const run = aRun().withTask("2", { status: "queued", head: "work-2" }).build();
  const car = { task: "2", head: "work-2", forkPoint: "head0", commit: "with-2", tree: "tree-1" };
  const cars = [car, { ...car, task: "3", commit: "with-3", tree: "tree-2" }];
  happens(run, { type: "TrainPlanned", onto: "head0", members: cars });
  happens(run, { type: "TrainBuilt", cars, left: [] });
  happens(run, { type: "TrainGated", length: 1, ok: false, results: [result(false)] });
  happens(run, { type: "TrainGated", length: 2, ok: true, results: [result(true)] });
  happens(run, { type: "MergeStarted", task: "2", onto: "head0" });
  const step = { at: "move", candidate: "with-2", tree: "tree-1", base: "head0" } as const;
  happens(run, { type: "StepDecided", task: "2", step, why: "green" });
  happens(run, { type: "TrainEnded", why: "3 is gone.", alone: null });
  expect(run.greenTrees.has("tree-1")).toBe(true);
  const landed = structuredClone(run);

  const deferred = { type: "MergeDeferred", task: "2", why: "busy", notBefore: 1 } as const;
  happens(run, deferred);
  expect(run.greenTrees.has("tree-1")).toBe(false);

  happens(landed, { type: "PullRequestMerged", task: "2", from: "head0", commit: "with-2" });
  expect(landed.baseGated).toBeNull();
  expect(landed.movingCleared).toBeNull();
});
