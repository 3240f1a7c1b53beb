import { expect, test } from "vitest";
import { groundChecks } from "./checks.ts";
import type { GroundFacts } from "./checks-facts.ts";

function facts(gates: GroundFacts["gates"]): GroundFacts {
  return {
    git: {
      version: "2.49",
      isNewEnough: true,
      isRepository: true,
      isBare: false,
      root: "/mill",
      hasCommits: true,
      refusal: null,
      branch: "main",
      inProgress: null,
      modified: [],
      isWritable: true,
    },
    target: { name: "main", exists: true },
    agents: [],
    gates,
    existingBranches: [],
    freeBytes: null,
  };
}

test("a gate that runs tests says whose reports can be read, or that none can", () => {
  const gate = { run: "npm test", missing: null };
  const checks = groundChecks(
    facts([
      { ...gate, name: "unit", testRunner: "vitest run" },
      { ...gate, name: "whole", testRunner: null },
      { ...gate, name: "lint" },
    ]),
    { allowDirty: false },
  );
  const told = checks.filter(({ name }) => name.startsWith("tests of"));
  expect(told.map(({ name, result, words }) => `${result} ${name}: ${words}`)).toEqual([
    "ok tests of unit: vitest run: its reports are read, test by test",
    "ok tests of whole: unknown runner: exit codes decide, for the whole suite",
  ]);
});

test("that there is no sandbox is said, not passed over", () => {
  const checks = groundChecks(facts([]), { allowDirty: false });
  expect(checks.find(({ name }) => name === "sandbox")).toMatchObject({
    result: "warning",
    words: "no sandbox here",
  });
});
