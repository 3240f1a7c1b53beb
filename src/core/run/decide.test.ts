import { describe, expect, test } from "vitest";
import { aRun, aSession, happens, NOW, taskIn } from "../../../test/support/a-run.ts";
import { decide } from "./decide.ts";
import type { Run } from "./run.ts";
import { waitingFor } from "./waiting-for.ts";

const begun = (run: Run, now = NOW): readonly string[] =>
  decide(run, now).actions.map((action) =>
    `${action.type} ${"task" in action ? action.task : ""}`.trim(),
  );

function slot(run: Run): unknown {
  return decide(run, NOW).actions.find((action) => action.type === "PrepareWorkspace");
}

describe("starting work", () => {
  test("a dependent stays blocked until its blocker is merged, not merely approved", () => {
    const run = aRun()
      .withTask("1", { status: "queued" })
      .withTask("2", { dependsOn: ["1"] })
      .build();
    expect(begun(run)).toEqual([]);
    expect(waitingFor(run, taskIn(run, "2"), NOW)).toEqual({ what: "blocker", key: "1" });
  });

  test("a merged blocker and one that is done elsewhere free their dependents", () => {
    const run = aRun()
      .withTask("1", { status: "merged" })
      .withTask("2", { status: "skipped", reason: "done-elsewhere" })
      .withTask("3", { dependsOn: ["1", "2"] })
      .build();
    expect(begun(run)).toEqual(["PrepareWorkspace 3"]);
  });

  test("parallel bounds live sessions of every role, also one whose outcome met trouble", () => {
    const run = aRun({ parallel: 1 })
      .withTask("1", {
        status: "running",
        step: { at: "session", reminder: null, continues: null },
      })
      .withTask("2")
      .withEffect(aSession("1"))
      .build();
    happens(run, {
      type: "EffectDelayed",
      key: "session:1:s1",
      why: "locked",
      notBefore: NOW + 5,
      tries: 1,
    });
    expect(begun(run)).toEqual([]);
    expect(waitingFor(run, taskIn(run, "2"), NOW)).toEqual({ what: "slot" });
    expect(begun(run, NOW + 5)).toEqual(["RunSession 1"]);
  });

  test("no task starts beyond inFlight, though slots are free", () => {
    const run = aRun({ parallel: 3, inFlight: 1 })
      .withTask("1", { status: "queued" })
      .withTask("2")
      .build();
    expect(begun(run)).toEqual([]);
  });

  test("a conflict group is held while its member works, is asked about, or its session still ends", () => {
    for (const holder of [
      { status: "reviewing" },
      { status: "escalated" },
      {
        status: "cancelled",
        session: { id: "1-s1", role: "implementer", startedAt: NOW, ending: true },
      },
    ] as const) {
      const run = aRun()
        .withTask("1", { group: "g", ...holder })
        .withTask("2", { group: "g" })
        .build();
      expect(begun(run).filter((action) => action.startsWith("PrepareWorkspace"))).toEqual([]);
      expect(waitingFor(run, taskIn(run, "2"), NOW)).toEqual({ what: "conflict-group", key: "1" });
    }
  });

  test("of two ready members of a conflict group one starts", () => {
    const run = aRun().withTask("1", { group: "g" }).withTask("2", { group: "g" }).build();
    expect(begun(run)).toEqual(["PrepareWorkspace 1"]);
  });

  test("under barrier nothing starts while an earlier wave has an open task", () => {
    const run = aRun({ barrier: true }).withTask("1", { status: "queued" }).withTask("2").build();
    run.plan = { waves: [["1"], ["2"]] } as unknown as Run["plan"];
    expect(begun(run)).toEqual([]);
    expect(waitingFor(run, taskIn(run, "2"), NOW)).toEqual({ what: "phase", key: "1" });
  });

  test("a used-up budget stops new sessions and says so", () => {
    const run = aRun({ budget: { sessionUsd: null, taskUsd: null, runUsd: 5 } })
      .withTask("1")
      .build();
    run.usage = { usd: 5, inputTokens: 0, outputTokens: 0, turns: 0 };
    expect(begun(run)).toEqual([]);
    expect(waitingFor(run, taskIn(run, "1"), NOW)).toEqual({ what: "budget" });
  });

  test("a provider's limit is waited for to the millisecond, and the engine is woken then", () => {
    const run = aRun()
      .withTask("1", { notBefore: NOW + 1_000, limited: true })
      .build();
    expect(decide(run, NOW)).toEqual({ actions: [], wakeAt: NOW + 1_000 });
    expect(waitingFor(run, taskIn(run, "1"), NOW)).toEqual({
      what: "provider",
      until: NOW + 1_000,
    });
    expect(begun(run, NOW + 1_000)).toEqual(["PrepareWorkspace 1"]);
  });

  test("the longest remaining path goes first, then P0 before P1, then source order", () => {
    const run = aRun({ parallel: 3 })
      .withTask("1", { issue: { priority: "P1" } })
      .withTask("2", { issue: { priority: "P0" } })
      .withTask("3")
      .withTask("4", { dependsOn: ["3"] })
      .build();
    expect(begun(run)).toEqual(["PrepareWorkspace 3", "PrepareWorkspace 2", "PrepareWorkspace 1"]);
  });
});

