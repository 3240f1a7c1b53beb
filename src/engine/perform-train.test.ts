import { expect, test } from "vitest";
import { aRun } from "../../test/support/a-run.ts";
import type { GateCommand, GateResult } from "../core/execute/gates.ts";
import type { Run } from "../core/run/run.ts";
import type { GateRequest } from "../ports/gate.ts";
import { performGates } from "./perform-gates.ts";
import { performTrain } from "./perform-train.ts";
import type { World } from "./performer.ts";

const inside = async (): Promise<void> => Promise.resolve();
const NAMES = ["types", "lint", "test"];

function gateOf(name: string): GateCommand {
  return { name, run: name, kind: "test", timeoutMs: 1_000 };
}

function resultOf(name: string, ok: boolean): GateResult {
  const exitCode = ok ? 0 : 1;
  return { name, kind: "test", ok, exitCode, durationMs: 1, failures: [], tail: "", problem: null };
}

function runWith(changes: Partial<Run> = {}): Run {
  const preMerge = NAMES.map(gateOf);
  return aRun({ gates: { preMerge, postMerge: [], parallel: 3, outputBytes: 1_000 } })
    .with(changes)
    .withTask("1", { status: "merging" })
    .build();
}

const TRAIN: NonNullable<Run["train"]> = {
  no: 1,
  onto: "head0",
  members: [],
  cars: [],
  gated: { 3: false },
  redGates: { 3: ["test"] },
  head: "head0",
};

/** A world in which gates wait until they are let go; what they were asked for is kept. */
function slowWorld() {
  const asked: GateRequest[] = [];
  const waiting: (() => void)[] = [];
  const world = {
    repository: {
      checkoutForGates: async (slot: string, commit: string) =>
        Promise.resolve(`${slot}@${commit}`),
      treeOf: async (commit: string) => Promise.resolve(`tree of ${commit}`),
      protectedRefs: async () => Promise.resolve({}),
      undoBreaches: async () => Promise.resolve([]),
    },
    bootstrap: { prepare: async () => Promise.resolve() },
    gates: {
      run: async (request: GateRequest) => {
        asked.push(request);
        await new Promise<void>((go) => waiting.push(go));
        return request.commands.map(({ name }) => resultOf(name, true));
      },
    },
  };
  const go = (): void => {
    for (const next of waiting.splice(0)) next();
  };
  return { world: world as unknown as World, asked, go };
}

const gateTrain = (length: number) =>
  ({ type: "GateTrain", key: `train:1:gates:${length}`, commit: `c${length}`, length }) as const;

test("prefixes that are gated at once never share a worktree, and one that is free is used again", async () => {
  const { world, asked, go } = slowWorld();
  const { GateTrain } = performTrain(world);
  const run = runWith({ train: TRAIN });
  const begin = (length: number) => GateTrain(gateTrain(length), run)(inside);
  const first = [begin(1), begin(2)];
  await expect.poll(() => asked.length).toBe(2);
  go();
  await Promise.all(first);
  const third = begin(3);
  await expect.poll(() => asked.length).toBe(3);
  go();
  expect(await third).toMatchObject({ of: "GateTrain", commit: "c3" });
  expect(asked.map(({ directory }) => directory)).toEqual(["gate1@c1", "gate2@c2", "gate1@c3"]);
});

test("what turned another prefix red is run first, and ends the run where it can be held against the work", async () => {
  const { world, asked, go } = slowWorld();
  const run = runWith({
    train: TRAIN,
    baseline: [resultOf("lint", false), resultOf("test", true)],
  });
  const gated = performTrain(world).GateTrain(gateTrain(2), run)(inside);
  await expect.poll(() => asked.length).toBe(1);
  go();
  await gated;
  expect(asked[0]?.commands.map(({ name }) => name)).toEqual(["test", "types", "lint"]);
  // Lint was red on the target before: its colour alone says nothing.
  expect(asked[0]?.decisive).toEqual(["test", "types"]);
});

test("the gates that turned a train red are the first ones of whoever is suspected, and all of them are run", async () => {
  const { world, asked, go } = slowWorld();
  const trains = { count: 1, window: 2, judged: 2, red: 1, alone: { task: "1", red: ["lint"] } };
  const run = runWith({ trains });
  const action = { type: "RunGates", key: "k", task: "1", commit: "c1", forMerge: true } as const;
  const gated = performGates(world).RunGates(action, run)(inside);
  await expect.poll(() => asked.length).toBe(1);
  go();
  await gated;
  expect(asked[0]?.commands.map(({ name }) => name)).toEqual(["lint", "types", "test"]);
  expect(asked[0]?.decisive).toBeUndefined();
});
