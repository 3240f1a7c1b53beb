import { expect, test } from "vitest";
import { aRun } from "../../test/support/a-run.ts";
import type { GateResult } from "../core/execute/gates.ts";
import type { FilesEdit } from "../ports/repository.ts";
import type { ProgressFile } from "../ports/source.ts";
import type { World } from "./performer.ts";
import { testWithMarks } from "./test-with-marks.ts";

const GREEN: GateResult = {
  name: "test",
  kind: "test",
  ok: true,
  exitCode: 0,
  durationMs: 1,
  failures: [],
  tail: "",
  problem: null,
};
const RED: GateResult = { ...GREEN, ok: false, exitCode: 1, failures: ["a.ts:1: broken"] };
const ENDED: GateResult = { ...GREEN, ok: false, exitCode: null, problem: "ended" };

const PLAN: ProgressFile = {
  path: "plan.md",
  mark: (text, marks) => `${text}${[...marks].map(([key, mark]) => `${key} ${mark}\n`).join("")}`,
};

interface Stage {
  /** Text of plan.md at the head; null: there is none. */
  readonly text?: string | null;
  readonly file?: ProgressFile | null;
  readonly landed?: boolean;
  readonly move?: "moved" | "already" | "stale";
  /** What the gates say of a commit. */
  readonly gates: Readonly<Record<string, GateResult>>;
}

/** Tests the whole at `c9`, where task 1 is merged and task 2 left out by a person; the marks make `c9+`. */
async function play(stage: Stage) {
  const written: string[] = [];
  const moves: (readonly [string, string, string])[] = [];
  const measured: string[] = [];
  const repository = {
    commitFiles: async ({ onto, files }: FilesEdit) => {
      const texts = files.flatMap(
        ({ edit }) => edit(stage.text === undefined ? "plan\n" : stage.text) ?? [],
      );
      written.push(...texts);
      return texts.length === 0 ? null : `${onto}+`;
    },
    moveBranch: async (branch: string, from: string, to: string) => {
      moves.push([branch, from, to]);
      return stage.move ?? "moved";
    },
  };
  const file = stage.file === undefined ? PLAN : stage.file;
  const forge = { kind: "local" };
  const world = { repository, forge, progressFile: () => file } as unknown as World;
  const landed = stage.landed === true ? { commit: "m1", target: "main" } : null;
  const run = aRun({})
    .with({ landed })
    .withTask("1", { status: "merged" })
    .withTask("2", { status: "skipped", reason: "by-command" })
    .withTask("3", { status: "failed", reason: "gates-red" })
    .build();
  const outcome = await testWithMarks(world, run, "c9", async (commit) => {
    measured.push(commit);
    return { results: [stage.gates[commit] ?? GREEN] };
  })(async () => Promise.resolve());
  return { outcome, written, moves, measured };
}

test("marks are tested with the whole, and the branch moves there when they are green", async () => {
  const { outcome, written, moves, measured } = await play({ gates: {} });
  expect(outcome).toEqual({
    of: "TestIntegration",
    commit: "c9+",
    results: [GREEN],
    progress: { path: "plan.md", from: "c9" },
  });
  // A task that failed is still to be done: no mark.
  expect(written).toEqual(["plan\n1 done\n2 skipped\n"]);
  expect(moves).toEqual([["milestone/1", "c9", "c9+"]]);
  expect(measured).toEqual(["c9+"]);
});

test("an engine that died behind the move finds the branch there and says the same", async () => {
  const { outcome } = await play({ gates: {}, move: "already" });
  expect(outcome).toMatchObject({ commit: "c9+", progress: { from: "c9" } });
});

test("marks that a gate does not like are left out, and said to be", async () => {
  const { outcome, moves, measured } = await play({ gates: { "c9+": RED } });
  expect(outcome).toEqual({
    of: "TestIntegration",
    commit: "c9",
    results: [GREEN],
    progress: { path: "plan.md", left: "the gates are red with them" },
  });
  // Nothing moves but a branch that an engine had moved there before it died.
  expect(moves).toEqual([["milestone/1", "c9+", "c9"]]);
  expect(measured).toEqual(["c9+", "c9"]);
});

test("a red whole is red, whatever marks there would be", async () => {
  const { outcome, moves } = await play({ gates: { "c9+": RED, c9: RED } });
  expect(outcome).toEqual({ of: "TestIntegration", commit: "c9", results: [RED] });
  expect(moves).toEqual([["milestone/1", "c9+", "c9"]]);
});

test("a branch that somebody moved meanwhile is tested as it was", async () => {
  const { outcome, measured } = await play({ gates: {}, move: "stale" });
  expect(outcome).toMatchObject({
    commit: "c9",
    progress: { path: "plan.md", left: "somebody moved the branch" },
  });
  expect(measured).toEqual(["c9+", "c9"]);
});

test("gates that were ended have measured nothing: no mark, no move", async () => {
  const { outcome, moves, measured } = await play({ gates: { "c9+": ENDED } });
  expect(outcome).toEqual({ of: "TestIntegration", commit: "c9", results: [ENDED] });
  expect([moves, measured]).toEqual([[], ["c9+"]]);
});

test("what has landed gets no commit for the sake of a mark", async () => {
  const { outcome, measured } = await play({ landed: true, gates: {} });
  expect(outcome).toEqual({ of: "TestIntegration", commit: "c9", results: [GREEN] });
  expect(measured).toEqual(["c9"]);
});

test.each([
  ["the source keeps no marks", { file: null }],
  ["the file is not in the commit", { text: null }],
] as const)("the whole is tested as it is where %s", async (_why, stage) => {
  const { outcome, measured } = await play({ ...stage, gates: {} });
  expect(outcome).toEqual({ of: "TestIntegration", commit: "c9", results: [GREEN] });
  expect(measured).toEqual(["c9"]);
});
