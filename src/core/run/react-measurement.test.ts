import { expect, test } from "vitest";
import { aRun, NOW, tell, types } from "../../../test/support/a-run.ts";
import type { GateResult } from "../execute/gates.ts";

const GATE = { name: "test", kind: "test", durationMs: 1, failures: [], tail: "" } as const;
const GREEN: GateResult = { ...GATE, ok: true, exitCode: 0, problem: null };
const ENDED: GateResult = { ...GATE, ok: false, exitCode: null, problem: "ended" };

test.each([
  ["on the target", ENDED, GREEN],
  ["on the older integration branch", GREEN, ENDED],
])(
  "a baseline whose gates were ended from outside (%s) is measured again, and refuses nothing",
  (_where, target, branch) => {
    const integration = { branch: "milestone/1", head: "old", base: "main0" };
    const run = aRun().with({ status: "planning", baseline: null, integration }).build();
    const action = {
      type: "RunBaseline",
      key: "baseline:old",
      commit: "main0",
      branch: "old",
    } as const;
    run.effects.set(action.key, { key: action.key, action, startedAt: NOW });
    const there = { commit: "old", results: [branch] };
    const outcome = { of: "RunBaseline", commit: "main0", tree: "t", results: [target] } as const;
    const events = tell(run, action.key, { ...outcome, branch: there });
    expect(types(events)).toEqual(["EffectDelayed"]);
    expect(run.status).toBe("planning");
  },
);
