import { expect, test } from "vitest";
import type { ActionMap, ActionType } from "../../src/core/run/actions.ts";
import { emptyRun } from "../../src/core/run/evolve.ts";
import type { Run } from "../../src/core/run/run.ts";
import { newTask } from "../../src/core/run/task-state.ts";
import type { PlannedIssue } from "../../src/core/plan/plan.ts";
import { ACTION_TYPES } from "../../src/engine/fault-points.ts";
import { createPerform } from "../../src/engine/perform.ts";
import type { World } from "../../src/engine/performer.ts";

/** One action of every kind there is: a new kind does not type-check before it stands here. */
const ACTIONS: ActionMap = {
  PrepareIntegration: {
    type: "PrepareIntegration",
    key: "k",
    branch: "milestone/1",
    target: "main",
  },
  RunBaseline: { type: "RunBaseline", key: "k", commit: "c" },
  PrepareWorkspace: {
    type: "PrepareWorkspace",
    key: "k",
    task: "1",
    slot: "w1",
    branch: "feat/1",
    base: "c",
    mode: "create",
    attempt: 1,
  },
  PrepareSession: { type: "PrepareSession", key: "k", task: "1", session: "1-s1", clean: true },
  RunSession: {
    type: "RunSession",
    key: "k",
    task: "1",
    session: "1-s1",
    role: "implementer",
    reminder: null,
    continues: null,
    stages: [],
  },
  EndSession: { type: "EndSession", key: "k", task: "1", session: "1-s1" },
  CommitLeftovers: { type: "CommitLeftovers", key: "k", task: "1" },
  Autofix: { type: "Autofix", key: "k", task: "1" },
  ProveWork: { type: "ProveWork", key: "k", task: "1", commit: "c" },
  AddFollowUps: { type: "AddFollowUps", key: "k", task: "1" },
  ReturnToDraft: { type: "ReturnToDraft", key: "k", task: "1" },
  RunGates: { type: "RunGates", key: "k", task: "1", commit: "c", forMerge: false },
  PublishPullRequest: { type: "PublishPullRequest", key: "k", task: "1", head: "c" },
  LeaveDraft: { type: "LeaveDraft", key: "k", task: "1" },
  BeginMerge: { type: "BeginMerge", key: "k", task: "1", other: "c" },
  BuildCandidate: {
    type: "BuildCandidate",
    key: "k",
    task: "1",
    onto: "c",
    forkPoint: "c",
    head: "c",
  },
  MergePullRequest: {
    type: "MergePullRequest",
    key: "k",
    task: "1",
    from: "c",
    candidate: "c",
    head: "c",
  },
  UpdateBranch: {
    type: "UpdateBranch",
    key: "k",
    task: "1",
    onto: "c",
    forkPoint: "c",
    head: "c",
    tree: "t",
  },
  TidyPullRequest: { type: "TidyPullRequest", key: "k", task: "1" },
  OpenLanding: { type: "OpenLanding", key: "k", head: "c", target: "main" },
  BuildTrain: {
    type: "BuildTrain",
    key: "k",
    onto: "c",
    members: [{ task: "1", forkPoint: "c", head: "c" }],
  },
  GateTrain: { type: "GateTrain", key: "k", commit: "c", length: 1 },
  ForecastConflicts: {
    type: "ForecastConflicts",
    key: "k",
    onto: "c",
    branches: [{ task: "1", forkPoint: "c", head: "c" }],
    pairs: [["1", null]],
  },
  GiveBack: { type: "GiveBack", key: "k", task: "1" },
  TestWave: { type: "TestWave", key: "k", wave: 0, commit: "c" },
  FindCulprit: {
    type: "FindCulprit",
    key: "k",
    commit: "c",
    base: "b",
    landings: [{ task: "1", commit: "c", onto: "b" }],
  },
  RevertTask: { type: "RevertTask", key: "k", task: "1", landed: "c", before: "b", onto: "c" },
  TestIntegration: { type: "TestIntegration", key: "k", commit: "c" },
  Land: { type: "Land", key: "k", head: "c", target: "main" },
};

/** Answers that lead each performer through to its effect; everything else answers nothing. */
const ANSWERS: Readonly<Record<string, unknown>> = {
  resolve: "c",
  treeOf: "t",
  isAncestor: false,
  buildLanding: { kind: "clean", commit: "l", tree: "t" },
  buildRevert: { kind: "clean", commit: "r", tree: "t", changedPaths: [] },
  forecast: [],
  buildCandidate: { kind: "clean", commit: "n", tree: "t" },
  checkedOutAt: null,
  moveBranch: "moved",
  commitFiles: "m",
  prepareWorkspace: { path: "/w", head: "c" },
  inspectWork: {
    head: "c",
    descends: true,
    changedPaths: [],
    missing: false,
    onBranch: "feat/1",
    dirtyPaths: [],
  },
  undoBreaches: [],
  "dispatch.run": { report: null, usage: {}, end: "finished" },
  "gates.run": [],
  openPullRequest: { number: 1, url: null },
  merge: { kind: "merged", commit: "n" },
  tipOf: "c",
  push: { kind: "pushed" },
  advance: { kind: "pushed" },
  deleteBranch: "deleted",
  buildUpdate: "c",
  historyOf: [],
  scan: [],
  changesBetween: [],
};

const MARKS = { path: "plan.md", mark: (): string => "done" };

/** A world that only writes down what it is asked. */
function notedWorld(notes: string[]): World {
  const port = (name: string): object =>
    new Proxy(
      {},
      {
        get: (_target, method) => () => {
          // To read the clock leaves nothing behind: what is taken from the run is taken with its time.
          if (method === "now") return 0;
          const called = `${name}.${String(method)}`;
          notes.push(called);
          return Promise.resolve(ANSWERS[called] ?? ANSWERS[String(method)]);
        },
      },
    );
  const ports = ["repository", "dispatch", "gates", "forge", "bootstrap", "clock", "secrets"];
  const world = Object.fromEntries(ports.map((name) => [name, port(name)]));
  return { ...world, progressFile: () => MARKS, prompt: () => "Work." } as unknown as World;
}

function runWithOneTask(): Run {
  const run = emptyRun("m1");
  const issue = {
    key: "1",
    number: "1",
    title: "One",
    blockers: [],
    acceptanceCriteria: [],
    labels: [],
    files: [],
  };
  const task = newTask(issue as unknown as PlannedIssue, "feat/1", 0);
  run.tasks.set("1", {
    ...task,
    status: "running",
    step: {
      at: "give-back",
      conflict: { onto: "c", class: "heavy", why: "Too large.", files: [] },
    },
    head: "c",
    workspace: { slot: "w1", path: "/w", branch: "feat/1", forkPoint: "c" },
    pullRequest: { number: 1, url: null, draft: true },
  });
  return run;
}

test("the list of kinds of effects is complete", () => {
  expect(ACTION_TYPES.toSorted()).toEqual(Object.keys(ACTIONS).toSorted());
});

test.each(ACTION_TYPES)(
  "%s passes a fault point before, inside and after its effect",
  async (type: ActionType) => {
    const notes: string[] = [];
    const faults = { pass: (point: string) => void notes.push(point) };
    const perform = createPerform(notedWorld(notes), faults);
    const outcome = await perform(ACTIONS[type], runWithOneTask());
    expect(outcome.of).toBe(type);
    expect(notes.filter((note) => note.startsWith(`${type}:`))).toEqual([
      `${type}:before`,
      `${type}:inside`,
      `${type}:after`,
    ]);
    expect([notes.at(0), notes.at(-1)]).toEqual([`${type}:before`, `${type}:after`]);
  },
);
