import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { aRun, NOW, say, settings, taskIn, types } from "../../../test/support/a-run.ts";
import type { Issue, Milestone } from "../plan/issue.ts";
import { buildPlan } from "../plan/plan.ts";
import type { RunEvent } from "./events.ts";
import { emptyRun } from "./evolve.ts";
import { checkAll, checkInvariants } from "./invariants.ts";
import { reactToMilestone } from "./react-milestone.ts";
import type { Run, RunSettings } from "./run.ts";
import { taskStatus } from "./task-state.ts";
import { RULES, tick } from "./transition.ts";

function issue(number: number, changes: Partial<Issue> = {}): Issue {
  return {
    key: `#${number}`,
    number: String(number),
    title: `Issue ${number}`,
    body: "",
    state: "open",
    closedAs: null,
    labels: [],
    priority: null,
    type: "CODING",
    url: null,
    files: [],
    acceptanceCriteria: [],
    declarations: [],
    statesDependencies: false,
    place: {},
    ...changes,
  };
}

function needs(number: number, ...blockers: readonly number[]): Issue {
  return issue(number, {
    body: `Depends on: ${blockers.map((blocker) => `#${blocker}`).join(", ") || "none"}`,
  });
}

function milestone(...issues: readonly Issue[]): Milestone {
  return {
    source: { kind: "github", reference: "3" },
    title: "Three",
    number: "3",
    url: null,
    issues,
    documents: [],
    handoff: null,
    findings: [],
    repository: "ada/mill",
  };
}

/** These events as one message of the engine, with all that follows from them. */
function take(run: Run, events: (run: Run) => readonly RunEvent[]): readonly RunEvent[] {
  const message = { kind: "started", pid: 1, recovering: false } as const;
  return tick(run, [message], NOW, checkInvariants, { ...RULES, react: events }).events;
}

/** A run of that milestone, past its plan gate. */
function runOf(before: Milestone, changes: Partial<RunSettings> = {}): Run {
  const plan = buildPlan(before, { unmapped: "independent" });
  const open = plan.issues.filter(({ done, state }) => !done && state === "open");
  const run = emptyRun("run");
  // Nothing starts by itself: each test says what is under way.
  const wishes = settings({ parallel: 0, ...changes });
  take(run, () => [{ type: "RunCreated", run: "run", version: "0", settings: wishes }]);
  take(run, () => [
    {
      type: "PlanProposed",
      plan,
      branches: Object.fromEntries(open.map(({ key }) => [key, `feat/${key}`])),
      freed: [],
    },
    { type: "IntegrationReady", branch: "milestone/1", head: "head0", base: "head0" },
    { type: "BaselineRecorded", commit: "head0", tree: "tree0", results: [] },
    { type: "EffectFinished", key: "integration:milestone/1", outcome: "PrepareIntegration" },
    { type: "PlanApproved", by: "ada" },
    { type: "EffectStarted", key: AWAKE.key, action: AWAKE },
  ]);
  return run;
}

/** Under way as long as nobody says otherwise: a run at rest would wait for a person. */
const AWAKE = { type: "RunBaseline", key: "awake", commit: "head0" } as const;

function fallAsleep(run: Run): void {
  take(run, () => [{ type: "EffectFinished", key: AWAKE.key, outcome: "RunBaseline" }]);
}

function begin(run: Run, key: string): void {
  const workspace = {
    slot: `w-${key}`,
    path: `/w/${key}`,
    branch: `feat/${key}`,
    forkPoint: "head0",
  };
  take(run, () => [{ type: "AttemptStarted", task: key, attempt: 1, workspace }]);
}

function accept(run: Run, key: string): void {
  take(run, () => [
    {
      type: "WorkAccepted",
      task: key,
      head: `head-${key}`,
      patchId: "patch",
      changedPaths: [],
      pullRequest: { number: 9, url: null },
      step: { at: "checks", head: `head-${key}`, since: NOW },
    },
  ]);
}

function merge(run: Run, key: string): void {
  take(run, () => [{ type: "MergedByPerson", task: key, commit: `merge-${key}` }]);
}

/** Reads it, checks every invariant, and that a second reading is no news. */
function read(run: Run, after: Milestone): readonly RunEvent[] {
  const events = take(run, () => reactToMilestone(run, after, NOW));
  checkAll(run);
  expect(reactToMilestone(run, after, NOW)).toEqual([]);
  return events;
}

const CLOSED = { state: "closed", closedAs: "completed" } as const;
const DROPPED = { state: "closed", closedAs: "not-planned" } as const;

