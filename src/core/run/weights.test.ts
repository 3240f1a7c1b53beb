import { expect, test } from "vitest";
import { aRun } from "../../../test/support/a-run.ts";
import type { Estimate } from "../plan/estimates.ts";
import type { Plan } from "../plan/plan.ts";
import { remainingPath, startOrder } from "./admission.ts";

const NOW = 0;

function estimated(estimates: Readonly<Record<string, Estimate>>): ReturnType<typeof aRun> {
  return aRun().with({ plan: { estimates } as unknown as Plan });
}

test("without estimates a path is counted in tasks", () => {
  const run = aRun()
    .withTask("1")
    .withTask("2", { dependsOn: ["1"] })
    .withTask("3")
    .build();
  expect(Object.fromEntries(remainingPath(run))).toEqual({ 1: 2, 2: 1, 3: 1 });
});

test("with estimates in minutes, and what is not known takes the median of what is", () => {
  const run = estimated({
    1: { minutes: 5, source: "source" },
    2: { minutes: 10, source: "size" },
    3: { minutes: 90, source: "history" },
    4: { minutes: 20, source: "default" },
  })
    .withTask("1")
    .withTask("2", { dependsOn: ["1"] })
    .withTask("3")
    .withTask("4")
    .withTask("added-later")
    .build();
  expect(Object.fromEntries(remainingPath(run))).toEqual({
    1: 15,
    2: 10,
    3: 90,
    4: 10,
    "added-later": 10,
  });
  // One long task goes before a chain of two short ones, which counted in tasks it would not.
  expect(startOrder(run, NOW).map(({ key }) => key)).toEqual(["3", "1", "4", "added-later"]);
});

test("estimates that are all the default say nothing, and an estimate of nothing is none", () => {
  const run = estimated({
    1: { minutes: 20, source: "default" },
    2: { minutes: 0, source: "source" },
  })
    .withTask("1")
    .withTask("2", { dependsOn: ["1"] })
    .build();
  expect(Object.fromEntries(remainingPath(run))).toEqual({ 1: 2, 2: 1 });
});
