// `npm run bench`: figures with their aims beside them, measured in one go on this machine. Never a test: a busy machine
// is no reason to fail. `npm run bench -- status|run|resume|rss|makespan|plan|panic|proof|merging` takes one;
// `merging` also takes `--repository PATH` (cloned, only read) and `--full`.
import { execFileSync } from "node:child_process";
import os from "node:os";
import { parseArgs } from "node:util";
import { renderFigures, type Figure } from "../test/bench/figures.ts";
import { benchMakespan } from "../test/bench/makespan.ts";
import { benchMerging } from "../test/bench/merging/merging.ts";
import { benchPanic } from "../test/bench/panic.ts";
import { benchPlan } from "../test/bench/plan.ts";
import { benchProof } from "../test/bench/proof.ts";
import { benchResume } from "../test/bench/resume.ts";
import { benchMemory, benchRun } from "../test/bench/run.ts";
import { benchStatus } from "../test/bench/status.ts";

interface BenchOptions {
  readonly repository: string | null;
  readonly full: boolean;
}

type Bench = (
  tell: (line: string) => void,
  options: BenchOptions,
) => Promise<readonly Figure[]> | readonly Figure[];

const BENCHES: Readonly<Record<string, Bench>> = {
  status: benchStatus,
  run: benchRun,
  resume: benchResume,
  rss: benchMemory,
  makespan: benchMakespan,
  plan: benchPlan,
  panic: benchPanic,
  proof: benchProof,
  merging: benchMerging,
};

async function bench(names: readonly string[], options: BenchOptions): Promise<void> {
  const unknown = names.filter((name) => !(name in BENCHES));
  if (unknown.length > 0) {
    console.error(
      `There is no benchmark ${unknown.join(", ")}; take ${Object.keys(BENCHES).join(", ")}.`,
    );
    process.exitCode = 2;
    return;
  }
  const git = execFileSync("git", ["--version"], { encoding: "utf8" }).trim();
  const load = (os.loadavg()[0] ?? 0).toFixed(1);
  console.log(`node ${process.versions.node}, ${git}, ${os.cpus().length} cores, load ${load}`);
  const figures: Figure[] = [];
  for (const [name, measure] of Object.entries(BENCHES)) {
    if (names.length > 0 && !names.includes(name)) continue;
    console.error(`${name} …`);
    figures.push(...(await measure((line) => console.error(line), options)));
  }
  console.log(`\n${renderFigures(figures)}`);
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { repository: { type: "string" }, full: { type: "boolean", default: false } },
});
await bench(positionals, { repository: values.repository ?? null, full: values.full });
