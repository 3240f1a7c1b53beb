import { describe, expect, test } from "vitest";
import { aRun, NOW, say, tell, type TaskWishes } from "../../../test/support/a-run.ts";
import type { GateResult } from "../execute/gates.ts";
import type { Action } from "./actions.ts";
import { closedIssues } from "./closed-issues.ts";
import { consequences } from "./consequences.ts";
import { decide } from "./decide.ts";
import type { RunEvent } from "./events.ts";
import { evolve } from "./evolve.ts";
import { checkInvariants } from "./invariants.ts";
import type { Run } from "./run.ts";

const GREEN: GateResult = {
  name: "test",
  kind: "test",
  ok: true,
  exitCode: 0,
  problem: null,
  durationMs: 1,
  failures: [],
  tail: "",
};
const DONE = { kind: "reverted", commit: "r1", tree: "t", results: [GREEN] } as const;
const SESSION = { id: "2-s1", role: "implementer", startedAt: NOW, ending: false } as const;

/** 1 is merged; 2 was begun on it and is at work, 3 needs 2. */
function onePlusOne(second: TaskWishes = {}): Run {
  return aRun({ land: "manual" })
    .with({ integration: { branch: "milestone/1", head: "c1", base: "b" } })
    .withTask("1", { status: "merged", mergedOnto: "b", mergedCommit: "c1" })
    .withTask("2", {
      status: "running",
      step: { at: "session", reminder: null, continues: null },
      session: SESSION,
      dependsOn: ["1"],
      released: ["1"],
      ...second,
    })
    .withTask("3", { dependsOn: ["2"], released: second.status === "merged" ? ["2"] : [] })
    .build();
}

function revertOf(run: Run): Extract<Action, { type: "RevertTask" }> {
  const begun = [...run.effects.values()].map(({ action }) => action);
  const found = [...begun, ...decide(run, NOW).actions].find(({ type }) => type === "RevertTask");
  if (found?.type !== "RevertTask") throw new Error("nothing is taken back");
  return found;
}

function takeBack(run: Run): void {
  say(run, "revert", "1");
  tell(run, revertOf(run).key, { of: "RevertTask", result: DONE });
}

/** Folds the event and what follows from it; answers their names. */
function withConsequences(run: Run, event: RunEvent): readonly string[] {
  evolve(run, { ...event, seq: run.seq + 1, at: NOW });
  return [event.type, ...consequences(run, event).flatMap((each) => withConsequences(run, each))];
}

describe("whoever is at work on what is taken back", () => {
  test("goes on, marked as suspect, and whoever needs it waits for it", () => {
    const run = onePlusOne();
    takeBack(run);
    expect(run.tasks.get("2")).toMatchObject({ status: "running", suspectOf: ["1"], released: [] });
    expect(run.tasks.get("3")?.status).toBe("waiting");
  });

  test("is over when it would have to begin again: there is nothing to begin on", () => {
    const run = onePlusOne({ session: null });
    takeBack(run);
    const event = { reason: "stall", detail: "", final: false, notBefore: null } as const;
    const events = withConsequences(run, { type: "AttemptFailed", task: "2", ...event });
    expect(events).toEqual(["AttemptFailed", "BlockerEnded", "BlockerEnded"]);
    expect(run.tasks.get("2")).toMatchObject({ status: "skipped", reason: "blocker-ended" });
    expect(run.tasks.get("3")).toMatchObject({ status: "skipped", reason: "blocker-ended" });
  });
});

test("its issue, which Cairn closed when it was merged, is no reason to leave it out when it is begun again", () => {
  const run = onePlusOne({ status: "merged" });
  takeBack(run);
  say(run, "retry", "1");
  const closed = { type: "IssueClosedElsewhere", task: "1", as: "completed" } as const;
  withConsequences(run, closed);
  expect(closedIssues(run)).toEqual([]);
});

