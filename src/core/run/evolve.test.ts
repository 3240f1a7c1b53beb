import { describe, expect, test } from "vitest";
import { aRun, happens } from "../../../test/support/a-run.ts";
import type { TaskEvent } from "./events.ts";
import { evolveTask, IllegalEvent, TASK_RULES } from "./evolve-task.ts";
import { emptyRun, evolve } from "./evolve.ts";
import { checkAll, checkInvariants, InvariantBroken } from "./invariants.ts";
import type { StoredStatus } from "./run.ts";

const STATUSES: readonly StoredStatus[] = [
  "waiting",
  "running",
  "reviewing",
  "fixing",
  "queued",
  "merging",
  "merged",
  "escalated",
  "failed",
  "cancelled",
  "skipped",
];

function eventsAfter(status: StoredStatus): readonly string[] {
  return Object.entries(TASK_RULES)
    .filter(([, rule]) => rule.from.includes(status))
    .map(([type]) => type)
    .toSorted();
}

function broken(act: () => void): string {
  try {
    act();
  } catch (error) {
    if (error instanceof InvariantBroken) return error.invariant;
    throw error;
  }
  return "none";
}

describe("the transition table", () => {
  test.each(Object.keys(TASK_RULES))(
    "%s is refused from every status that its row does not name",
    (type) => {
      const legal = TASK_RULES[type as TaskEvent["type"]].from;
      for (const status of STATUSES.filter((each) => !legal.includes(each))) {
        const task = aRun().withTask("1", { status }).build().tasks.get("1");
        expect(() => evolveTask(task!, { type, task: "1" } as TaskEvent, 0)).toThrow(IllegalEvent);
      }
    },
  );

  test("nothing follows a terminal status but a person's retry, merge or revert, and the end of its session", () => {
    expect(eventsAfter("merged")).toEqual([
      "MarkedSuspect",
      "SessionEnded",
      "SessionEnding",
      "TaskReverted",
    ]);
    for (const status of ["failed", "cancelled", "skipped"] as const) {
      expect(eventsAfter(status)).toEqual([
        "MergedByPerson",
        "SessionEnded",
        "SessionEnding",
        "TaskRetried",
      ]);
    }
  });

  test("an event out of sequence is refused", () => {
    expect(() => evolve(emptyRun("r"), { type: "Drained", seq: 2, at: 0 })).toThrow(IllegalEvent);
  });

  test("an effect with a receipt, or under way, is not begun again", () => {
    const run = aRun().build();
    const action = { type: "RunBaseline", key: "k", commit: "c" } as const;
    happens(run, { type: "EffectStarted", key: "k", action });
    expect(() => happens(run, { type: "EffectStarted", key: "k", action })).toThrow(IllegalEvent);
    const other = aRun().build();
    other.finishedKeys.add("k");
    expect(() => happens(other, { type: "EffectStarted", key: "k", action })).toThrow(IllegalEvent);
  });

  test("every decided step has a number of its own", () => {
    const run = aRun().withTask("1", { status: "running" }).build();
    const step = { at: "gates", commit: "c" } as const;
    happens(run, { type: "StepDecided", task: "1", step, why: "" });
    happens(run, { type: "StepDecided", task: "1", step, why: "" });
    expect(run.tasks.get("1")?.stepNo).toBe(2);
  });
});

describe("invariants", () => {
  test("I1: a task at work before its blocker is merged", () => {
    const run = aRun()
      .withTask("1")
      .withTask("2", { status: "running", dependsOn: ["1"] })
      .build();
    expect(broken(() => checkAll(run))).toBe("I1");
  });

  test("I3: a dependent that was not told", () => {
    const run = aRun()
      .withTask("1", { status: "merged" })
      .withTask("2", { dependsOn: ["1"] })
      .build();
    expect(broken(() => checkAll(run))).toBe("I3");
  });

  test("I5: a dependent that waits for what has failed", () => {
    const run = aRun()
      .withTask("1", { status: "failed" })
      .withTask("2", { dependsOn: ["1"] })
      .build();
    expect(broken(() => checkAll(run))).toBe("I5");
  });

  test("I6: complete with an open task", () => {
    expect(broken(() => checkAll(aRun().withTask("1").with({ status: "complete" }).build()))).toBe(
      "I6",
    );
  });

  test("I10: two of a group at work", () => {
    const run = aRun()
      .withTask("1", { group: "g", status: "running" })
      .withTask("2", { group: "g", status: "queued" })
      .build();
    expect(broken(() => checkAll(run))).toBe("I10");
  });

  test("I4: a terminal status that changes by itself is named with its event and task", () => {
    const run = aRun().withTask("1", { status: "cancelled" }).build();
    checkInvariants(run, { type: "EngineStarted", pid: 1, recovering: false, seq: run.seq, at: 0 });
    const task = run.tasks.get("1");
    run.tasks.set("1", { ...task!, status: "failed" });
    const ended = {
      type: "SessionEnding",
      task: "1",
      session: "1-s1",
      why: "",
      seq: run.seq,
      at: 0,
    } as const;
    expect(() => checkInvariants(run, ended)).toThrow(
      /^I4 is broken after event 0 \(SessionEnding\): 1 was cancelled and is failed\.$/,
    );
  });
});