describe("effects", () => {
  test("nothing new begins for a task while an effect of it is under way", () => {
    const run = aRun().withTask("1", { workspace: null }).withEffect(aSession("1")).build();
    expect(begun(run)).toEqual([]);
  });

  test("an effect that met trouble is begun again with the arguments it was first begun with", () => {
    const run = aRun()
      .withTask("1", { status: "fixing", step: { at: "begin-merge" } })
      .withEffect({ type: "BeginMerge", key: "begin-merge:1:n0", task: "1", other: "head0" })
      .build();
    happens(run, {
      type: "EffectDelayed",
      key: "begin-merge:1:n0",
      why: "locked",
      notBefore: NOW,
      tries: 1,
    });
    run.integration = { branch: "milestone/1", head: "head1", base: "head0" };
    expect(decide(run, NOW).actions).toEqual([
      { type: "BeginMerge", key: "begin-merge:1:n0", task: "1", other: "head0" },
    ]);
  });

  test("before every session the protected refs are noted by an effect of its own", () => {
    const run = aRun()
      .withTask("1", {
        status: "running",
        step: { at: "session", reminder: null, continues: null },
      })
      .build();
    expect(begun(run)).toEqual(["PrepareSession 1"]);
    happens(run, { type: "SessionPrepared", task: "1", session: "1-s1", protectedRefs: {} });
    expect(begun(run)).toEqual(["RunSession 1"]);
  });

  test("a session whose end was asked for is ended in whatever status the run is", () => {
    for (const status of ["paused", "halted", "draining", "cancelled"] as const) {
      const run = aRun()
        .withTask("1", { status: "running" })
        .withEffect(aSession("1"))
        .with({ status })
        .build();
      happens(run, { type: "SessionEnding", task: "1", session: "1-s1", why: "abort" });
      expect(begun(run)).toEqual(["EndSession 1"]);
    }
  });

  test("nothing of a task begins in a run that is not running", () => {
    for (const status of ["draining", "paused", "waiting", "halted"] as const) {
      expect(begun(aRun().withTask("1").with({ status }).build())).toEqual([]);
    }
  });

  test("a slot whose task merged is used again, but not while something works in it", () => {
    const workspace = { slot: "w1", path: "/w/w1", branch: "b", forkPoint: "head0" };
    const session = { id: "1-s1", role: "implementer", startedAt: NOW, ending: true } as const;
    expect(
      slot(aRun().withTask("1", { status: "merged", workspace }).withTask("2").build()),
    ).toMatchObject({ slot: "w1" });
    expect(
      slot(aRun().withTask("1", { status: "merged", workspace, session }).withTask("2").build()),
    ).toMatchObject({ slot: "w2" });
  });
});
