import { describe, expect, test } from "vitest";
import {
  aRun,
  aSession,
  anIssue,
  NOW,
  say,
  sessionEnded,
  taskIn,
  tell,
  types,
  work,
} from "../../../test/support/a-run.ts";
import type { AgentReport } from "../execute/agent-report.ts";
import type { Issue, Milestone } from "../plan/issue.ts";
import type { PlannedIssue } from "../plan/plan.ts";
import { readDependencies } from "../plan/read-dependencies.ts";
import type { ActionOf } from "./actions.ts";
import type { RunEvent } from "./events.ts";
import { followUpDrafts, followUpIssue, followUpsToWrite, leftOf } from "./follow-ups.ts";
import { NO_DISCIPLINE } from "../../../test/support/no-discipline.ts";
import { checkInvariants } from "./invariants.ts";
import type { Run, RunSettings, Task } from "./run.ts";
import { tick } from "./transition.ts";

const SESSION = { at: "session", reminder: null, continues: null } as const;
const PARTIAL: AgentReport = {
  ...sessionEnded("1").report!,
  status: "partial",
  stepsCompleted: ["the parser"],
  stepsBlocked: [{ step: "send it", why: "no access" }],
};
const ADD: ActionOf<"AddFollowUps"> = { type: "AddFollowUps", key: "f1", task: "1" };
const discipline = { ...NO_DISCIPLINE, followUps: 2 };

/** Task 1 whose session is about to end; 2 waits for it. */
function atWork(settings: Partial<RunSettings> = {}, task: Partial<Task> = {}): Run {
  return aRun({ discipline, ...settings })
    .withTask("1", { status: "running", step: SESSION, ...task })
    .withTask("2", { dependsOn: ["1"] })
    .withEffect(aSession("1"))
    .build();
}

/** The issue for what 1 leaves is being made. */
function making(settings: Partial<RunSettings> = {}): ReturnType<typeof aRun> {
  return aRun({ discipline, parallel: 0, ...settings })
    .withTask("1", {
      status: "running",
      report: PARTIAL,
      owesFollowUps: true,
      step: { at: "follow-up", commit: "work-1" },
      issue: { body: "Do it.", phase: "Build", conflictGroup: "api" },
    })
    .withTask("2", { dependsOn: ["1"] })
    .withEffect(ADD);
}

function restOf(run: Run, key = "1b", of = "1"): { issue: PlannedIssue; branch: string } {
  const [draft] = followUpDrafts(run, taskIn(run, of));
  if (draft === undefined) throw new Error("nothing is left");
  return followUpIssue(run, draft)({ key, number: key, url: null });
}

function added(run: Run, key = "1b"): readonly RunEvent[] {
  return tell(run, "f1", {
    of: "AddFollowUps",
    result: { kind: "added", issues: [restOf(run, key)] },
  });
}

function blockersOf(run: Run, key: string): readonly string[] {
  return taskIn(run, key).issue.blockers.map((blocker) => blocker.key);
}

const gates = (run: Run): string => [...run.effects.keys()].find((key) => key.startsWith("gates"))!;

const listed = (run: Run, ...more: readonly Issue[]): Milestone => ({
  source: { kind: "github", reference: "ada/mill milestone 3" },
  title: "Three",
  number: "3",
  url: null,
  issues: [...[...run.tasks.values()].map(({ issue }) => issue), ...more],
  documents: [],
  handoff: null,
  findings: [],
});

function read(run: Run, milestone: Milestone): readonly RunEvent[] {
  return tick(run, [{ kind: "milestone", milestone }], NOW, checkInvariants).events;
}

const step = (title: string) => ({
  title,
  minutes: 2,
  files: [],
  red: null,
  green: null,
  verify: null,
  place: {},
});

