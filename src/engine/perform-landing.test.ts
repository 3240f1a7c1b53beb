import { describe, expect, test } from "vitest";
import { aRun } from "../../test/support/a-run.ts";
import type { GateResult } from "../core/execute/gates.ts";
import type { Outcome } from "../core/run/outcomes.ts";
import type { Run } from "../core/run/run.ts";
import { testWhatWasMerged } from "./merged-work.ts";
import { performLanding } from "./perform-landing.ts";
import type { World } from "./performer.ts";

const PASS = async (): Promise<void> => Promise.resolve();

/** A branch of commits `c1` to `c9`, each on top of the one before; main has one of its own. */
function world(results: readonly GateResult[], tip: string | null = "c9"): World {
  const repository = {
    resolve: async (name: string) => Promise.resolve(name.endsWith("main") ? "m1" : tip),
    isAncestor: async (a: string, b: string) => Promise.resolve(a[0] === b[0] && a <= b),
    buildLanding: async () => Promise.resolve({ kind: "clean", commit: "l1", tree: "of l1" }),
    treeOf: async (commit: string) => Promise.resolve(`of ${commit}`),
    checkoutForGates: async () => Promise.resolve("/w/gate"),
    checkedOutAt: async () => Promise.resolve(null),
    protectedRefs: async () => Promise.resolve({}),
    undoBreaches: async () => Promise.resolve([]),
    moveBranch: async () => Promise.resolve("moved"),
  };
  const gates = { run: async () => Promise.resolve(results), endAll: () => undefined };
  const bootstrap = { prepare: PASS };
  const forge = {
    kind: "local",
    tipOf: async (name: string) => Promise.resolve(name === "main" ? "m1" : tip),
    advance: async () => Promise.resolve({ kind: "pushed" }),
  };
  return { repository, gates, bootstrap, forge } as unknown as World;
}

function run(changes: Partial<Run> = {}): Run {
  return aRun()
    .withTask("1", { status: "merged", mergedCommit: "c1" })
    .withTask("2", { status: "merged", mergedCommit: "c3" })
    .with(changes)
    .build();
}

function land(results: readonly GateResult[], state: Run, head = "c9"): Promise<Outcome> {
  const action = { type: "Land", key: "land", head, target: "main" } as const;
  return performLanding(world(results)).Land(action, state)(PASS);
}

function gate(changes: Partial<GateResult> = {}): GateResult {
  return {
    name: "test",
    kind: "test",
    ok: false,
    exitCode: 1,
    durationMs: 1,
    failures: ["a test"],
    tail: "",
    problem: null,
    ...changes,
  };
}

const LANDED = { of: "Land", result: { kind: "landed", commit: "l1" } };

describe("landing", () => {
  test("is not refused for what was red before the run, but for anything new", async () => {
    const state = run({ baseline: [gate()] });
    expect(await land([gate()], state)).toEqual(LANDED);
    const worse = [gate({ failures: ["a test", "another"] })];
    expect(await land(worse, state)).toMatchObject({ result: { kind: "refused" } });
    expect(await land([gate()], run())).toMatchObject({ result: { kind: "refused" } });
  });

  test("is tried again when its gates were ended from outside", async () => {
    const ended = gate({ problem: "ended", exitCode: null });
    await expect(land([ended], run())).rejects.toMatchObject({ code: "trouble/gates-ended" });
  });

  test("is refused when something that was merged is missing", async () => {
    const outcome = await land([], run(), "c2");
    expect(outcome).toMatchObject({ result: { kind: "refused" } });
    expect(JSON.stringify(outcome)).toContain("2 would be missing");
  });
});

function green(): () => Promise<Extract<Outcome, { of: "TestIntegration" }>> {
  return async () => Promise.resolve({ of: "TestIntegration", commit: "c9", results: [] });
}

describe("the test of the whole", () => {
  const action = { type: "TestIntegration", key: "verify", commit: "c9" } as const;
  const tested = (tip: string | null): Promise<Outcome> =>
    testWhatWasMerged(world([], tip), green)(action, run())(PASS);

  test("names what was merged and is no longer on the branch, instead of testing the rest", async () => {
    expect(await tested("c9")).not.toHaveProperty("lost");
    expect(await tested("c2")).toMatchObject({ lost: ["2"] });
    expect(await tested(null)).toMatchObject({ lost: ["1", "2"] });
  });
});
