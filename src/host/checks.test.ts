import { expect, test } from "vitest";
import { groundChecks, refuseBadGround, SAID_AT_START } from "./checks.ts";
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

test("a way into production that agents would get is refused before anything begins", () => {
  const handedOn = ["PROD_KEY", "STORE_URL"];
  const checks = groundChecks({ ...facts([]), handedOn }, { allowDirty: false });
  const refuse = (): void => refuseBadGround(checks);
  expect(refuse).toThrow(
    "agents.env hands on what looks like a way into production: PROD_KEY, STORE_URL.",
  );
});

test("that there is no sandbox is said, not passed over", () => {
  const checks = groundChecks(facts([]), { allowDirty: false });
  expect(checks.find(({ name }) => name === "sandbox")).toMatchObject({
    result: "warning",
    words: "no sandbox here",
  });
});

test("a review that nobody can do is a warning, and said before every start", () => {
  const withheld = { mode: "two-stage", agent: "sh" } as const;
  const check = groundChecks({ ...facts([]), withheld }, { allowDirty: false }).find(
    ({ name }) => name === "review",
  );
  expect(check?.result).toBe("warning");
  expect(check?.words).toBe(
    "Nothing will be reviewed: two-stage was asked for, but sh cannot review: name agents.roles.quality-reviewer.",
  );
  expect(SAID_AT_START).toContain(check?.code);
  const others = groundChecks(facts([]), { allowDirty: false }).map(({ name }) => name);
  expect(others).not.toContain("review");
});
