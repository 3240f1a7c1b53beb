import { describe, expect, test } from "vitest";
import { PLANTED_BUGS } from "../exhaustive/planted-bugs.ts";
import { PLANTED_IN_GIT, PLANTED_IN_TREES } from "./planted-in-worlds.ts";
import { runGitWorld } from "./random-git.ts";
import { RedWorld, runPureWorld, type WorldResult } from "./random-pure.ts";

// More of both: npm run worlds.
const PURE_SEEDS = 300;
/**
 * Every commit gated by itself on stacked work; a train of squashes on stacked work; hopeless work with dependents while
 * people push; work that is red together; conflicts one by one while people push.
 */
const GIT_SEEDS = [24, 23, 34, 14, 25] as const;
/** Bugs of the small worlds that are about merging show in random ones as well. */
const IN_BOTH = /without gates|newest base|whole train|given up|put off|begin when/;

function firstRed(look: (seed: number) => unknown): RedWorld {
  for (let seed = 1; seed <= PURE_SEEDS; seed += 1) {
    try {
      look(seed);
    } catch (error) {
      if (error instanceof RedWorld) return error;
      throw error;
    }
  }
  throw new Error(`None of ${PURE_SEEDS} seeds is red.`);
}

describe("worlds of trees", () => {
  test(`${PURE_SEEDS} seeds: what was merged is what was due, in any order`, () => {
    const results = Array.from({ length: PURE_SEEDS }, (_, at) => runPureWorld(at + 1));
    const sum = (of: keyof WorldResult): number =>
      results.reduce((all, result) => all + result[of], 0);
    // Worlds in which everybody is merged, or nothing goes wrong, would prove little.
    expect(sum("keptOut")).toBeGreaterThan(PURE_SEEDS / 2);
    expect(sum("merged")).toBeGreaterThan(sum("keptOut"));
    expect(sum("calm")).toBe((PURE_SEEDS * 2) / 3);
    expect(sum("trains")).toBeGreaterThan(PURE_SEEDS / 2);
    expect(sum("conflicts")).toBeGreaterThan(PURE_SEEDS / 4);
    expect(sum("deeds")).toBeGreaterThan(PURE_SEEDS / 2);
  });

  test.each(PLANTED_IN_TREES)("found: $name", ({ plant, breaks }) => {
    expect(firstRed((seed) => runPureWorld(seed, plant)).message).toMatch(breaks);
  });

  test.each(PLANTED_BUGS.filter(({ name }) => IN_BOTH.test(name)))(
    "a planted bug is found: $name",
    ({ plant }) => {
      expect(firstRed((seed) => runPureWorld(seed, plant)).path.length).toBeGreaterThan(0);
    },
  );
});

describe("worlds of git", () => {
  test.each(GIT_SEEDS)("seed %i: the branch is what the same merges by hand make", async (seed) => {
    const { merged } = await runGitWorld(seed);
    expect(merged).toBeGreaterThan(0);
  });

  test.each(PLANTED_IN_GIT)("found: $name", async ({ seed, plant, breaks }) => {
    await expect(runGitWorld(seed, plant)).rejects.toThrow(breaks);
  });
});
