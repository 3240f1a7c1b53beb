import { describe, expect, test } from "vitest";
import { aRun, happens, NOW, say, tell } from "../../../test/support/a-run.ts";
import { drainQueue, partsOf } from "../../../test/support/queue-drain.ts";
import { decide } from "./decide.ts";
import type { StoredEvent } from "./events.ts";
import type { Run } from "./run.ts";

const keys = (count: number): string[] => Array.from({ length: count }, (_, at) => String(at + 1));

describe("a merge train", () => {
  test("without one, branches are gated one after the other", () => {
    const { merged, makespan, gateRuns } = drainQueue({ tasks: 6, slots: 4, train: 1 });
    expect(merged).toEqual(keys(6));
    expect([makespan, gateRuns]).toEqual([6, 6]);
  });

  test("all green: the whole train in one round, all of it merged in its order", () => {
    const { merged, makespan, events } = drainQueue({ tasks: 4, slots: 4, train: "auto" });
    expect(merged).toEqual(keys(4));
    expect(makespan).toBe(1);
    const types = events.map(({ type }) => type).filter((type) => type.startsWith("Train"));
    expect(types).toEqual([
      "TrainPlanned",
      "TrainBuilt",
      ...Array(4).fill("TrainGated"),
      "TrainEnded",
    ]);
  });

  test("the branch that turns it red is found, gated once more by itself, and left out; the others are merged", () => {
    const { run, merged, events } = drainQueue({
      tasks: 8,
      slots: 2,
      train: 8,
      bad: new Set(["5"]),
    });
    expect(merged.toSorted()).toEqual(keys(8).filter((key) => key !== "5"));
    expect(run.tasks.get("5")?.status).toBe("skipped");
    const alone = events.filter((event) => event.type === "TrainEnded").map((event) => event.alone);
    expect(alone).toContainEqual(expect.objectContaining({ task: "5", red: ["test"] }));
  });

  test("no good branch is left out, and every bad one is, whatever the window", () => {
    for (const slots of [1, 2, 3, 4, 8]) {
      for (const train of [2, 3, 7, "auto"] as const) {
        const bad = new Set(["2", "3", "9", "20"]);
        const { run, merged } = drainQueue({ tasks: 20, slots, train, bad });
        expect(merged.toSorted()).toEqual(
          keys(20)
            .filter((key) => !bad.has(key))
            .toSorted(),
        );
        for (const key of bad) expect(run.tasks.get(key)?.status).toBe("skipped");
        expect(partsOf(run.integration?.head ?? "")).toEqual(merged);
      }
    }
  });

  test("a flake is cleared by the run on the same tree, and told", () => {
    let isFirst = true;
    const isFlaky = (commit: string): boolean => {
      const is = isFirst && commit === "base+1+2";
      if (is) isFirst = false;
      return is;
    };
    // One slot: the whole is green or red before anything shorter is looked at.
    const { run, merged } = drainQueue({ tasks: 2, slots: 1, train: 2, isFlaky });
    expect(merged).toEqual(["1", "2"]);
    expect(run.tasks.get("2")?.notes.join()).toContain("Flaky: test was red");
  });

  test("a red prefix inside a green one is no reason to leave anybody out", () => {
    let isFirst = true;
    const isFlaky = (commit: string): boolean => {
      const is = isFirst && commit === "base+1+2";
      if (is) isFirst = false;
      return is;
    };
    const { merged, makespan } = drainQueue({ tasks: 4, slots: 4, train: 4, isFlaky });
    expect(merged).toEqual(keys(4));
    expect(makespan).toBe(1);
  });

  test("branches that do not fit on each other take their own turn", () => {
    const { run, merged } = drainQueue({
      tasks: 4,
      slots: 2,
      train: 4,
      conflicts: [
        ["1", "2"],
        ["1", "3"],
        ["1", "4"],
      ],
    });
    expect(merged).toEqual(["1"]);
    expect(["2", "3", "4"].map((key) => run.tasks.get(key)?.status)).toEqual(
      Array(3).fill("skipped"),
    );
  });

  test("a branch that does not fit has its turn before the next train", () => {
    const { run, merged, events } = drainQueue({
      tasks: 12,
      slots: 4,
      train: 3,
      conflicts: [["1", "2"]],
    });
    expect(merged).toEqual(keys(12).filter((key) => key !== "2"));
    expect(run.tasks.get("2")?.status).toBe("skipped");
    const met = events.findIndex((event) => event.type === "TaskSkipped" && event.task === "2");
    const trains = events.slice(0, met).filter(({ type }) => type === "TrainPlanned");
    expect(trains).toHaveLength(1);
  });

  test("every landing gated by itself where that is asked for", () => {
    const { events, merged } = drainQueue({
      tasks: 4,
      slots: 2,
      train: 4,
      everyCommitGreen: true,
    });
    expect(merged).toEqual(keys(4));
    const lengths = events.flatMap((event) => (event.type === "TrainGated" ? [event.length] : []));
    expect(lengths).toEqual([1, 2, 1, 2]);
  });

  test("where each landing is gated by itself, one that was red there is not cleared by a longer one", () => {
    let isFirst = true;
    const isFlaky = (commit: string): boolean => {
      const is = isFirst && commit === "base+1";
      if (is) isFirst = false;
      return is;
    };
    const flaky = { tasks: 2, slots: 2, train: 2, isFlaky };
    expect(drainQueue(flaky).events.filter(({ type }) => type === "GatesPassed")).toEqual([]);
    isFirst = true;
    const { merged, events } = drainQueue({ ...flaky, everyCommitGreen: true });
    expect(merged).toEqual(["1", "2"]);
    // The first one alone, on the very tree; what lies behind it was green by itself.
    const passed = events.flatMap((event) => (event.type === "GatesPassed" ? [event.tree] : []));
    expect(passed).toEqual(["base+1"]);
  });

  test("a branch that is put off again and again holds nobody up", () => {
    for (const mergeTries of [1, 2]) {
      const { run } = drainQueue({ tasks: 3, slots: 1, train: 3, onEvent: putOff(mergeTries) });
      const [first] = run.merged;
      expect(first).toBe(mergeTries === 1 ? undefined : "2");
    }
  });

  test("its gates come before those of branches that are only on their way to the queue", () => {
    const builder = aRun({ merging: MERGING });
    for (const key of ["1", "2"]) builder.withTask(key, { status: "queued", head: `work-${key}` });
    builder.withTask("3", { status: "reviewing", step: { at: "gates", commit: "work-3" } });
    const run = builder.build();
    const cars = ["1", "2"].map((task) => {
      const head = `work-${task}`;
      return { task, head, forkPoint: "head0", commit: `with-${task}`, tree: `tree-${task}` };
    });
    happens(run, { type: "TrainPlanned", onto: "head0", members: cars });
    happens(run, { type: "TrainBuilt", cars, left: [] });
    const gates = decide(run, NOW).actions.map(({ type }) => type);
    expect(gates).toContain("GateTrain");
    expect(gates).not.toContain("RunGates");
  });
});

