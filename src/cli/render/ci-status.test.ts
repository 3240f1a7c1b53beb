import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import type { CiStatusJson } from "../../api/ci-status-json.ts";
import { renderCiStatus } from "./ci-status.ts";

const LOOK = { width: 80, colour: false, ascii: false };
const STATUS: CiStatusJson = {
  schemaVersion: 1,
  repository: "ada/mill",
  pullRequest: {
    number: 12,
    title: "Add a",
    url: "https://example.org/pull/12",
    state: "open",
    isDraft: true,
    head: "b".repeat(40),
  },
  state: "failed",
  words: "CI failed: test",
  checks: [
    {
      name: "test",
      state: "failed",
      conclusion: "failure",
      isRequired: true,
      app: "github-actions",
      url: "https://example.org/run/1",
    },
    {
      name: "security scan",
      state: "pending",
      conclusion: "not reported",
      isRequired: true,
      app: null,
      url: null,
    },
    {
      name: "lint",
      state: "passed",
      conclusion: "skipped",
      isRequired: false,
      app: null,
      url: null,
    },
  ],
  reviews: { required: 0, approvedBy: [], changesRequestedBy: [], waitingFor: [], critical: 0 },
};

test("checks with state, whether they are required, and where to look", () => {
  expect(renderCiStatus(STATUS, LOOK)).toBe(`#12 Add a
https://example.org/pull/12  open, draft, at bbbbbbbbbb

  failed    test           required  https://example.org/run/1
  pending   security scan  required  (not reported)
  passed    lint                     (skipped)

CI failed: test.`);
});

test("reviews in sentences, and what GitHub does not say", () => {
  const [first] = STATUS.checks;
  const text = renderCiStatus(
    {
      ...STATUS,
      checks: first === undefined ? [] : [{ ...first, isRequired: null }],
      reviews: {
        required: 2,
        approvedBy: ["ada"],
        changesRequestedBy: ["eve"],
        waitingFor: ["coderabbitai"],
        critical: 3,
      },
    },
    LOOK,
  );
  expect(text.split("\n").slice(3)).toEqual([
    "  failed    test  ?         https://example.org/run/1",
    "",
    "?: GitHub does not say whether it is required.",
    "Approvals: 1 of 2 (ada).",
    "Changes requested by eve.",
    "Waits for the review of coderabbitai.",
    "Reviewers' critical findings: 3; each would open a fix round.",
    "CI failed: test.",
  ]);
});

test("colours repeat what the words say; texts from outside steer no terminal", () => {
  const coloured = renderCiStatus(STATUS, { ...LOOK, colour: true });
  expect(coloured).not.toBe(renderCiStatus(STATUS, LOOK));
  expect(stripVTControlCharacters(coloured)).toBe(renderCiStatus(STATUS, LOOK));
  const evil = { ...STATUS, pullRequest: { ...STATUS.pullRequest, title: "a\u{1b}[2Jb\nc" } };
  const text = renderCiStatus(evil, LOOK);
  expect(text).not.toContain("\u{1b}");
  expect(text.split("\n")).toHaveLength(renderCiStatus(STATUS, LOOK).split("\n").length);
});
