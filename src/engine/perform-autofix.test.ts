import { expect, test } from "vitest";
import { aRun } from "../../test/support/a-run.ts";
import { NO_DISCIPLINE } from "../../test/support/no-discipline.ts";
import { SimulatedRepository } from "../../test/simulation/repository.ts";
import type { GateResult } from "../core/execute/gates.ts";
import { performAutofix } from "./perform-autofix.ts";
import type { World } from "./performer.ts";

const ACTION = { type: "Autofix", key: "autofix:1:n1", task: "1" } as const;
const DONE: GateResult = {
  name: "format",
  kind: "other",
  ok: true,
  exitCode: 0,
  durationMs: 1,
  failures: [],
  tail: "",
  problem: null,
};

/** `left`: what an earlier try, cut short, has left in the worktree. */
async function autofix(result: GateResult, left: Readonly<Record<string, string>> = {}) {
  const repository = new SimulatedRepository();
  const base = repository.commit({ "a.ts": "ugly\n" }, [], "start", "ada@invalid");
  await repository.prepareWorkspace({ slot: "w-1", branch: "feat/1", base, mode: "create" });
  const run = aRun({ discipline: { ...NO_DISCIPLINE, autofix: ["format"] } })
    .withTask("1", { status: "running", step: { at: "autofix" } })
    .build();
  const workspace = { slot: "w-1", path: "/w/w-1", branch: "feat/1", forkPoint: base };
  run.tasks.set("1", { ...run.tasks.get("1")!, workspace });
  const gates = {
    run: async () => {
      repository.write("/w/w-1", { "a.ts": "tidy\n" });
      return [result];
    },
    endAll: () => undefined,
  };
  repository.write("/w/w-1", left);
  const ready = performAutofix({ repository, gates } as unknown as World).Autofix(ACTION, run);
  const outcome = await ready(async () => Promise.resolve()).catch((error: unknown) => error);
  return { outcome, base, tip: repository.tip("feat/1") };
}

test("what the repairing commands change is a commit of its own", async () => {
  const { outcome, base, tip } = await autofix(DONE);
  expect(tip).not.toBe(base);
  expect(outcome).toMatchObject({ of: "Autofix", work: { head: tip, changedPaths: ["a.ts"] } });
});

test("commands that a stop has ended are no repair: nothing of them is committed", async () => {
  const { outcome, base, tip } = await autofix({ ...DONE, ok: false, problem: "ended" });
  expect(outcome).toMatchObject({ code: "trouble/gates-ended" });
  expect(tip).toBe(base);
});

test("half a repair that an earlier try has left is thrown away before the commands are run again", async () => {
  const { outcome } = await autofix(DONE, { "half.ts": "half\n" });
  expect(outcome).toMatchObject({ of: "Autofix", work: { changedPaths: ["a.ts"] } });
});