describe("what a partial result leaves", () => {
  test("is an issue of its phase and conflict group, which waits for the part", () => {
    const run = making().build();
    added(run);
    expect(taskIn(run, "1b")).toMatchObject({
      status: "waiting",
      question: null,
      branch: "feat/issue-1b-follow-up-of-1-task-1",
      issue: {
        followUpOf: "1",
        phase: "Build",
        conflictGroup: "api",
        title: "Follow-up of 1: Task 1",
      },
    });
    expect(blockersOf(run, "1b")).toEqual(["1"]);
    expect(taskIn(run, "1b").issue.body).toContain("- send it (no access)");
  });

  test("holds every dependent that has not begun; one that has is only told", () => {
    const run = making()
      .withTask("3", { dependsOn: ["1"], status: "running", sessions: 1 })
      .withTask("4", { dependsOn: ["1"], status: "merged", endedAt: NOW })
      .build();
    added(run);
    expect(blockersOf(run, "2")).toEqual(["1", "1b"]);
    expect([blockersOf(run, "3"), blockersOf(run, "4")]).toEqual([["1"], ["1"]]);
    expect(taskIn(run, "3").notes.join()).toContain("the rest is 1b");
    expect(taskIn(run, "4").notes).toEqual([]);
  });

  test("gets the next name where another rest got that one at the same time", () => {
    const run = making()
      .withTask("1b", { issue: { followUpOf: "9" } })
      .build();
    const before = taskIn(run, "1").stepNo;
    expect(types(added(run))).not.toContain("FollowUpsAdded");
    expect(taskIn(run, "1")).toMatchObject({ step: { at: "follow-up" }, stepNo: before + 1 });
    const keys = [...run.effects.keys()];
    expect(keys).toEqual([expect.stringMatching(/^follow-up:1:n/u)]);
  });

  test("of a run that was given up joins nothing", () => {
    const run = making().build();
    say(run, "cancel");
    expect(types(added(run))).toEqual(["EffectFinished"]);
    expect(run.tasks.has("1b")).toBe(false);
  });

  test("is not asked for twice: a round that mends the part leaves nothing more", () => {
    const run = making().build();
    added(run);
    expect(taskIn(run, "1")).toMatchObject({ owesFollowUps: false, followUps: ["1b"] });
  });
});

describe("whether a part goes on", () => {
  test.each([
    ["nothing is committed", { work: work("1", { head: "head0", commits: [] }) }, discipline],
    ["no follow-ups are wanted", {}, { ...discipline, followUps: 0 }],
  ])("%s: the attempt has failed", (_why, changes, wanted) => {
    const run = atWork({ discipline: wanted });
    const events = tell(run, "session:1:s1", sessionEnded("1", { report: PARTIAL, ...changes }));
    expect(types(events)).toContain("AttemptFailed");
    expect(taskIn(run, "1").detail).toContain("send it");
  });

  /** 1 has one follow-up, that has one, and now it leaves something again. */
  function chain(settings: Partial<RunSettings> = {}): Run {
    return aRun({ discipline, ...settings })
      .withTask("1", { status: "merged", followUps: ["1b"] })
      .withTask("1b", { status: "merged", followUps: ["1c"], issue: { followUpOf: "1" } })
      .withTask("1c", { status: "running", step: SESSION, issue: { followUpOf: "1b" } })
      .withEffect(aSession("1c"))
      .build();
  }

  test("a rest of a rest counts against the original: after the second a person is asked", () => {
    const run = chain();
    tell(run, "session:1c:s1", sessionEnded("1c", { report: PARTIAL }));
    expect(taskIn(run, "1c").question).toMatchObject({
      kind: "partial",
      options: ["retry", "skip", "abort"],
      default: "skip",
    });
    expect(taskIn(run, "1c").question?.text).toContain("2 follow-ups already");
    say(run, "retry", "1c");
    expect(taskIn(run, "1c")).toMatchObject({ status: "running", owesFollowUps: false });
  });

  test("in autonomous mode it is skipped then", () => {
    const run = chain({ mode: "autonomous" });
    tell(run, "session:1c:s1", sessionEnded("1c", { report: PARTIAL }));
    expect(taskIn(run, "1c")).toMatchObject({ status: "skipped", reason: "partial" });
  });

  test("follow-ups that the plan began with count as well, done or not", () => {
    const rests = ["1b", "1c"].map((key) => ({ ...anIssue(key), followUpOf: "1" }));
    const run = atWork();
    run.plan = {
      issues: [anIssue("1"), ...rests],
      source: { kind: "markdown", reference: "p.md" },
    } as never;
    tell(run, "session:1:s1", sessionEnded("1", { report: PARTIAL }));
    expect(taskIn(run, "1").question?.kind).toBe("partial");
  });
});

