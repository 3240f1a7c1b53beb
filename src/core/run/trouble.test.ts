import { describe, expect, test } from "vitest";
import { aRun, NOW, say, taskIn, tell, types } from "../../../test/support/a-run.ts";
import type { GateResult } from "../execute/gates.ts";
import type { Action } from "./actions.ts";
import { decide } from "./decide.ts";
import type { RunEvent } from "./events.ts";
import type { Run, Task } from "./run.ts";

const TROUBLE = { of: "Trouble", why: "It is checked out elsewhere.", retryable: true } as const;
/** More than all the configured delays together. */
const LATER = 60_000;

const MOVE = { at: "move", candidate: "c1", tree: "t1", base: "head0" } as const;
const MERGE: Action = {
  type: "MergePullRequest",
  key: "merge:1:n0:c1",
  task: "1",
  from: "head0",
  candidate: "c1",
  head: "work-1",
};

/** The effect fails each time it is begun, until nobody tries again; answers what the last failure caused. */
function failsForEver(run: Run, key: string, times = 3): readonly RunEvent[] {
  let now = NOW;
  let events = tell(run, key, TROUBLE, now);
  for (let count = 1; count < times; count += 1) {
    now += LATER;
    tell(run, "nothing", TROUBLE, now); // Time passes: the effect is begun again.
    events = tell(run, key, TROUBLE, now);
  }
  return events;
}

function merging(mode: "interactive" | "autonomous", task: Partial<Task> = {}): Run {
  return aRun({ mode })
    .withTask("1", { status: "merging", head: "work-1", step: MOVE, ...task })
    .withTask("2", { dependsOn: ["1"] })
    .withEffect(MERGE)
    .build();
}

describe("trouble that does not pass", () => {
  test("is tried again after each configured delay, then a person is asked, in every mode", () => {
    for (const mode of ["interactive", "autonomous"] as const) {
      const run = merging(mode);
      tell(run, MERGE.key, TROUBLE);
      expect(run.delayed.get(MERGE.key)).toMatchObject({ tries: 1, notBefore: NOW + 2_000 });
      const asked = merging(mode);
      failsForEver(asked, MERGE.key);
      expect(taskIn(asked, "1")).toMatchObject({
        status: "escalated",
        question: { kind: "trouble", options: ["retry", "skip", "abort"], default: "skip" },
      });
      expect(taskIn(asked, "1").question?.text).toContain("It is checked out elsewhere.");
      expect(asked).toMatchObject({ status: "waiting", merging: null });
    }
  });

  test("of a merge that is put off for the same reason each time, with nobody alive to end it, is asked about", () => {
    const why = "An agent wrote on milestone/1; that is being put back.";
    const deferred = { of: "MergePullRequest", result: { kind: "deferred", why } } as const;
    const first = merging("autonomous", { mergeTries: 1 });
    tell(first, MERGE.key, deferred);
    expect(taskIn(first, "1")).toMatchObject({ status: "queued", detail: why });
    const again = merging("autonomous", { mergeTries: 3, detail: why });
    tell(again, MERGE.key, deferred);
    expect(taskIn(again, "1").question).toMatchObject({ kind: "trouble" });
    expect(again.status).toBe("waiting");
  });

  test("is over when the person says retry: a merge takes its turn again", () => {
    const run = merging("interactive");
    failsForEver(run, MERGE.key);
    say(run, "retry", "1");
    expect(taskIn(run, "1")).toMatchObject({ status: "merging", step: { at: "candidate" } });
    expect(taskIn(run, "1").granted).toBe(0);
  });

  test("in a fix round costs no round, and goes on at the same step", () => {
    const begin = { type: "BeginMerge", key: "begin", task: "1", other: "head0" } as const;
    const run = aRun()
      .withTask("1", { status: "fixing", roundKind: "conflict", step: { at: "begin-merge" } })
      .withEffect(begin)
      .build();
    tell(run, "begin", TROUBLE);
    run.delayed.set("begin", { action: begin, notBefore: NOW, tries: 2, why: "" });
    run.effects.set("begin", { key: "begin", action: begin, startedAt: NOW });
    tell(run, "begin", TROUBLE);
    say(run, "answer", "1", "retry");
    expect(taskIn(run, "1")).toMatchObject({ status: "fixing", step: { at: "begin-merge" } });
    expect(taskIn(run, "1")).toMatchObject({ granted: 0, rounds: { conflict: 0 } });
  });

  test("of a workspace asks too, and its conflict group goes on without it", () => {
    const run = aRun({ parallel: 1 })
      .withTask("1", { group: "g" })
      .withTask("2", { group: "g" })
      .build();
    const [action] = decide(run, NOW).actions;
    tell(run, "nothing", TROUBLE);
    failsForEver(run, action?.key ?? "");
    expect(taskIn(run, "1")).toMatchObject({
      status: "escalated",
      cameFrom: { status: "waiting" },
    });
    const begun = [...run.effects.values()].map((effect) => effect.action);
    expect(begun).toMatchObject([{ type: "PrepareWorkspace", task: "2" }]);
    say(run, "retry", "1");
    expect(taskIn(run, "1").status).toBe("waiting");
  });

  test("of the whole run is said in its words: plan, integration test and landing", () => {
    const commit = "head0";
    const cases = [
      [{ type: "RunBaseline", key: "k", commit }, "planning", "cancelled"],
      [{ type: "TestIntegration", key: "k", commit }, "verifying", "waiting"],
      [{ type: "Land", key: "k", head: commit, target: "main" }, "landing", "waiting"],
    ] as const;
    for (const [action, status, end] of cases) {
      const baseline = status === "planning" ? null : [];
      const verified = { commit, results: [] };
      const run = aRun({ land: "auto", retryMs: [] })
        .withTask("1", { status: "merged" })
        .with({ status, baseline, verified })
        .withEffect(action)
        .build();
      const events = tell(run, "k", TROUBLE);
      expect(run.status).toBe(end);
      expect(JSON.stringify(events)).toContain("It is checked out elsewhere.");
    }
  });
});

