// Kills the engine at every fault point of a milestone of two tasks and compares each end with that of a calm run.
//   npm run faults                          everything
//   npm run faults -- --only 'Merge|twice'  cases whose name matches
//   npm run faults -- --seed 7              other moments for the kills from outside
//   npm run faults -- --github              the same against the double of GitHub
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { FAULT_POINTS } from "../src/engine/fault-points.ts";
import { runCalmly, runCase, type Calm, type Verdict } from "../test/support/e2e-faults.ts";
import { allCases } from "../test/support/e2e-cases.ts";
import {
  allGitHubCases,
  GITHUB_SCENARIOS,
  runGitHubCalmly,
  runGitHubCase,
} from "../test/support/e2e-github-faults.ts";
import { SCENARIOS } from "../test/support/e2e-scenarios.ts";

const AT_ONCE = 2;
/** Effects of pull requests that somebody else keeps; the local forge asks for none of them. */
const OF_A_SERVICE = /^(?:OpenLanding|ReturnToDraft|TidyPullRequest|UpdateBranch):/;

interface Row extends Verdict {
  readonly name: string;
}

interface Wanted {
  readonly only: RegExp;
  readonly seed: number;
  readonly home: string;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      only: { type: "string" },
      seed: { type: "string", default: "1" },
      github: { type: "boolean", default: false },
    },
  });
  const home = fs.mkdtempSync(path.join(os.tmpdir(), "cairn-faults-"));
  const wanted = { only: new RegExp(values.only ?? ""), seed: Number(values.seed), home };
  try {
    return await (values.github ? onGitHub(wanted) : here(wanted));
  } finally {
    fs.rmSync(home, { recursive: true, force: true });
  }
}

/** Everything in a repository of its own; every point there is without a service must be passed. */
async function here({ only, seed, home }: Wanted): Promise<number> {
  const startedAt = performance.now();
  const calm = new Map<string, Calm>();
  for (const scenario of SCENARIOS) calm.set(scenario.name, await runCalmly(scenario, home));
  tell(calm);
  const points = FAULT_POINTS.filter((point) => !OF_A_SERVICE.test(point));
  const unpassed = points.filter((point) =>
    [...calm.values()].every(({ passed }) => !passed.has(point)),
  );
  for (const point of unpassed) console.log(`NEVER PASSED  ${point}`);
  const cases = allCases(calm, seed).filter(({ name }) => only.test(name));
  const red = await runAll(cases, (next) => runCase(next, calmOf(calm, next), home));
  const passed = points.length - unpassed.length;
  console.log(
    `\n${cases.length} cases, ${red} red, ${passed} of ${points.length} points passed, ${secondsSince(startedAt)} s`,
  );
  return red + unpassed.length === 0 && cases.length > 0 ? 0 : 1;
}

/** Every point that a run on GitHub passes. */
async function onGitHub({ only }: Wanted): Promise<number> {
  const startedAt = performance.now();
  const calm = new Map<string, Awaited<ReturnType<typeof runGitHubCalmly>>>();
  for (const scenario of GITHUB_SCENARIOS) calm.set(scenario.name, await runGitHubCalmly(scenario));
  tell(calm);
  const cases = allGitHubCases(calm).filter(({ name }) => only.test(name));
  const red = await runAll(cases, (next) => runGitHubCase(next, calmOf(calm, next)));
  console.log(`\n${cases.length} cases, ${red} red, ${secondsSince(startedAt)} s`);
  return red === 0 && cases.length > 0 ? 0 : 1;
}

function tell(calm: ReadonlyMap<string, Pick<Calm, "seconds" | "passed">>): void {
  for (const [name, { seconds, passed }] of calm)
    console.log(`calm      ${name.padEnd(40)} ${seconds} s, ${passed.size} points`);
}

function calmOf<T>(
  calm: ReadonlyMap<string, T>,
  { name, scenario }: { readonly name: string; readonly scenario: { readonly name: string } },
): T {
  const reference = calm.get(scenario.name);
  if (reference === undefined) throw new Error(`${name} has no calm run`);
  return reference;
}

/** Two at a time; each is printed when it is there. Answers how many are red. */
async function runAll<T extends { readonly name: string }>(
  cases: readonly T[],
  run: (next: T) => Promise<Verdict>,
): Promise<number> {
  const waiting = [...cases];
  let red = 0;
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const verdict = await run(next);
      if (verdict.problems.length > 0) red += 1;
      print({ name: next.name, ...verdict });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return red;
}

function secondsSince(startedAt: number): number {
  return Math.round((performance.now() - startedAt) / 1000);
}

function print({ name, problems, seconds }: Row): void {
  const result = problems.length === 0 ? "same" : "DIFFERENT";
  console.log(`${result.padEnd(9)} ${name.padEnd(70)} ${seconds.toFixed(1).padStart(5)} s`);
  for (const problem of problems)
    console.log(`          ${problem.replaceAll("\n", "\n          ")}`);
}

process.exitCode = await main();
