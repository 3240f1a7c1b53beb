import { describe, expect, test } from "vitest";
import { NO_DISCIPLINE } from "../../../test/support/no-discipline.ts";
import {
  aRun,
  aSession,
  sessionEnded,
  taskIn,
  tell,
  work,
  type TaskWishes,
} from "../../../test/support/a-run.ts";
import type { Run } from "./run.ts";
import type { Discipline } from "./settings.ts";

const SESSION = { at: "session", reminder: null, continues: null } as const;
const STEP = { minutes: 2, files: [], red: null, green: null, verify: null, place: {} };
const STEPS = ["a", "b", "c"].map((title) => ({ title, ...STEP }));
const WORKSPACE = { slot: "w1", path: "/w", branch: "feat/1", forkPoint: "head0" };
const FIRST_DONE = [{ step: 0, commit: "step-1" }];
const PART = { ...sessionEnded("1").report!, status: "partial" as const };

function running(discipline: Partial<Discipline>, task: TaskWishes): Run {
  return aRun({ discipline: { ...NO_DISCIPLINE, ...discipline } })
    .withTask("1", { status: "running", step: SESSION, workspace: WORKSPACE, ...task })
    .withEffect(aSession("1"))
    .build();
}

function stepwise(task: TaskWishes, more: Partial<Discipline> = {}): Run {
  return running({ stepSessions: true, ...more }, { issue: { steps: STEPS }, ...task });
}

const head = (commit: string) => ({ work: work("1", { head: commit }) });

describe("a session for each step", () => {
  test("without a commit of its own it is asked once, and then an earlier session has done it", () => {
    const first = stepwise({ stepsDone: FIRST_DONE });
    tell(first, "session:1:s1", sessionEnded("1", head("step-1")));
    expect(taskIn(first, "1")).toMatchObject({ step: { at: "session", reminder: "nothing" } });
    const second = stepwise({ stepsDone: FIRST_DONE, reminded: ["nothing"] });
    tell(second, "session:1:s1", sessionEnded("1", head("step-1")));
    expect(taskIn(second, "1")).toMatchObject({ status: "running", attemptsFailed: 0 });
    expect(taskIn(second, "1").step).not.toMatchObject({ reminder: "nothing" });
  });

  test("what Cairn commits for it is that step, and the next one follows", () => {
    const run = aRun({ discipline: { ...NO_DISCIPLINE, stepSessions: true } })
      .withTask("1", {
        status: "running",
        step: { at: "commit" },
        workspace: WORKSPACE,
        report: sessionEnded("1").report,
        issue: { steps: STEPS },
      })
      .withEffect({ type: "CommitLeftovers", key: "c1", task: "1" })
      .build();
    tell(run, "c1", { of: "CommitLeftovers", ...head("step-1") });
    expect(taskIn(run, "1")).toMatchObject({ step: SESSION, stepsDone: FIRST_DONE });
  });

  test("the handoff is owed by the last step only", () => {
    const early = stepwise({}, { handoff: "require" });
    tell(early, "session:1:s1", sessionEnded("1", { handoff: "missing", ...head("step-1") }));
    expect(taskIn(early, "1")).toMatchObject({ step: SESSION, stepsDone: FIRST_DONE });
    const done = [...FIRST_DONE, { step: 1, commit: "step-2" }];
    const last = stepwise({ stepsDone: done }, { handoff: "require" });
    tell(last, "session:1:s1", sessionEnded("1", { handoff: "missing", ...head("step-3") }));
    expect(taskIn(last, "1").step).toMatchObject({ at: "session", reminder: "handoff" });
  });
});

describe("a part that may not go on as one", () => {
  test("is not the whole for the next attempt, which ended where it began", () => {
    const run = running({}, {});
    tell(run, "session:1:s1", sessionEnded("1", { report: PART, ...head("part") }));
    expect(taskIn(run, "1")).toMatchObject({ status: "waiting", partAt: "part" });
    const next = running({}, { partAt: "part", reminded: ["report"] });
    tell(next, "session:1:s1", sessionEnded("1", { report: null, ...head("part") }));
    expect(taskIn(next, "1")).toMatchObject({ status: "waiting", attemptsFailed: 1 });
  });

  test("goes on with what is committed behind it", () => {
    const run = running({}, { partAt: "part" });
    tell(run, "session:1:s1", sessionEnded("1", head("whole")));
    expect(taskIn(run, "1").step).toEqual({ at: "gates", commit: "whole" });
  });
});

test("a handoff that is missing is asked for also when Cairn has committed the work", () => {
  const run = aRun({ discipline: { ...NO_DISCIPLINE, handoff: "require" } })
    .withTask("1", {
      status: "running",
      step: { at: "commit" },
      workspace: WORKSPACE,
      vendorSession: "v1",
    })
    .withEffect({ type: "CommitLeftovers", key: "c1", task: "1" })
    .build();
  tell(run, "c1", { of: "CommitLeftovers", handoff: "missing", ...head("work-1") });
  expect(taskIn(run, "1").step).toMatchObject({ at: "session", reminder: "handoff" });
});