describe("a branch that was moved back", () => {
  test("gives the task its turn again once the run is resumed", () => {
    const run = merging("interactive");
    const result = { kind: "base-rewound", base: "old" } as const;
    tell(run, MERGE.key, { of: "MergePullRequest", result });
    expect(run.status).toBe("halted");
    expect(taskIn(run, "1").status).toBe("queued");
  });

  test("is noticed before the whole is called tested, and the test is made again after that", () => {
    const verify = { type: "TestIntegration", key: "verify:1:head0", commit: "head0" } as const;
    const run = aRun()
      .withTask("1", { status: "merged" })
      .with({ status: "verifying", verifications: 1 })
      .withEffect(verify)
      .build();
    tell(run, verify.key, { of: "TestIntegration", commit: "head0", results: [], lost: ["1"] });
    expect(run).toMatchObject({ status: "halted", verified: null });
    expect(run.haltReason).toContain("git branch -f milestone/1 head0");
  });
});

function red(problem: GateResult["problem"]): GateResult {
  return {
    name: "test",
    kind: "test",
    ok: false,
    exitCode: null,
    durationMs: 1,
    failures: [],
    tail: "",
    problem,
  };
}

describe("gates that measured nothing", () => {
  const GATES = { type: "RunGates", key: "g", task: "1", commit: "c1", forMerge: false } as const;
  const gated = (changes: Partial<Run> = {}): Run =>
    aRun()
      .withTask("1", { status: "running", step: { at: "gates", commit: "c1" } })
      .withEffect(GATES)
      .with(changes)
      .build();
  const outcome = { of: "RunGates", commit: "c1", tree: "t1" } as const;

  test("red in a run that is being stopped is no finding, however the commands ended", () => {
    for (const status of ["paused", "halted"] as const) {
      const run = gated({ status });
      expect(types(tell(run, "g", { ...outcome, results: [red(null)] }))).toEqual([
        "EffectDelayed",
      ]);
      expect(taskIn(run, "1").step).toEqual({ at: "gates", commit: "c1" });
    }
  });

  test("green in a run that is being stopped is believed", () => {
    const run = gated({ status: "paused" });
    tell(run, "g", { ...outcome, results: [] });
    expect(taskIn(run, "1").step.at).toBe("publish");
  });

  test("a baseline that was ended rejects no plan", () => {
    const baseline = { type: "RunBaseline", key: "b", commit: "head0" } as const;
    const run = aRun().with({ status: "planning", baseline: null }).withEffect(baseline).build();
    const results = [red("ended")];
    tell(run, "b", { of: "RunBaseline", commit: "head0", tree: "t", results });
    expect(run).toMatchObject({ status: "planning", baseline: null });
    expect(run.delayed.has("b")).toBe(true);
  });

  test("a gate that wrote on a protected branch halts the run, and is asked again after that", () => {
    const run = gated();
    const breaches = [{ ref: "refs/heads/main", keptAs: "refs/cairn/breach/1" }];
    const events = tell(run, "g", { ...outcome, results: [], breaches });
    expect(types(events)).toEqual(["EffectFinished", "StepDecided", "CriticalStopRaised"]);
    expect(run.haltReason).toContain("refs/cairn/breach/1");
    run.status = "running";
    const again = decide(run, NOW).actions[0];
    expect(again).toMatchObject({ type: "RunGates", commit: "c1" });
    expect(again?.key).not.toBe("g");
  });

  test("a landing whose gate wrote on a protected branch halts the run", () => {
    const land = { type: "Land", key: "l", head: "head0", target: "main" } as const;
    const run = aRun().with({ status: "landing" }).withEffect(land).build();
    const breaches = [{ ref: "refs/heads/main", keptAs: "refs/cairn/breach/1" }];
    tell(run, "l", { of: "Land", result: { kind: "refused", why: "No." }, breaches });
    expect(run).toMatchObject({ status: "halted", landingRefused: null });
  });
});
