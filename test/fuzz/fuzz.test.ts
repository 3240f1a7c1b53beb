import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { FuzzWorld } from "./fuzz.ts";

const CASES = 1_200;
/** Portions of 100,800 cases in all, which `npm run fuzz -- --cases 100800` goes through at once. */
const PORTIONS = 84;

const kept = readFileSync(new URL("seeds.txt", import.meta.url), "utf8")
  .split("\n")
  .filter((line) => /^\d/u.test(line))
  .map((line) => Number.parseInt(line, 10));

let world: FuzzWorld;

beforeAll(() => {
  world = new FuzzWorld();
});

afterAll(() => {
  world.close();
});

/** Another portion with each commit, the same one for whoever looks at it again. */
function firstSeed(): number {
  try {
    const commit = execFileSync("git", ["rev-parse", "HEAD"], {
      encoding: "utf8",
      cwd: import.meta.dirname,
      stdio: ["ignore", "pipe", "ignore"],
    });
    return 1 + CASES * (Number.parseInt(commit.slice(0, 7), 16) % PORTIONS);
  } catch {
    return 1;
  }
}

test(
  `${CASES} mutated plans are read or refused, each with places and advice`,
  { timeout: 180_000 },
  async () => {
    const first = firstSeed();
    const outcomes = { plan: 0, refused: 0 };
    const red: string[] = [];
    for (let seed = first; seed < first + CASES; seed += 1) {
      const result = await world.run(seed);
      outcomes[result.outcome] += 1;
      if (result.complaints.length > 0)
        red.push(
          `npm run fuzz -- --seed ${seed} (${result.sample}): ${result.complaints.slice(0, 3).join("; ")}`,
        );
    }
    expect(red).toEqual([]);
    // Cases that are all refused, or all read, would prove little.
    expect(Math.min(outcomes.plan, outcomes.refused)).toBeGreaterThan(CASES / 20);
  },
);

test.each(kept)("seed %i, red once, stays green", async (seed) => {
  expect((await world.run(seed)).complaints).toEqual([]);
});

test("the same seed does the same", async () => {
  const [one, two] = [await world.run(7), await world.run(7)];
  expect({ ...one, milliseconds: 0 }).toEqual({ ...two, milliseconds: 0 });
});
