import { expect, test } from "vitest";
import {
  aBot,
  aCheck,
  aNote,
  aPerson,
  aPolicy,
  aReview,
  someFacts,
} from "../../test/support/pull-request-facts.ts";
import type { PullRequestFacts } from "../core/review/forge/facts.ts";
import { toCiStatusJson } from "./ci-status-json.ts";

const PAGE = {
  repository: "ada/mill",
  title: "Add a",
  url: "https://example.org/pull/7",
  since: 0,
};

function statusOf(more: Partial<PullRequestFacts>, now = 10_000_000) {
  return toCiStatusJson({ ...PAGE, facts: someFacts(more), now }, aPolicy());
}

test("every check is there, the worst first, with what is required and was never reported", () => {
  const { state, checks } = statusOf({
    required: ["test", "security"],
    checks: [
      aCheck("b"),
      aCheck("test", "failure", { url: "https://example.org/1", app: "ci" }),
      aCheck("lint", "in_progress", { isRequired: false }),
      aCheck("a", "skipped"),
    ],
  });
  expect(state).toBe("failed");
  expect(
    checks.map((check) => [check.name, check.state, check.conclusion, check.isRequired]),
  ).toEqual([
    ["test", "failed", "failure", true],
    ["lint", "pending", "in_progress", false],
    ["security", "pending", "not reported", true],
    ["a", "passed", "skipped", null],
    ["b", "passed", "success", null],
  ]);
  expect(checks[0]).toMatchObject({ app: "ci", url: "https://example.org/1" });
});

test.each<readonly [string, Partial<PullRequestFacts>, number | undefined]>([
  ["passed", { checks: [aCheck("a")] }, undefined],
  ["pending", { checks: [aCheck("a"), aCheck("b", "queued")] }, undefined],
  ["pending", { required: ["a"] }, undefined],
  ["none", {}, undefined],
  ["pending", {}, 1],
  ["unreadable", { checks: null, checksRefused: "Resource not accessible" }, undefined],
  ["closed", { state: "merged", checks: [] }, undefined],
])("%s: %j", (state, more, now) => {
  expect(statusOf(more, now).state).toBe(state);
});

test("reviews are told, and decide nothing about the checks", () => {
  const eve = aPerson("eve");
  const { state, reviews } = statusOf({
    checks: [aCheck("a")],
    approvals: 2,
    usualReviewers: ["coderabbitai"],
    reviews: [aReview(aPerson("ada"), "approved"), aReview(eve, "changes-requested")],
    notes: [
      aNote("1", aBot("coderabbitai"), "_⚠️ Potential issue_ | _🔴 Critical_\n\n**Broken.**"),
    ],
  });
  expect(state).toBe("passed");
  expect(reviews).toMatchObject({
    required: 2,
    approvedBy: ["ada"],
    changesRequestedBy: ["eve"],
    waitingFor: ["coderabbitai"],
  });
  expect(reviews.critical).toBeGreaterThan(0);
});

test("one that is merged is not judged any more", () => {
  const merged = statusOf({ state: "merged", required: ["a"], checks: [aCheck("b", "failure")] });
  expect(merged).toMatchObject({ words: "the pull request is merged", checks: [] });
  expect(merged.reviews).toMatchObject({ waitingFor: [], critical: 0 });
});
