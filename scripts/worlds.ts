// `npm run worlds [-- --seeds A..B] [--seed N] [--pure] [--git]`: random graphs of issues with random work, unlucky gates
// and people who push and merge, on trees alone (10,000 seeds) and on real git (300). Exit 1 when a seed breaks a promise.
import { parseArgs } from "node:util";
import { runGitWorld } from "../test/worlds/random-git.ts";
import { RedWorld, runPureWorld, type WorldResult } from "../test/worlds/random-pure.ts";

const { values } = parseArgs({
  options: {
    seeds: { type: "string" },
    seed: { type: "string" },
    pure: { type: "boolean", default: false },
    git: { type: "boolean", default: false },
  },
});

const PURE_SEEDS = "1..10000";
const GIT_SEEDS = "1..300";
/** So many red seeds are told in full. */
const TOLD_MAX = 5;

/** Answers how many are red. */
async function runSeeds(
  kind: "pure" | "git",
  usual: string,
  run: (seed: number) => WorldResult | Promise<WorldResult>,
): Promise<number> {
  const [first = "1", last = first] = (values.seed ?? values.seeds ?? usual).split("..");
  const results: WorldResult[] = [];
  let red = 0;
  const began = Date.now();
  for (let seed = Number(first); seed <= Number(last); seed += 1) {
    try {
      results.push(await run(seed));
    } catch (error) {
      if (!(error instanceof RedWorld)) throw error;
      red += 1;
      const words = red <= TOLD_MAX ? error.message : (error.message.split("\n")[0] ?? "");
      console.log(`${words}\n  again: npm run worlds -- --${kind} --seed ${seed}`);
    }
  }
  const sum = (of: keyof WorldResult): number =>
    results.reduce((all, result) => all + result[of], 0);
  const seconds = ((Date.now() - began) / 1_000).toFixed(0);
  console.log(
    `${kind}: ${results.length + red} worlds (${sum("calm")} without flakes), ${sum("steps")} steps, ` +
      `${sum("trains")} trains, ${sum("conflicts")} conflicts, ${sum("deeds")} deeds of people; ` +
      `${sum("merged")} merged, ${sum("keptOut")} kept out; ${red} red; ${seconds} s`,
  );
  return red;
}

let red = 0;
if (values.pure || !values.git)
  red += await runSeeds("pure", PURE_SEEDS, (seed) => runPureWorld(seed));
if (values.git || !values.pure)
  red += await runSeeds("git", GIT_SEEDS, async (seed) => runGitWorld(seed));
process.exitCode = red === 0 ? 0 : 1;