describe("a milestone that is read again", () => {
  test("is no news when nothing has changed, whatever was done meanwhile", () => {
    const before = milestone(needs(1), needs(2, 1), issue(3));
    const run = runOf(before);
    expect(read(run, before)).toEqual([]);
    begin(run, "#1");
    merge(run, "#1");
    expect(read(run, milestone({ ...needs(1), ...CLOSED }, needs(2, 1), issue(3)))).toEqual([]);
  });

  test("changes the texts of an open task and leaves its session alone", () => {
    const run = runOf(milestone(needs(1)));
    begin(run, "#1");
    const body = "Depends on: none\n\n## Acceptance criteria\n\n- [ ] It is blue";
    expect(types(read(run, milestone({ ...needs(1), title: "Blue", body })))).toEqual([
      "IssueEdited",
    ]);
    const { issue: now, status } = taskIn(run, "#1");
    expect([now.title, now.acceptanceCriteria, status]).toEqual([
      "Blue",
      ["It is blue"],
      "running",
    ]);
  });

  test("is looked at only while the run can still take it in", () => {
    const after = milestone(needs(1), needs(2));
    for (const status of ["planning", "verifying", "landing", "complete", "cancelled"] as const) {
      const run = aRun().with({ status }).withTask("#1").build();
      expect(reactToMilestone(run, after, NOW)).toEqual([]);
    }
  });
});

describe("an issue that was added", () => {
  const after = milestone(needs(1), needs(2, 1));

  test("becomes a task about which a person is asked; approved, it waits like any other", () => {
    const run = runOf(milestone(needs(1)));
    expect(types(read(run, after))).toEqual(["TaskAdded", "QuestionAsked"]);
    expect(taskIn(run, "#2").question).toMatchObject({
      kind: "scope",
      text: `#2 "Issue 2" was added to the milestone while it runs.`,
      options: ["approve", "skip"],
      default: "skip",
    });
    expect(taskIn(run, "#2").branch).toBe("feat/issue-2-issue-2");
    say(run, "approve", "#2");
    checkAll(run);
    expect(taskStatus(run, taskIn(run, "#2"))).toBe("blocked");
    merge(run, "#1");
    expect(taskStatus(run, taskIn(run, "#2"))).toBe("ready");
  });

  test("is told that its blocker is merged already", () => {
    const run = runOf(milestone(needs(1), issue(5)));
    merge(run, "#1");
    expect(types(read(run, milestone(needs(1), needs(2, 1), issue(5))))).toEqual([
      "TaskAdded",
      "BlockerMerged",
      "QuestionAsked",
    ]);
    expect(taskIn(run, "#2").released).toEqual(["#1"]);
  });

  test("is left out with its reason where nobody may be asked, and where the person says so", () => {
    const alone = runOf(milestone(needs(1)), { mode: "autonomous" });
    read(alone, after);
    expect(taskIn(alone, "#2")).toMatchObject({ status: "skipped", reason: "not-in-plan" });
    const asked = runOf(milestone(needs(1)));
    read(asked, after);
    say(asked, "answer", "#2", "skip");
    expect(taskIn(asked, "#2")).toMatchObject({ status: "skipped", reason: "not-in-plan" });
  });

  test("cannot be approved while a blocker of it has ended", () => {
    const run = runOf(milestone(needs(1), issue(5)));
    read(run, milestone(needs(1), needs(2, 1), issue(5)));
    say(run, "skip", "#1");
    const answers = say(run, "approve", "#2");
    expect(answers[0]).toMatchObject({ accepted: false });
    checkAll(run);
    expect(taskIn(run, "#2").status).toBe("escalated");
  });

  test("is no business of a run of a part", () => {
    const run = runOf(milestone(needs(1)), { wholeMilestone: false });
    expect(read(run, after)).toEqual([]);
  });

  test("that an open task waits for holds it", () => {
    const run = runOf(milestone(issue(1), needs(2, 7)));
    expect(taskIn(run, "#2").issue.blockedFromOutside).toBe("#7 (not in this plan)");
    expect(types(read(run, milestone(issue(1), needs(2, 7), issue(7))))).toEqual([
      "OutsideFreed",
      "TaskAdded",
      "QuestionAsked",
      "DependencyAdded",
    ]);
  });
});

