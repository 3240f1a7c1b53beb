import { describe, expect, test } from "vitest";
import { aRun, NOW, say, settings, tell } from "../../../test/support/a-run.ts";
import type { GateResult } from "../execute/gates.ts";
import type { Plan } from "../plan/plan.ts";
import { decide } from "./decide.ts";
import type { Run } from "./run.ts";

const MERGING = {
  train: 1,
  everyCommitGreen: false,
  medium: { files: 3, hunks: 6, lines: 80, attempts: 2 },
  heavy: "give-back",
} as const;

const RED: readonly GateResult[] = [gate(false)];
const GREEN: readonly GateResult[] = [gate(true)];

function gate(ok: boolean): GateResult {
  return {
    name: "test",
    kind: "test",
    ok,
    exitCode: ok ? 0 : 1,
    problem: null,
    durationMs: 1,
    failures: [],
    tail: "",
  };
}

function merged(key: string, from: string, commit: string): object {
  return { status: "merged", mergedOnto: from, mergedCommit: commit, head: `work-${key}` };
}

/** 1 and 2 are merged, 2 on 1; 3 needs 1 and waits. */
function twoMerged(changes: Partial<Run> = {}): Run {
  return aRun({ merging: MERGING, land: "manual" })
    .with({ integration: { branch: "milestone/1", head: "c2", base: "head0" }, ...changes })
    .withTask("1", merged("1", "head0", "c1"))
    .withTask("2", { ...merged("2", "c1", "c2"), dependsOn: ["1"], released: ["1"] })
    .withTask("3", { dependsOn: ["1"], released: ["1"], notBefore: NOW + 1e9 })
    .build();
}

function actionOf(run: Run, type: string) {
  const found = decide(run, NOW).actions.find((action) => action.type === type);
  return found ?? [...run.effects.values()].find(({ action }) => action.type === type)?.action;
}

/** As above, 3 given up: the whole is tested. */
function verifying(): Run {
  const run = twoMerged({ status: "verifying", verifications: 1 });
  run.tasks.set("3", { ...run.tasks.get("3")!, status: "cancelled" });
  const action = actionOf(run, "TestIntegration")!;
  run.effects.set(action.key, { key: action.key, action, startedAt: NOW });
  return run;
}

describe("what broke the whole", () => {
  test("is looked for before a person is asked, over the landings in their order", () => {
    const run = verifying();
    const asked = actionOf(run, "TestIntegration")!;
    const events = tell(run, asked.key, { of: "TestIntegration", commit: "c2", results: RED });
    expect(events.map(({ type }) => type)).toContain("IntegrationRed");
    expect(run.status).toBe("verifying");
    expect(actionOf(run, "FindCulprit")).toMatchObject({
      commit: "c2",
      base: "head0",
      landings: [
        { task: "1", commit: "c1" },
        { task: "2", commit: "c2" },
      ],
    });
  });

  test("is named with its evidence, and waits for a person", () => {
    const run = verifying();
    const asked = actionOf(run, "TestIntegration")!;
    tell(run, asked.key, { of: "TestIntegration", commit: "c2", results: RED });
    const search = { trials: [{ task: "2", commit: "c2", ok: false }], why: "Red since 2." };
    tell(run, actionOf(run, "FindCulprit")!.key, { of: "FindCulprit", culprit: "2", search });
    expect(run.status).toBe("waiting");
    expect(run.verifyFailed).toEqual({ commit: "c2", results: RED, culprit: "2", search });
  });

  test("after a resume the whole is tested anew", () => {
    const run = verifying();
    const before = actionOf(run, "TestIntegration")!;
    tell(run, before.key, { of: "TestIntegration", commit: "c2", results: RED });
    const search = { trials: [], why: "" };
    tell(run, actionOf(run, "FindCulprit")!.key, { of: "FindCulprit", culprit: null, search });
    say(run, "resume");
    expect(run.status).toBe("verifying");
    expect(actionOf(run, "TestIntegration")!.key).not.toBe(before.key);
  });
});

