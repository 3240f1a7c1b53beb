import { expect, test } from "vitest";
import type { TestOutcome } from "../test-reports/test-outcome.ts";
import type { ChangedTest } from "./changed-tests.ts";
import { findOutcomes } from "./match-outcomes.ts";

const written = (name: string, path = "src/a.test.ts"): ChangedTest => ({
  path,
  name,
  isNew: true,
  isFirm: true,
  text: "",
});

function seen(name: string, more: Partial<TestOutcome> = {}): TestOutcome {
  return {
    name,
    file: null,
    result: "passed",
    message: "",
    reason: "unknown",
    missing: null,
    ...more,
  };
}

test.each([
  ["adds", "adds"],
  ["sums > adds", "sums > adds"],
  ["adds", "sums > adds"],
  ["adds", "adds > of ones"],
  ["%i and %s make $sum", "1 and two make 3"],
  // oxlint-disable-next-line no-template-curly-in-string -- as it stands in a test file
  ["adds ${a} to ${b}", "adds 1 to 2"],
  ["test_adds", "tests.test_a > test_adds[1-2]"],
  ["TestAdd", "TestAdd/of_ones"],
  ["adds", "tests::adds"],
])("a test that is written %j is reported as %j", (name, reported) => {
  expect(findOutcomes(written(name), [written(name)], [seen(reported)]).own).toHaveLength(1);
});

test.each([
  ["adds", "adds more"],
  ["adds", "subtracts"],
  ["sums > adds", "differences > adds"],
  ["adds %i to %i", "adds 1"],
  ["adds (a+)+b*", "adds aaaaaaaab"],
])("a test that is written %j is not the one reported as %j", (name, reported) => {
  const { own, others } = findOutcomes(written(name), [written(name)], [seen(reported)]);
  expect(own).toEqual([]);
  expect(others).toHaveLength(1);
});

test("tests of other files are others' tests; where a report names no file, any may be meant", () => {
  const outcomes = [
    seen("adds", { file: "/w/w1/src/a.test.ts" }),
    seen("adds", { file: "/w/w1/lib/src/b.test.ts", result: "failed" }),
    seen("adds"),
  ];
  const adds = written("adds");
  expect(findOutcomes(adds, [adds], outcomes).own.map(({ result }) => result)).toEqual([
    "passed",
    "passed",
  ]);
});

test("a broken file is told apart, and names of other known tests are not taken for made ones", () => {
  const outcomes = [seen("src/a.test.ts", { result: "broken" }), seen("subtracts"), seen("1 + 1")];
  const { own, broken, others } = findOutcomes(
    written("adds"),
    [written("adds"), written("subtracts")],
    outcomes,
  );
  expect(own).toEqual([]);
  expect(broken).toHaveLength(1);
  expect(others.map(({ name }) => name)).toEqual(["1 + 1"]);
});
