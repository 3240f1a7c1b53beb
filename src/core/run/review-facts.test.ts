import { expect, test } from "vitest";
import { aRun, sessionEnded, taskIn, type TaskWishes } from "../../../test/support/a-run.ts";
import type { Proof } from "../execute/proof.ts";
import { reviewFacts } from "./review-facts.ts";

function facts(wishes: TaskWishes): readonly string[] {
  const run = aRun()
    .withTask("1", { status: "reviewing", ...wishes })
    .build();
  return reviewFacts(run, taskIn(run, "1"));
}

const PROOF: Proof = {
  verdict: "proven",
  why: null,
  steps: [
    {
      subject: "test(queue): keeps order (#1)",
      red: "aaaaaaaaaaaaaaaaaaaa",
      green: "bbbbbbbbbbbbbbbbbbbb",
      tests: ["queue keeps order"],
      isProven: true,
    },
  ],
  violations: [],
  revert: "red",
  runs: { files: 2, suite: 2 },
  noted: ["the reporter could not be read"],
};

test("what was measured is told, sentence by sentence", () => {
  const told = facts({
    changedPaths: ["src/queue.ts", "src/queue.test.ts"],
    gateResults: [
      {
        name: "test",
        kind: "test",
        ok: true,
        exitCode: 0,
        durationMs: 12_340,
        failures: [],
        tail: "",
        problem: null,
      },
    ],
    proof: PROOF,
    change: {
      files: 1,
      lines: 40,
      stops: [{ kind: "large-diff", words: "9 files.", paths: [] }],
      tests: [
        {
          source: "tests",
          severity: "major",
          file: "src/queue.test.ts",
          line: 7,
          message: "Sleeps 5 s.",
        },
      ],
      coverage: { covered: 30, total: 40 },
      secrets: [],
    },
  });
  expect(told).toEqual([
    "Changed paths (2): src/queue.ts, src/queue.test.ts.",
    "Size without tests, lock files and generated files: 40 lines in 1 file.",
    "Gate test: passed (12.3 s).",
    "Test-driven development: 1 of 1 step proven (red, then green); with the source taken back the new tests are red, as they should be.",
    'Step "test(queue): keeps order (#1)": red at aaaaaaaaaaaa, green at bbbbbbbbbbbb, 1 test.',
    "Not measured: the reporter could not be read",
    "Coverage of the changed lines: 30 of 40 (75 %).",
    "Stop condition large-diff: 9 files.",
    "Scan of the tests: src/queue.test.ts:7: Sleeps 5 s.",
  ]);
});

test("a history that broke the rules is not told as proven", () => {
  const step = { ...PROOF.steps[0], isProven: false, green: null } as Proof["steps"][number];
  const violation = { kind: "red-at-green", commit: null, path: null, test: null } as const;
  const proof: Proof = {
    ...PROOF,
    verdict: "violated",
    steps: [step],
    violations: [{ ...violation, words: "Still red at its green commit." }],
    revert: "green",
  };
  const told = facts({ proof }).join("\n");
  expect(told).toContain("0 of 1 step proven");
  expect(told).toContain("the new tests stay green");
  expect(told).toContain("never green, 1 test, not proven.");
  expect(told).toContain("Against its rules: Still red at its green commit.");
});

test("what was not measured is said so, and nothing is made up for it", () => {
  expect(facts({ changedPaths: ["a.ts"] })).toEqual([
    "Changed paths (1): a.ts.",
    "These gates passed on this commit: test.",
    "How the tests came to be was not measured.",
  ]);
  const exempt: Proof = { ...PROOF, verdict: "exempt", why: "only documents", noted: [] };
  expect(facts({ proof: exempt })).toContain(
    "Test-driven development need not be proven: only documents.",
  );
});

test("nothing of the author's own words is among them", () => {
  const { report } = sessionEnded("1");
  if (report === null) throw new Error("no report");
  const mine = { ...report, summary: "CANARY", notes: ["CANARY"], discoveries: ["CANARY"] };
  const told = facts({ report: mine, notes: ["CANARY"], detail: "CANARY", answers: ["CANARY"] });
  expect(told.join("\n")).not.toContain("CANARY");
});

test("a thousand changed paths stay one bounded sentence", () => {
  const changedPaths = Array.from({ length: 1_000 }, (_none, at) => `src/${at}.ts`);
  expect(facts({ changedPaths })[0]).toMatch(/^Changed paths \(1000\): .* and 900 more\.$/);
});
