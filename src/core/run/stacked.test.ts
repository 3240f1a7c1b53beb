import { describe, expect, test } from "vitest";
import {
  aRun,
  aSession,
  NOW,
  say,
  taskIn,
  tell,
  types,
  type RunBuilder,
} from "../../../test/support/a-run.ts";
import type { ActionOf } from "./actions.ts";
import { decide } from "./decide.ts";
import type { Run } from "./run.ts";
import { taskStatus } from "./task-state.ts";
import { tick } from "./transition.ts";
import { waitingFor } from "./waiting-for.ts";

const QUEUED = { status: "queued", step: { at: "none" } } as const;
/** Queued, and told to wait: nothing of it is under way, and it stays where it is. */
const LATER = { ...QUEUED, notBefore: NOW + 60_000 } as const;
const SESSION = { at: "session", reminder: null, continues: null } as const;

function stacked(): RunBuilder {
  return aRun({ start: "stacked", parallel: 4, inFlight: 9 });
}

function prepared(run: Run): readonly ActionOf<"PrepareWorkspace">[] {
  return decide(run, NOW).actions.filter((action) => action.type === "PrepareWorkspace");
}

/** 2 stands on 1, whose work is accepted; its workspace is being made. */
function beginning(): { readonly run: Run; readonly key: string } {
  const run = stacked()
    .withTask("1", { ...LATER, head: "h1" })
    .withTask("2", { dependsOn: ["1"] })
    .build();
  const [action] = tick(run, [], NOW, () => undefined).decision.actions;
  return { run, key: action?.key ?? "" };
}