describe("on the way to its publication", () => {
  const green = { of: "RunGates", commit: "work-1", tree: "t", results: [] } as const;
  const red = {
    ...green,
    results: [
      {
        name: "test",
        kind: "test" as const,
        ok: false,
        exitCode: 1,
        durationMs: 1,
        failures: ["a.ts:1: broken"],
        tail: "",
        problem: null,
      },
    ],
  };
  const change = { files: 1, lines: 1, stops: [], tests: [], coverage: null, secrets: [] };

  function prove(run: Run, commit = "work-1"): void {
    const key = [...run.effects.keys()].find((one) => one.startsWith("proof"));
    tell(run, key ?? "", { of: "ProveWork", commit, proof: null, change });
  }

  test("a part whose gates are red first still owes its rest, whatever the fixer says", () => {
    const run = atWork();
    tell(run, "session:1:s1", sessionEnded("1", { report: PARTIAL }));
    tell(run, gates(run), red);
    expect(taskIn(run, "1").status).toBe("fixing");
    const prepare = [...run.effects.keys()].find((key) => key.startsWith("prepare"));
    tell(run, prepare ?? "", { of: "PrepareSession", protectedRefs: {} });
    const session = [...run.effects.values()].find(({ action }) => action.type === "RunSession");
    const fixed = work("1", { head: "work-2", commits: [{ sha: "work-2", subject: "fix" }] });
    tell(
      run,
      session?.key ?? "",
      sessionEnded("1", { session: taskIn(run, "1").session?.id ?? "", work: fixed }),
    );
    tell(run, gates(run), { ...green, commit: "work-2" });
    prove(run, "work-2");
    expect(taskIn(run, "1")).toMatchObject({
      status: "fixing",
      step: { at: "follow-up", commit: "work-2" },
    });
    expect(followUpDrafts(run, taskIn(run, "1"))[0]?.body).toContain("send it (no access)");
    const key = [...run.effects.keys()].find((one) => one.startsWith("follow-up")) ?? "";
    tell(run, key, { of: "AddFollowUps", result: { kind: "added", issues: [restOf(run)] } });
    expect(taskIn(run, "1").step).toEqual({ at: "publish", commit: "work-2" });
  });

  test("an agent that is sent back to commit may call it complete; what it left is left all the same", () => {
    const run = atWork();
    const dirty = work("1", { dirtyPaths: ["a.ts"] });
    tell(run, "session:1:s1", sessionEnded("1", { report: PARTIAL, work: dirty }));
    const prepare = [...run.effects.keys()].find((key) => key.startsWith("prepare"));
    tell(run, prepare ?? "", { of: "PrepareSession", protectedRefs: {} });
    const session = [...run.effects.values()].find(({ action }) => action.type === "RunSession");
    tell(
      run,
      session?.key ?? "",
      sessionEnded("1", { session: taskIn(run, "1").session?.id ?? "" }),
    );
    tell(run, gates(run), green);
    prove(run);
    expect(taskIn(run, "1").step).toEqual({ at: "follow-up", commit: "work-1" });
    expect(followUpDrafts(run, taskIn(run, "1"))[0]?.body).toContain("send it (no access)");
  });
});

