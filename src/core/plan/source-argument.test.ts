import { expect, test } from "vitest";
import { UserError } from "../../errors.ts";
import { needsGithub, readSourceArgument } from "./source-argument.ts";
import type { SourceFacts } from "./source-argument.ts";

const facts: SourceFacts = {
  exists: (word) => ["docs/plan", "notes", "m7", "Phase 1.md"].includes(word),
  hasFolder: (name) => name === "m5",
};

function read(...words: readonly string[]) {
  return readSourceArgument(words, facts);
}

function refusal(...words: readonly string[]): UserError {
  try {
    read(...words);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error(`${words.join(" ")} was not refused`);
}

test.each([
  [["153", "154", "155"], ["153", "154", "155"], "issues-153-154-155"],
  [["153,154,155"], ["153", "154", "155"], "issues-153-154-155"],
  [["#154", "#153"], ["154", "153"], "issues-153-154"],
  [["153, #154 ,", "0155"], ["153", "154", "155"], "issues-153-154-155"],
  [["7", "7"], ["7"], "issues-7"],
  [["4"], ["4"], "issues-4"],
  [["#5"], ["5"], "issues-5"],
  [["9,1,5,3,7"], ["9", "1", "5", "3", "7"], "issues-1-to-9-of-5"],
])("%j are issues", (words, numbers, name) => {
  expect(read(...words)).toEqual({ kind: "issues", numbers, name });
});

test.each([
  [["m5"], { kind: "folder", name: "m5" }],
  [["M05"], { kind: "folder", name: "m5" }],
  [["m4.1"], { kind: "folder", name: "m4.1" }],
  [["5"], { kind: "folder", name: "m5" }],
  [["m7"], { kind: "path", path: "m7" }],
  [["@docs/x.md"], { kind: "path", path: "docs/x.md" }],
  [["@notes"], { kind: "path", path: "notes" }],
  [["plan.yaml"], { kind: "path", path: "plan.yaml" }],
  [["issues.jsonl"], { kind: "path", path: "issues.jsonl" }],
  [["tasks.json#auth"], { kind: "path", path: "tasks.json#auth" }],
  [["docs/plan"], { kind: "path", path: "docs/plan" }],
  [["./here"], { kind: "path", path: "./here" }],
  [["Phase 1.md"], { kind: "path", path: "Phase 1.md" }],
  [["--dispatch", "3"], { kind: "dispatch", number: "3" }],
  [["OB3 Phase 1"], { kind: "milestone", title: "OB3 Phase 1" }],
  [["Release", "plan"], { kind: "milestone", title: "Release plan" }],
  [["M4", "workers"], { kind: "milestone", title: "M4 workers" }],
  [["CI/CD"], { kind: "milestone", title: "CI/CD" }],
] as const)("%j", (words, expected) => {
  expect(read(...words)).toEqual(expected);
});

test.each([[["153", "Phase"]], [["OB3", "Phase", "1"]], [["153,main"]], [["#3", "and", "#4"]]])(
  "%j mixes",
  (words) => {
    const error = refusal(...words);
    expect([error.code, error.message, error.exitCode]).toEqual([
      "source/mixed",
      "Cannot mix issue numbers and a milestone title.",
      2,
    ]);
  },
);

test.each([
  [[], "cli/usage", "Nothing to work on was named."],
  [["  ", ""], "cli/usage", "Nothing to work on was named."],
  [["@"], "cli/usage", "Nothing to work on was named."],
  [["--dispatch"], "cli/usage", "`--dispatch` takes the number of one milestone."],
  [["--dispatch", "x"], "cli/usage", "`--dispatch` takes the number of one milestone."],
  [["0"], "source/bad-number", "There is no issue 0; numbers begin at 1."],
  [["m5", "m6"], "source/several", "One source at a time: `m5` and `m6` are sources of their own."],
  [
    ["m5", "workers"],
    "source/several",
    "One source at a time: `m5` is a source of its own, and `workers` stands beside it.",
  ],
  [
    ["plan.yaml", "153"],
    "source/several",
    "One source at a time: `plan.yaml` is a source of its own, and `153` stands beside it.",
  ],
])("%j is refused", (words, code, message) => {
  const error = refusal(...words);
  expect([error.code, error.message, error.exitCode]).toEqual([code, message, 2]);
  expect(error.hints.length).toBeGreaterThan(0);
});

test("what only GitHub has is named where the repository is not there, with what can be done", () => {
  const title = needsGithub({ kind: "milestone", title: "M4 workers" }, "docs/M4_workers.md");
  expect([title.code, title.message, title.hints[0]]).toEqual([
    "source/needs-github",
    "`M4 workers` is no file or folder here, so it would be a milestone on GitHub; this repository has no remote there, or works with `forge: {kind: local}`.",
    "Did you mean docs/M4_workers.md?",
  ]);
  const numbers = needsGithub({ kind: "issues", numbers: ["1", "2"], name: "issues-1-2" }, null);
  expect([numbers.message, numbers.hints.length]).toEqual([
    "#1, #2 would be issues on GitHub; this repository has no remote there, or works with `forge: {kind: local}`.",
    2,
  ]);
});
