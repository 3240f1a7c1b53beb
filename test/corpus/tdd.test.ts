import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Proof } from "../../src/core/execute/proof.ts";
import { CHEATING } from "./tdd/cheating.ts";
import type { TddCase } from "./tdd/case.ts";
import { DISGUISED } from "./tdd/disguised.ts";
import { HONEST } from "./tdd/honest.ts";
import { canRun, openCorpus, type Corpus } from "./tdd/run-case.ts";
import { UNUSUAL } from "./tdd/unusual.ts";

const RIGHT = [...HONEST, ...UNUSUAL];
const WRONG = [...CHEATING, ...DISGUISED];
const CASES = [...RIGHT, ...WRONG];

let corpus: Corpus;
const proofs = new Map<string, Proof>();

beforeAll(async () => {
  corpus = await openCorpus();
});
afterAll(async () => {
  await corpus.close();
  const right = CASES.filter((story) => isRight(story, proofs.get(story.name)));
  const left = CASES.filter((story) => !canRun(story)).map(({ runner }) => runner);
  const files = [...proofs.values()].reduce((sum, proof) => sum + proof.runs.files, 0);
  const suites = [...proofs.values()].reduce((sum, proof) => sum + proof.runs.suite, 0);
  console.log(
    `TDD corpus: ${right.length} of ${CASES.length} histories judged right (${RIGHT.length} honest or exempt, ${WRONG.length} cheating); ${files} runs of test files, ${suites} of suites; not here: ${left.join(", ") || "nothing"}`,
  );
});

test("the corpus is large, and each history has a name of its own", () => {
  expect(RIGHT.length).toBeGreaterThanOrEqual(20);
  expect(WRONG.length).toBeGreaterThanOrEqual(20);
  expect(new Set(CASES.map(({ name }) => name)).size).toBe(CASES.length);
});

test("every kind of violation is in it", () => {
  const kinds = new Set(WRONG.flatMap(({ violations }) => violations));
  expect([...kinds].toSorted()).toEqual([
    "code-before-test",
    "does-not-run",
    "no-test",
    "passes-at-once",
    "red-at-green",
    "revert-stays-green",
    "several-behaviours",
    "test-deleted",
    "test-skipped",
    "test-weakened",
  ]);
});

describe.concurrent.each([
  ["honest", RIGHT],
  ["cheating", WRONG],
])("%s histories", (_kind, stories) => {
  test.each(stories.map((story): [string, TddCase] => [story.name, story]))(
    "%s",
    async (name, story) => {
      if (!canRun(story)) return;
      const proof = await corpus.prove(story);
      proofs.set(name, proof);
      const { verdict, violations, steps, runs, revert } = proof;
      const said = violations.map(({ words }) => words);
      const proven = steps.filter(({ isProven }) => isProven).length;
      expect({ verdict, kinds: kindsOf(proof), proven, revert, said }).toEqual({
        verdict: story.verdict,
        kinds: [...story.violations].toSorted(),
        proven: story.proven ?? proven,
        revert: story.revert ?? revert,
        said,
      });
      // What the proof may cost: two runs of a step's own files for each step, two of the suite for the task.
      expect(runs.files).toBeLessThanOrEqual(2 * steps.length);
      expect(runs.suite).toBeLessThanOrEqual(2);
      for (const words of said) expect(words).not.toMatch(/undefined|null|""/);
    },
  );
});

function kindsOf(proof: Proof): readonly string[] {
  return [...new Set(proof.violations.map(({ kind }) => kind))].toSorted();
}

function isRight(story: TddCase, proof: Proof | undefined): boolean {
  return (
    proof?.verdict === story.verdict &&
    kindsOf(proof).join() === [...story.violations].toSorted().join()
  );
}