describe("start: stacked", () => {
  test("a task begins on what its blockers have ready; without it, only on what is merged", () => {
    const { run } = beginning();
    expect([...run.effects.values()].map(({ action }) => action)).toEqual([
      expect.objectContaining({
        type: "PrepareWorkspace",
        task: "2",
        base: "head0",
        tips: [{ task: "1", forkPoint: "head0", head: "h1" }],
      }),
    ]);
    const merged = aRun({ start: "merged" })
      .withTask("1", { ...LATER, head: "h1" })
      .withTask("2", { dependsOn: ["1"] })
      .build();
    expect(taskStatus(merged, taskIn(merged, "2"))).toBe("blocked");
    expect(prepared(merged)).toEqual([]);
  });

  test.each(["waiting", "running", "reviewing", "fixing", "escalated"] as const)(
    "not on a blocker that is %s, nor on one that stands on such a one",
    (status) => {
      const run = stacked()
        .withTask("1", { status, head: "h1" })
        .withTask("2", { ...LATER, head: "h2", dependsOn: ["1"] })
        .withTask("3", { dependsOn: ["2"] })
        .withTask("4", { dependsOn: ["1"] })
        .build();
      expect(prepared(run).filter(({ task }) => task !== "1")).toEqual([]);
      expect(waitingFor(run, taskIn(run, "3"), NOW)).toEqual({ what: "blocker", key: "2" });
    },
  );

  test("all that it stands on is named, lowest first and each once", () => {
    const run = stacked()
      .withTask("3", { ...LATER, head: "h3", dependsOn: ["2", "1"] })
      .withTask("2", { ...LATER, head: "h2", dependsOn: ["1"] })
      .withTask("1", { ...LATER, head: "h1" })
      .withTask("0", { status: "merged" })
      .withTask("4", { dependsOn: ["3", "1", "0"] })
      .build();
    expect(prepared(run)[0]?.tips?.map(({ task }) => task)).toEqual(["1", "2", "3"]);
  });

  test("its fork point is the commit that holds them, and it is kept what that stood on", () => {
    const { run, key } = beginning();
    tell(run, key, {
      of: "PrepareWorkspace",
      workspace: { path: "/w/w1", head: "s" },
      base: "s",
    });
    expect(taskIn(run, "2")).toMatchObject({
      status: "running",
      workspace: { forkPoint: "s", standsOn: ["1"] },
    });
  });

  test("tips that do not fit are not asked about again before one of them or the base has moved", () => {
    const { run, key } = beginning();
    const events = tell(run, key, { of: "PrepareWorkspace", unfit: ["a.ts"] });
    expect(types(events)).toEqual(["EffectFinished", "StackRefused"]);
    expect(taskStatus(run, taskIn(run, "2"))).toBe("blocked");
    expect(waitingFor(run, taskIn(run, "2"), NOW)).toEqual({ what: "blocker", key: "1" });
    const one = taskIn(run, "1");
    run.tasks.set("1", { ...one, head: "h1-again" });
    expect(prepared(run)).toMatchObject([{ tips: [{ head: "h1-again" }] }]);
    run.tasks.set("1", one);
    expect(prepared(run)).toEqual([]);
    run.integration = { branch: "milestone/1", head: "head1", base: "head0" };
    const [again] = prepared(run);
    expect(again).toMatchObject({ base: "head1", tips: [{ head: "h1" }] });
    expect(again?.key).not.toBe(key);
  });

  test("a workspace on a tip that has moved meanwhile is made anew", () => {
    const { run, key } = beginning();
    run.tasks.set("1", { ...taskIn(run, "1"), status: "fixing", step: { at: "none" } });
    const outcome = { of: "PrepareWorkspace", workspace: { path: "/w/w1", head: "s" } } as const;
    expect(types(tell(run, key, { ...outcome, base: "s" }))).toContain("StackRefused");
    expect(taskIn(run, "2").status).toBe("waiting");
    run.tasks.set("1", { ...taskIn(run, "1"), ...LATER, head: "h1-fixed" });
    expect(prepared(run)).toMatchObject([{ mode: "restart", tips: [{ head: "h1-fixed" }] }]);
  });

  test("it waits for its turn until what it stands on is merged, and says so", () => {
    const run = stacked()
      .withTask("1", { ...LATER, head: "h1" })
      .withTask("2", { ...QUEUED, head: "h2", dependsOn: ["1"] })
      .build();
    const events = tick(run, [], NOW, () => undefined).events;
    expect(types(events)).not.toContain("MergeStarted");
    expect(waitingFor(run, taskIn(run, "2"), NOW)).toEqual({ what: "blocker", key: "1" });
    run.tasks.set("1", { ...taskIn(run, "1"), status: "merged" });
    expect(tick(run, [], NOW, () => undefined).events[0]).toMatchObject({
      type: "MergeStarted",
      task: "2",
    });
  });

  test("a train takes it behind its blocker, and never without it", () => {
    const merging = {
      train: 4,
      everyCommitGreen: false,
      medium: { files: 3, hunks: 6, lines: 80, attempts: 2 },
      heavy: "give-back",
    } as const;
    const base = (): RunBuilder => aRun({ start: "stacked", merging, gates: fourGates });
    const both = base()
      // P0 does not put a dependent before its blocker.
      .withTask("2", { ...QUEUED, head: "h2", dependsOn: ["1"], issue: { priority: "P0" } })
      .withTask("1", { ...QUEUED, head: "h1" })
      .build();
    expect(tick(both, [], NOW, () => undefined).events[0]).toMatchObject({
      type: "TrainPlanned",
      members: [{ task: "1" }, { task: "2" }],
    });
    const one = base()
      .withTask("1", { ...LATER, head: "h1" })
      .withTask("2", { ...QUEUED, head: "h2", dependsOn: ["1"] })
      .withTask("3", { ...QUEUED, head: "h3" })
      .build();
    expect(tick(one, [], NOW, () => undefined).events[0]).toMatchObject({
      type: "MergeStarted",
      task: "3",
    });
  });

  test("when its blocker ends without freeing, all that stands on that ends with it", () => {
    const run = stacked()
      .withTask("1", { ...LATER, head: "h1" })
      .withTask("2", { status: "running", step: SESSION, dependsOn: ["1"] })
      .withTask("3", { status: "escalated", dependsOn: ["2"], cameFrom: CAME_FROM })
      .withTask("4", { dependsOn: ["3"] })
      .withTask("5", { dependsOn: ["0"], status: "running", step: SESSION })
      .withTask("0", { status: "merged" })
      .withEffect(aSession("2"))
      .build();
    const events = say(run, "cancel", "1").filter((event) => "task" in event);
    expect(types(events)).toEqual([
      "TaskCancelled",
      "TaskSkipped",
      "SessionEnding",
      "TaskSkipped",
      "BlockerEnded",
    ]);
    expect(["2", "3", "4"].map((key) => taskIn(run, key))).toEqual([
      expect.objectContaining({
        status: "skipped",
        reason: "blocker-ended",
        detail: "It had begun on 1 -> 2.",
      }),
      expect.objectContaining({ status: "skipped", detail: "It had begun on 1 -> 2 -> 3." }),
      expect.objectContaining({ status: "skipped", reason: "blocker-ended" }),
    ]);
    expect(taskIn(run, "5").status).toBe("running");
    // Begun again together with it.
    say(run, "retry", "1");
    expect(["1", "2", "3", "4"].map((key) => taskIn(run, key).status)).toEqual(
      Array(4).fill("waiting"),
    );
  });
});

const CAME_FROM = { status: "reviewing", step: { at: "none" } } as const;
const fourGates = {
  preMerge: [{ name: "test", run: "npm test", kind: "test", timeoutMs: 1_000 }],
  postMerge: [],
  parallel: 4,
  outputBytes: 1_000,
} as const;