describe("an edge", () => {
  test("counts while its dependent has not begun; one that goes frees", () => {
    const run = runOf(milestone(needs(1), needs(2)));
    read(run, milestone(needs(1), needs(2, 1)));
    expect(taskStatus(run, taskIn(run, "#2"))).toBe("blocked");
    read(run, milestone(needs(1), needs(2)));
    expect(taskStatus(run, taskIn(run, "#2"))).toBe("ready");
  });

  test("to what is merged already is announced at once", () => {
    const run = runOf(milestone(needs(1), needs(2)));
    merge(run, "#1");
    read(run, milestone(needs(1), needs(2, 1)));
    expect(taskStatus(run, taskIn(run, "#2"))).toBe("ready");
  });

  test("of a task that has begun is noted once", () => {
    const run = runOf(milestone(needs(1), needs(2)));
    begin(run, "#2");
    expect(types(read(run, milestone(needs(1), needs(2, 1))))).toEqual([
      "IssueEdited",
      "TaskNoted",
    ]);
    expect(taskIn(run, "#2").notes).toEqual([
      "#2 now says that it needs #1; it has begun already and goes on.",
    ]);
  });

  test("of a task whose workspace is being made is too late as well", () => {
    const run = runOf(milestone(needs(1), needs(2)), { parallel: 1 });
    take(run, () => []);
    expect([...run.effects.values()].map(({ action }) => action.type)).toContain(
      "PrepareWorkspace",
    );
    const events = read(run, milestone(needs(1, 2), needs(2)));
    expect(types(events)).toContain("TaskNoted");
  });

  test("that would close a circle is refused and noted", () => {
    const run = runOf(milestone(needs(1), needs(2, 1), needs(3, 2)));
    read(run, milestone(needs(1, 3), needs(2, 1), needs(3, 2)));
    expect(taskIn(run, "#1").notes).toEqual([
      "#1 now says that it needs #3, which waits for #1 itself: not taken.",
    ]);
    expect(taskStatus(run, taskIn(run, "#1"))).toBe("ready");
  });

  test("to what has ended closes the chain behind it", () => {
    const run = runOf(milestone(needs(1), needs(2), needs(3, 2)));
    say(run, "skip", "#1");
    read(run, milestone(needs(1), needs(2, 1), needs(3, 2, 1)));
    expect(taskIn(run, "#3")).toMatchObject({ status: "skipped", reason: "blocker-ended" });
  });

  test("that a person took away stays away", () => {
    const before = milestone(needs(1), needs(2, 1));
    const run = runOf(before);
    take(run, () => [{ type: "DependencyRemoved", task: "#2", blocker: "#1", by: "ada" }]);
    expect(read(run, before)).toEqual([]);
  });

  test("from outside holds, and frees when that is done", () => {
    const run = runOf(milestone(needs(1), needs(2)));
    read(run, milestone(needs(1), needs(2, 99)));
    expect(taskStatus(run, taskIn(run, "#2"))).toBe("blocked");
    fallAsleep(run);
    expect(run.status).toBe("waiting");
    const events = read(run, milestone(needs(1), needs(2)));
    expect(types(events).slice(0, 3)).toEqual(["IssueEdited", "OutsideFreed", "RunResumed"]);
    expect(taskStatus(run, taskIn(run, "#2"))).toBe("ready");
  });
});

describe("an issue that others closed", () => {
  test("as completed, without a commit of ours, is done elsewhere and frees", () => {
    const run = runOf(milestone(needs(1), needs(2, 1)));
    begin(run, "#1");
    read(run, milestone({ ...needs(1), ...CLOSED }, needs(2, 1)));
    expect(taskIn(run, "#1")).toMatchObject({ status: "skipped", reason: "done-elsewhere" });
    expect(taskStatus(run, taskIn(run, "#2"))).toBe("ready");
  });

  test("has its live session ended", () => {
    const run = runOf(milestone(needs(1)));
    begin(run, "#1");
    const session = { id: "1-s1", role: "implementer", startedAt: NOW, ending: false } as const;
    run.tasks.set("#1", { ...taskIn(run, "#1"), session });
    expect(types(read(run, milestone({ ...needs(1), ...CLOSED })))).toContain("SessionEnding");
  });

  test.each([
    ["with work on it", CLOSED, true, "as completed while there is work on it"],
    ["as not planned", DROPPED, false, "as not planned"],
  ])("%s is asked about once; `continue` goes on where it was", (_name, how, isAccepted, words) => {
    const run = runOf(milestone(needs(1), needs(2, 1)));
    if (isAccepted) {
      begin(run, "#1");
      accept(run, "#1");
    }
    const { status } = taskIn(run, "#1");
    const after = milestone({ ...needs(1), ...how }, needs(2, 1));
    read(run, after);
    expect(taskIn(run, "#1").question).toMatchObject({
      kind: "issue-closed",
      text: `The issue #1 was closed ${words}.`,
      options: ["continue", "skip", "abort"],
      default: "skip",
    });
    expect(taskStatus(run, taskIn(run, "#2"))).toBe("blocked");
    say(run, "continue", "#1");
    expect(taskIn(run, "#1")).toMatchObject({ status, granted: 0 });
    expect(read(run, after)).toEqual([]);
    // Opened and closed again, it is asked about again.
    read(run, milestone(needs(1), needs(2, 1)));
    read(run, after);
    expect(taskIn(run, "#1").status).toBe("escalated");
  });

  test("is asked about at the end of the turn, not in the middle of it", () => {
    const run = runOf(milestone(needs(1)));
    begin(run, "#1");
    accept(run, "#1");
    const session = { id: "1-s1", role: "fixer", startedAt: NOW, ending: false } as const;
    run.tasks.set("#1", { ...taskIn(run, "#1"), session });
    read(run, milestone({ ...needs(1), ...DROPPED }));
    expect(taskIn(run, "#1").status).toBe("reviewing");
    run.tasks.set("#1", { ...taskIn(run, "#1"), session: null });
    expect(types(take(run, () => []))).toEqual(["QuestionAsked"]);
  });

  test("is skipped where nobody may be asked, and its dependents with it", () => {
    const run = runOf(milestone(needs(1), needs(2, 1)), { mode: "autonomous" });
    read(run, milestone({ ...needs(1), ...DROPPED }, needs(2, 1)));
    expect(taskIn(run, "#1")).toMatchObject({ status: "skipped", reason: "issue-closed" });
    expect(taskIn(run, "#2")).toMatchObject({ status: "skipped", reason: "blocker-ended" });
  });

  test("and that a person has begun again is not skipped again", () => {
    const run = runOf(milestone(needs(1), issue(2)));
    const after = milestone({ ...needs(1), ...CLOSED }, issue(2));
    read(run, after);
    say(run, "retry", "#1");
    expect(read(run, after)).toEqual([]);
    expect(taskIn(run, "#1").status).toBe("waiting");
  });

  test("and one that is no longer listed is noted only", () => {
    const run = runOf(milestone(needs(1), needs(2, 1)));
    expect(types(read(run, milestone(needs(1))))).toEqual(["TaskNoted"]);
    expect(taskIn(run, "#2").issue.blockers).toHaveLength(1);
  });
});

