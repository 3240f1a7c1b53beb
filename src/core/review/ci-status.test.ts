import fc from "fast-check";
import { expect, test } from "vitest";
import { aCheck, aPolicy, someFacts } from "../../../test/support/pull-request-facts.ts";
import { asCheckState, ciStatus } from "./ci-status.ts";

const early = { since: 0, now: 1_000 };
const late = { since: 0, now: 120_000 };

function stateOfOne(conclusion: string, state: "passed" | "failed"): string {
  return ciStatus(someFacts({ checks: [aCheck("a", conclusion, { state })] }), aPolicy(), late)
    .state;
}

test.each<[string, string]>([
  ["success", "passed"],
  ["neutral", "passed"],
  ["skipped", "passed"],
  ["FAILURE", "failed"],
  ["error", "failed"],
  ["timed_out", "failed"],
  ["cancelled", "failed"],
  ["action_required", "failed"],
  ["startup_failure", "failed"],
  ["stale", "failed"],
  ["queued", "pending"],
  ["in_progress", "pending"],
  ["expected", "pending"],
  ["a word of next year", "pending"],
  ["", "pending"],
])("%j is %s", (word, state) => {
  expect(asCheckState(word)).toBe(state);
});

test("all green is passed, with figures", () => {
  const checks = [aCheck("a"), aCheck("b", "skipped"), aCheck("c", "neutral")];
  expect(ciStatus(someFacts({ checks }), aPolicy(), early)).toEqual({
    state: "passed",
    waiting: [],
    failed: [],
    words: "CI 3 of 3 passed",
  });
});

test("a red check decides, whatever else is under way", () => {
  const checks = [aCheck("test", "failure"), aCheck("lint", "timed_out"), aCheck("e2e", "queued")];
  const ci = ciStatus(someFacts({ checks }), aPolicy(), early);
  expect(ci).toMatchObject({ state: "failed", words: "CI failed: lint, test" });
  expect(ci.failed.map(({ name }) => name)).toEqual(["lint", "test"]);
  expect(ci.waiting).toEqual([{ what: "check", name: "e2e", isRequired: false }]);
});

test("a check that its reader calls failed is failed, and one it calls passed only by the forge's word", () => {
  expect(stateOfOne("weird", "failed")).toBe("failed");
  expect(stateOfOne("weird", "passed")).toBe("pending");
});

test("a required check that was never reported is waited for, however long", () => {
  const facts = someFacts({ checks: [aCheck("lint")], required: ["build"] });
  expect(ciStatus(facts, aPolicy(), { since: 0, now: 10 ** 12 })).toEqual({
    state: "pending",
    waiting: [{ what: "check", name: "build", isRequired: true }],
    failed: [],
    words: 'CI 1 of 2 passed; required check "build" has not been reported',
  });
  const expected = [aCheck("build", "expected", { isRequired: true }), aCheck("lint")];
  expect(ciStatus(someFacts({ checks: expected }), aPolicy(), late)).toMatchObject({
    state: "pending",
    words: 'CI 1 of 2 passed; required check "build" has not been reported',
  });
});

test("without waiting for CI only required checks decide", () => {
  const policy = aPolicy({ ci: { wait: false } });
  const checks = [aCheck("lint", "failure"), aCheck("slow", "queued")];
  expect(ciStatus(someFacts({ checks }), policy, early)).toMatchObject({
    state: "none",
    failed: [],
    words: "CI is not waited for (0 of 2 passed)",
  });
  const required = [...checks, aCheck("build", "in_progress")];
  expect(ciStatus(someFacts({ checks: required, required: ["build"] }), policy, early)).toEqual({
    state: "pending",
    waiting: [{ what: "check", name: "build", isRequired: true }],
    failed: [],
    words: "CI 0 of 1 passed",
  });
});

test("nothing seen and nothing required is waited for a while, and then there is no CI", () => {
  const none = someFacts();
  expect(ciStatus(none, aPolicy(), { since: 500, now: 120_499 })).toMatchObject({
    state: "pending",
    waiting: [{ what: "check", isRequired: false }],
  });
  expect(ciStatus(none, aPolicy(), { since: 500, now: 120_500 })).toEqual({
    state: "none",
    waiting: [],
    failed: [],
    words: "no CI here",
  });
});

test("a reviewer's own check is no CI, unless the branch demands it", () => {
  const checks = [
    aCheck("CodeRabbit", "pending", { source: "status", app: "coderabbitai" }),
    aCheck("Claude Code Review", "failure", { app: "claude" }),
  ];
  expect(ciStatus(someFacts({ checks }), aPolicy(), late).state).toBe("none");
  expect(ciStatus(someFacts({ checks, required: ["CodeRabbit"] }), aPolicy(), late)).toMatchObject({
    state: "pending",
    waiting: [{ name: "CodeRabbit", isRequired: true }],
  });
});

test("a red job of the repository's own is CI, whatever it is called", () => {
  for (const more of [{ app: "github-actions" }, { app: null, source: "job" as const }]) {
    const checks = [aCheck("CodeRabbit", "failure", more)];
    expect(ciStatus(someFacts({ checks }), aPolicy(), late).state).toBe("failed");
  }
});

test("checks that cannot be read are none only where none is required", () => {
  const refused = { checks: null, checksRefused: "the token lacks checks:read" };
  expect(ciStatus(someFacts(refused), aPolicy(), early)).toEqual({
    state: "none",
    waiting: [],
    failed: [],
    words: "CI cannot be read: the token lacks checks:read",
  });
  expect(ciStatus(someFacts({ ...refused, required: ["build"] }), aPolicy(), late)).toMatchObject({
    state: "pending",
    waiting: [{ name: "build", isRequired: true }],
  });
});

test("passed means that every check and every required name is green, in any order", () => {
  const word = fc.constantFrom("success", "skipped", "failure", "queued", "stale", "new");
  const check = fc.tuple(fc.constantFrom("a", "b", "c", "d"), word);
  const required = fc.uniqueArray(fc.constantFrom("a", "b", "z"));
  fc.assert(
    fc.property(fc.array(check, { minLength: 1 }), required, (drawn, names) => {
      const checks = drawn.map(([name, conclusion]) => aCheck(name, conclusion));
      const facts = someFacts({ checks, required: names });
      const ci = ciStatus(facts, aPolicy(), late);
      const isGreen =
        checks.every(({ conclusion }) => asCheckState(conclusion) === "passed") &&
        names.every((name) => checks.some((seen) => seen.name === name));
      expect(ci.state === "passed").toBe(isGreen);
      expect(ci.waiting.length > 0 || ci.failed.length > 0).toBe(!isGreen);
      const turned = { ...facts, checks: checks.toReversed(), required: names.toReversed() };
      expect(ciStatus(turned, aPolicy(), late)).toEqual(ci);
    }),
  );
});