const MERGING = {
  train: "auto",
  everyCommitGreen: false,
  medium: { files: 3, hunks: 6, lines: 80, attempts: 2 },
  heavy: "skip",
} as const;

/** The first branch is put off when the train that it is in has been put together. */
function putOff(mergeTries: number): (run: Run, event: StoredEvent) => void {
  return (run, event) => {
    const task = run.tasks.get("1");
    if (event.type === "TrainBuilt" && task !== undefined)
      run.tasks.set("1", { ...task, notBefore: NOW + 1_000_000, mergeTries });
  };
}

test("news of a train behind the end of the run has no effect", () => {
  const car = { head: "h", forkPoint: "head0", commit: "c1", tree: "t1" };
  const cars = [
    { ...car, task: "1" },
    { ...car, task: "2", commit: "c2", tree: "t2" },
  ];
  const run = aRun({
    merging: {
      train: 4,
      everyCommitGreen: false,
      medium: { files: 1, hunks: 1, lines: 1, attempts: 1 },
      heavy: "ask",
    },
  })
    .withTask("1")
    .withTask("2")
    .build();
  run.train = { no: 1, onto: "head0", members: cars, cars, gated: {}, redGates: {}, head: "head0" };
  const action = { type: "GateTrain", key: "train:1:gates:2", commit: "c2", length: 2 } as const;
  run.effects.set(action.key, { key: action.key, action, startedAt: NOW });
  say(run, "cancel");
  expect(run.status).toBe("cancelled");
  const events = tell(run, action.key, { of: "GateTrain", commit: "c2", results: [] });
  expect(events.map(({ type }) => type)).toEqual(["EffectFinished"]);
});