describe("the words of the issue", () => {
  test("an agent's words about others are no dependencies", () => {
    const stepsBlocked = [{ step: "send it", why: "blocked by #7 and T004" }];
    const run = making()
      .withTask("1", { status: "running", report: { ...PARTIAL, stepsBlocked } })
      .build();
    const [draft] = followUpDrafts(run, taskIn(run, "1"));
    expect(draft?.body).toContain("blocked by #7");
    expect(readDependencies(draft?.body ?? "")).toMatchObject({ declarations: [], parent: null });
  });

  test("one session for each step: what nobody has begun is left, too", () => {
    const run = aRun({ discipline: { ...discipline, stepSessions: true } })
      .withTask("1", {
        status: "running",
        report: PARTIAL,
        stepsDone: [{ step: 0, commit: "c" }],
        issue: { steps: [step("read"), step("send"), step("log it"), step("count it")] },
      })
      .build();
    const body = followUpDrafts(run, taskIn(run, "1"))[0]?.body ?? "";
    expect(body).toContain("**Left:**\n\n- send it (no access)\n- log it\n- count it\n");
  });

  test.each([
    [["Step 3: log it"], ["Step 3: log it (no time)", "count it"]],
    [["LOG IT"], ["LOG IT (no time)", "count it"]],
    [["step 4"], ["step 4 (no time)", "log it"]],
    [["send it"], ["send it (no time)", "log it", "count it"]],
  ])("a later step that the agent names itself is left once: %j", (steps, left) => {
    const stepsBlocked = steps.map((name) => ({ step: name, why: "no time" }));
    const run = aRun({ discipline: { ...discipline, stepSessions: true } })
      .withTask("1", {
        status: "running",
        report: { ...PARTIAL, stepsBlocked },
        stepsDone: [{ step: 0, commit: "c" }],
        issue: { steps: [step("read"), step("send"), step("log it"), step("count it")] },
      })
      .build();
    expect(leftOf(run, taskIn(run, "1"))).toEqual(left);
  });

  test("of a rest of a rest the title is the first one's, and the mark is another one each time", () => {
    const run = making()
      .withTask("1b", {
        status: "running",
        report: PARTIAL,
        issue: {
          followUpOf: "1",
          title: "Follow-up of 1: Parse",
          place: { file: "plan.md", line: 3 },
        },
      })
      .build();
    const [first] = followUpDrafts(run, taskIn(run, "1"));
    const [second] = followUpDrafts(run, taskIn(run, "1b"));
    expect(second?.title).toBe("Follow-up of 1b: Parse");
    expect(second?.body).toContain("The whole stands in plan.md, as 1b.");
    expect(second?.marker).not.toBe(first?.marker);
  });
});

test("only a rest whose part is on the branch is written into the source", () => {
  const run = making().build();
  added(run);
  expect(followUpsToWrite(run)).toEqual([]);
  run.tasks.set("1", { ...taskIn(run, "1"), status: "merged" });
  expect(followUpsToWrite(run)).toMatchObject([{ key: "1b", of: "1", dependents: ["2"] }]);
});

describe("a milestone that is read meanwhile", () => {
  const onService: Issue = { ...anIssue("1b"), body: "Follow-up of: 1\n\n**Depends on:** 1" };

  test.each(["interactive", "autonomous"] as const)(
    "may have the issue before its maker has answered: %s, nobody is asked",
    (mode) => {
      const run = making({ mode }).build();
      expect(types(read(run, listed(run, onService)))).toEqual([]);
      added(run);
      expect(taskIn(run, "1b")).toMatchObject({ status: "waiting", question: null });
      expect(types(read(run, listed(run)))).not.toContain("QuestionAsked");
      expect(taskIn(run, "1b").status).toBe("waiting");
    },
  );

  test("that is older than the issue takes nothing back", () => {
    const run = making().build();
    const before = listed(run);
    added(run);
    read(run, before);
    expect(taskIn(run, "1b").notes).toEqual([]);
    expect(blockersOf(run, "2")).toEqual(["1", "1b"]);
  });

  test("what nobody makes any more has come from outside, and is asked about", () => {
    const run = making().withTask("9").build();
    say(run, "skip", "1");
    tell(run, "f1", { of: "AddFollowUps", result: { kind: "refused", why: "" } });
    read(run, listed(run, onService));
    expect(taskIn(run, "1b").question).toMatchObject({ kind: "scope" });
  });
});