describe("a revert that meets trouble", () => {
  test("is tried again after a while, and given up in the end", () => {
    const run = onePlusOne();
    say(run, "revert", "1");
    const { key } = revertOf(run);
    const trouble = { of: "Trouble", why: "The disk is full.", retryable: true } as const;
    tell(run, key, trouble);
    expect(run.delayed.get(key)).toMatchObject({ tries: 1, notBefore: NOW + 2_000 });
    expect(decide(run, NOW).actions.map(({ type }) => type)).not.toContain("RevertTask");
    for (const wait of [3_000, 9_000]) {
      const action = decide(run, NOW + wait).actions.find((each) => each.key === key);
      if (action === undefined) throw new Error("it is not tried again");
      run.effects.set(key, { key, action, startedAt: NOW + wait });
      tell(run, key, trouble);
    }
    expect(run.revert).toBeNull();
    expect(run.tasks.get("1")?.status).toBe("merged");
  });

  test("is tried again where others have moved the branch", () => {
    const run = onePlusOne();
    say(run, "revert", "1");
    const { key } = revertOf(run);
    tell(run, key, { of: "RevertTask", result: { kind: "base-moved", base: "p" } });
    expect(run.integration?.head).toBe("p");
    const again = revertOf(run);
    expect(again).toMatchObject({ onto: "p", landed: "c1" });
    expect(again.key).not.toBe(key);
  });

  test("has no effect on a run that was given up meanwhile", () => {
    const run = onePlusOne();
    say(run, "revert", "1");
    const { key } = revertOf(run);
    say(run, "cancel");
    tell(run, key, { of: "RevertTask", result: { kind: "refused", why: "Red." } });
    expect(run.status).toBe("cancelled");
  });
});

describe("refused with what a person can do", () => {
  test.each([
    ["merged by hand", { mergedOnto: null }, "git revert c1"],
    ["failed", { status: "failed" as const }, "only what was merged"],
  ])("%s", (_name, wishes, words) => {
    const run = onePlusOne();
    const task = run.tasks.get("1");
    if (task !== undefined) run.tasks.set("1", { ...task, ...wishes });
    const [answer] = say(run, "revert", "1");
    expect(answer).toMatchObject({ type: "CommandTaken", accepted: false });
    expect(JSON.stringify(answer)).toContain(words);
  });

  test("a second one while one is under way", () => {
    const run = onePlusOne();
    say(run, "revert", "1");
    expect(say(run, "revert", "1")[0]).toMatchObject({ accepted: false });
  });

  test("what others brought in the instant of the merge is not taken back with it", () => {
    const run = onePlusOne();
    const task = run.tasks.get("1");
    if (task === undefined) throw new Error("no task");
    run.tasks.set("1", { ...task, status: "merging", mergedOnto: null, mergedCommit: null });
    run.merging = "1";
    const merged = { from: "c1", commit: "c2", isAsChecked: false } as const;
    evolve(run, {
      type: "PullRequestMerged",
      task: "1",
      ...merged,
      seq: run.seq + 1,
      at: NOW,
    });
    expect(run.tasks.get("1")).toMatchObject({ mergedCommit: "c2", mergedOnto: null });
  });
});

describe("is checked as it happens", () => {
  const reverted = {
    type: "TaskReverted",
    task: "1",
    from: "c1",
    commit: "r1",
    by: "ada",
  } as const;

  function checked(more: { tree: string; results: readonly GateResult[]; found?: true }): void {
    const run = onePlusOne({ status: "merged" });
    checkInvariants(run, { type: "CheckpointNamed", text: "", by: "", seq: run.seq, at: NOW });
    const event = { ...reverted, ...more, seq: run.seq + 1, at: NOW };
    evolve(run, event);
    checkInvariants(run, event);
  }

  test("green, or found there after a death", () => {
    expect(() => checked({ tree: "t", results: [GREEN] })).not.toThrow();
    expect(() => checked({ tree: "t", results: [], found: true })).not.toThrow();
  });

  test("never red, never without its gates (I8)", () => {
    expect(() => checked({ tree: "t", results: [{ ...GREEN, ok: false }] })).toThrow("I8");
    expect(() => checked({ tree: "t", results: [] })).toThrow("its gates never ran");
  });
});
