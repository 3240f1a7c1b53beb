import { describe, expect, test } from "vitest";
import { aRun, NOW, say, taskIn, tell } from "../../../test/support/a-run.ts";
import { decide } from "./decide.ts";
import type { Run } from "./run.ts";

const COMMIT = "head0";

function planning(): Run {
  const baseline = { type: "RunBaseline", key: "baseline:head0", commit: COMMIT } as const;
  return aRun()
    .withTask("1")
    .with({ status: "planning", baseline: null, plan: {} as Run["plan"] })
    .withEffect(baseline)
    .build();
}

describe("a pause while the run is prepared", () => {
  test("drains what is under way, and the run is planned to its end when it is resumed", () => {
    const run = planning();
    say(run, "pause");
    expect(run.status).toBe("draining");
    tell(run, "baseline:head0", { of: "RunBaseline", commit: COMMIT, tree: "t", results: [] });
    expect(run.status).toBe("paused");
    say(run, "resume");
    expect(run.status).toBe("running");
  });
});

describe("a task that is begun again", () => {
  test("starts over where its branch could not be built on", () => {
    const run = aRun()
      .withTask("1", { status: "skipped", reason: "workspace-lost", startedAt: NOW })
      .build();
    say(run, "retry", "1");
    expect(decide(run, NOW).actions).toEqual([]);
    expect(taskIn(run, "1").startOver).toBe(true);
    const begun = [...run.effects.values()].map(({ action }) => action);
    expect(begun).toMatchObject([{ type: "PrepareWorkspace", mode: "restart", base: "head0" }]);
  });
});
