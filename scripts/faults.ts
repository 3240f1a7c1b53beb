// Kills the engine at every fault point of a milestone of two tasks and compares each end with that of a calm run.
//   npm run faults                          everything
//   npm run faults -- --only 'Merge|twice'  cases whose name matches
//   npm run faults -- --seed 7              other moments for the kills from outside
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { FAULT_POINTS } from "../src/engine/fault-points.ts";
import { runCalmly, runCase, type Calm, type Verdict } from "../test/support/e2e-faults.ts";
import { allCases, type NamedCase } from "../test/support/e2e-cases.ts";
import { SCENARIOS } from "../test/support/e2e-scenarios.ts";

const AT_ONCE = 2;

interface Row extends Verdict {
  readonly name: string;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { only: { type: "string" }, seed: { type: "string", default: "1" } },
  });
  const startedAt = performance.now();
  const home = fs.mkdtempSync(path.join(os.tmpdir(), "cairn-faults-"));
  try {
    const calm = new Map<string, Calm>();
    for (const scenario of SCENARIOS) calm.set(scenario.name, await runCalmly(scenario, home));
    for (const [name, { seconds, passed }] of calm)
      console.log(`calm      ${name.padEnd(40)} ${seconds} s, ${passed.size} points`);
    const unpassed = FAULT_POINTS.filter((point) =>
      [...calm.values()].every(({ passed }) => !passed.has(point)),
    );
    for (const point of unpassed) console.log(`NEVER PASSED  ${point}`);
    const only = new RegExp(values.only ?? "");
    const cases = allCases(calm, Number(values.seed)).filter(({ name }) => only.test(name));
    const rows = await runAll(cases, calm, home);
    const red = rows.filter((row) => row.problems.length > 0);
    const seconds = Math.round((performance.now() - startedAt) / 1000);
    console.log(
      `\n${rows.length} cases, ${red.length} red, ${FAULT_POINTS.length - unpassed.length} of ${FAULT_POINTS.length} points passed, ${seconds} s`,
    );
    return red.length + unpassed.length === 0 && rows.length > 0 ? 0 : 1;
  } finally {
    fs.rmSync(home, { recursive: true, force: true });
  }
}

/** Two at a time; each row is printed when it is there. */
async function runAll(
  cases: readonly NamedCase[],
  calm: ReadonlyMap<string, Calm>,
  home: string,
): Promise<readonly Row[]> {
  const waiting = [...cases];
  const rows: Row[] = [];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const reference = calm.get(next.scenario.name);
      if (reference === undefined) throw new Error(`${next.name} has no calm run`);
      const verdict = await runCase(next, reference, home);
      rows.push({ name: next.name, ...verdict });
      print({ name: next.name, ...verdict });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return rows;
}

function print({ name, problems, seconds }: Row): void {
  const result = problems.length === 0 ? "same" : "DIFFERENT";
  console.log(`${result.padEnd(9)} ${name.padEnd(70)} ${seconds.toFixed(1).padStart(5)} s`);
  for (const problem of problems)
    console.log(`          ${problem.replaceAll("\n", "\n          ")}`);
}

process.exitCode = await main();
