import { expect, test } from "vitest";
import { aRun, NOW, types } from "../../../test/support/a-run.ts";
import type { Plan } from "../plan/plan.ts";
import { decide } from "./decide.ts";
import type { Run } from "./run.ts";
import { settle } from "./settle.ts";
import { barrierWave, isOfWave, wavesOf } from "./admission.ts";

const plan = { waves: [["1", "2"], ["3"]], issues: [], done: [] } as unknown as Plan;

/** 2 was given back as 2.1, and 3 waits for that instead. */
function givenBack(): Run {
  return aRun({ barrier: true, parallel: 3 })
    .with({ plan })
    .withTask("1", { status: "merged", mergedCommit: "c1", mergedOnto: "head0" })
    .withTask("2", { status: "skipped", reason: "superseded", supersededBy: "2.1" })
    .withTask("2.1", { issue: { followUpOf: "2" } })
    .withTask("3", { dependsOn: ["2.1"] })
    .build();
}

test("what takes the place of a task belongs to its wave, and begins in it", () => {
  const run = givenBack();
  expect(wavesOf(run)).toEqual([["1", "2", "2.1"], ["3"]]);
  expect(barrierWave(run)).toBe(0);
  const begun = decide(run, NOW).actions.filter(({ type }) => type === "PrepareWorkspace");
  expect(begun).toMatchObject([{ task: "2.1" }]);
  const settled = settle(run, NOW);
  expect(types(settled)).not.toContain("NothingCanMove");
});

test("what belongs to no wave waits for none", () => {
  const run = aRun({ barrier: true, parallel: 3 })
    .with({ plan })
    .withTask("1")
    .withTask("3")
    .withTask("9")
    .build();
  expect(isOfWave(run, "9", 0)).toBe(true);
  expect(isOfWave(run, "3", 0)).toBe(false);
});

test("a rest that waits for a later wave belongs to that one", () => {
  const run = aRun({ barrier: true })
    .with({ plan })
    .withTask("1", { status: "merged" })
    .withTask("2", { status: "merged" })
    .withTask("3")
    .withTask("8", { issue: { followUpOf: "1" }, dependsOn: ["3"] })
    .build();
  expect(wavesOf(run)).toEqual([
    ["1", "2"],
    ["3", "8"],
  ]);
  expect(barrierWave(run)).toBe(1);
});