/** One issue as it is at one moment: its blockers, its state, whether it is listed. */
const anyIssue = fc.record({
  blockers: fc.uniqueArray(fc.integer({ min: 1, max: 9 }), { maxLength: 3 }),
  blocks: fc.option(fc.integer({ min: 1, max: 9 }), { freq: 5 }),
  end: fc.constantFrom(null, null, null, CLOSED, DROPPED),
  isListed: fc.boolean(),
  title: fc.constantFrom("a", "b"),
});
const anyMilestone = fc.array(anyIssue, { minLength: 8, maxLength: 8 }).map((issues) =>
  milestone(
    ...issues.flatMap(({ blockers, blocks, end, isListed, title }, index) => {
      const number = index + 1;
      const reverse = blocks === null ? "" : `\n\nBlocks #${blocks}`;
      const { body } = needs(number, ...blockers.filter((blocker) => blocker !== number));
      return isListed ? [issue(number, { title, body: body + reverse, ...end })] : [];
    }),
  ),
);
/** The same without circles and all open: what a run begins with. */
const anyBeginning = fc
  .array(fc.subarray([1, 2, 3, 4, 5], { maxLength: 3 }), { minLength: 6, maxLength: 6 })
  .map((all) =>
    milestone(
      ...all.map((blockers, index) => needs(index + 1, ...blockers.filter((b) => b <= index))),
    ),
  );
const anyHappening = fc.record({
  what: fc.constantFrom("begin", "begin", "accept", "merge", "skip", "approve", "continue", "read"),
  task: fc.integer({ min: 1, max: 8 }),
  milestone: anyMilestone,
});

/** Does it where it can be done: a task begins when it is ready, and so on. */
function happen(run: Run, what: string, key: string): void {
  const task = run.tasks.get(key);
  if (task === undefined || (run.status !== "running" && run.status !== "waiting")) return;
  const status = taskStatus(run, task);
  if (what === "begin" && status === "ready") begin(run, key);
  if (what === "accept" && status === "running") accept(run, key);
  if (what === "merge" && status === "reviewing") merge(run, key);
  if (what === "skip" || what === "approve" || what === "continue") say(run, what, key);
}

test("whatever becomes of a milestone: invariants hold, and reading twice is reading once", () => {
  fc.assert(
    fc.property(
      anyBeginning,
      fc.array(anyHappening, { maxLength: 12 }),
      fc.constantFrom("interactive", "autonomous"),
      fc.record({ wholeMilestone: fc.boolean(), parallel: fc.constantFrom(0, 1) }),
      fc.boolean(),
      (before, happenings, mode, changes, isAsleep) => {
        const run = runOf(before, { mode, ...changes });
        if (isAsleep) fallAsleep(run);
        for (const { what, task, milestone: after } of happenings) {
          const isRead = what === "read";
          if (isRead) read(run, after);
          else happen(run, what, `#${task}`);
          checkAll(run);
          expect(isRead ? reactToMilestone(run, after, NOW) : []).toEqual([]);
        }
      },
    ),
    { numRuns: 300 },
  );
});