describe("taking a merged task back", () => {
  const REVERTED = {
    of: "RevertTask",
    result: { kind: "reverted", commit: "r1", tree: "t", results: GREEN },
  } as const;

  test("only what is merged, and not yet landed", () => {
    expect(say(twoMerged(), "revert", "3")[0]).toMatchObject({ accepted: false });
    const landed = twoMerged({ status: "complete", landed: { commit: "l", target: "main" } });
    const [answer] = say(landed, "revert", "1");
    expect(answer).toMatchObject({ accepted: false });
    expect(JSON.stringify(answer)).toContain("git revert c1");
  });

  test("the landing is taken back on the newest head, and nothing else is merged meanwhile", () => {
    const run = twoMerged();
    const workspace = { slot: "w4", path: "/w4", branch: "feat/4", forkPoint: "head0" };
    run.tasks.set("4", {
      ...run.tasks.get("3")!,
      key: "4",
      status: "queued",
      head: "h4",
      workspace,
    });
    run.tasks.set("4", { ...run.tasks.get("4")!, notBefore: null });
    run.merging = null;
    const events = say(run, "revert", "1");
    expect(events.map(({ type }) => type)).not.toContain("MergeStarted");
    expect(actionOf(run, "RevertTask")).toMatchObject({
      landed: "c1",
      before: "head0",
      onto: "c2",
    });
  });

  test("who has not begun is closed, who has merged on top is suspect, and a retry opens it all again", () => {
    const run = twoMerged();
    say(run, "revert", "1");
    tell(run, actionOf(run, "RevertTask")!.key, REVERTED);
    const task = (key: string) => run.tasks.get(key)!;
    expect(task("1")).toMatchObject({ status: "failed", reason: "reverted", workspace: null });
    expect(task("2")).toMatchObject({ status: "merged", suspectOf: ["1"] });
    expect(task("3")).toMatchObject({ status: "skipped", reason: "blocker-ended" });
    expect(run.integration?.head).toBe("r1");
    expect(run.merged).toEqual(["2"]);
    say(run, "retry", "1");
    expect(task("1")).toMatchObject({ status: "waiting", mergedCommit: null });
    expect(task("3").status).toBe("waiting");
    expect(actionOf(run, "PrepareWorkspace")).toMatchObject({ mode: "restart", base: "r1" });
  });

  test("where it cannot be taken back, the run goes on as it was", () => {
    const run = twoMerged();
    say(run, "revert", "1");
    const refused = { kind: "refused", why: "It is built on." } as const;
    const key = actionOf(run, "RevertTask")!.key;
    const events = tell(run, key, { of: "RevertTask", result: refused });
    expect(events).toContainEqual({ type: "RevertRefused", task: "1", why: "It is built on." });
    expect(run.tasks.get("1")?.status).toBe("merged");
    say(run, "revert", "1");
    expect(actionOf(run, "RevertTask")!.key).not.toBe(key);
  });

  test("why it was not taken back is noted on the task", () => {
    const run = twoMerged();
    say(run, "revert", "2");
    const action = actionOf(run, "RevertTask")!;
    tell(run, action.key, {
      of: "RevertTask",
      result: { kind: "refused", why: "Without it the gates are red." },
    });
    expect(run.tasks.get("2")?.notes).toEqual([
      "It was not taken back: Without it the gates are red.",
    ]);
  });

  test("a run that was over tests the whole again", () => {
    const run = twoMerged({ status: "complete", verified: { commit: "c2", results: GREEN } });
    run.tasks.set("3", { ...run.tasks.get("3")!, status: "cancelled" });
    say(run, "revert", "2");
    tell(run, actionOf(run, "RevertTask")!.key, REVERTED);
    expect(run.status).toBe("verifying");
    expect(actionOf(run, "TestIntegration")).toMatchObject({ commit: "r1" });
  });
});

describe("under barrier", () => {
  const plan = { waves: [["1", "2"], ["3"]], issues: [], done: [] } as unknown as Plan;

  function afterWave(): Run {
    const run = twoMerged({ plan });
    Object.assign(run, { settings: settings({ merging: MERGING, barrier: true, land: "manual" }) });
    run.tasks.set("3", { ...run.tasks.get("3")!, notBefore: null });
    return run;
  }

  test("the next wave begins when the branch is green after the one before", () => {
    const run = afterWave();
    const action = actionOf(run, "TestWave")!;
    expect(action).toMatchObject({ wave: 0, commit: "c2" });
    expect(actionOf(run, "PrepareWorkspace")).toBeUndefined();
    run.effects.set(action.key, { key: action.key, action, startedAt: NOW });
    tell(run, action.key, { of: "TestWave", commit: "c2", results: GREEN });
    expect(actionOf(run, "PrepareWorkspace")).toMatchObject({ task: "3" });
  });

  test("while a merged task is taken back nothing else is measured in its worktree", () => {
    const run = afterWave();
    const action = actionOf(run, "TestWave")!;
    run.effects.set(action.key, { key: action.key, action, startedAt: NOW });
    say(run, "revert", "2");
    expect(actionOf(run, "RevertTask")).toBeUndefined();
    tell(run, action.key, { of: "TestWave", commit: "c2", results: RED });
    expect(actionOf(run, "RevertTask")).toBeDefined();
    expect(actionOf(run, "FindCulprit")).toBeUndefined();
  });

  test("red: its culprit is looked for, and a person is asked before anything goes on", () => {
    const run = afterWave();
    const action = actionOf(run, "TestWave")!;
    run.effects.set(action.key, { key: action.key, action, startedAt: NOW });
    tell(run, action.key, { of: "TestWave", commit: "c2", results: RED });
    const search = { trials: [], why: "Red since 2 was merged." };
    tell(run, actionOf(run, "FindCulprit")!.key, { of: "FindCulprit", culprit: "2", search });
    expect(run.status).toBe("waiting");
    say(run, "resume");
    expect(actionOf(run, "TestWave")!.key).not.toBe(action.key);
    expect(actionOf(run, "PrepareWorkspace")).toBeUndefined();
  });
});
