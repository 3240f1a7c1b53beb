// The simulation from the command line: `--seeds A..B`, `--seed N`, `--plain` (none of them is held to the discipline),
// `--planted`. Exit 1 when a seed is red.
import { Worker, isMainThread, parentPort, workerData } from "node:worker_threads";
import { parseArgs } from "node:util";
import { PLANTED_BUGS } from "../test/simulation/planted/bugs.ts";
import { scenarioOf } from "../test/simulation/scenario.ts";
import { RedSeed, simulateSeed } from "../test/simulation/simulate.ts";

/** Work is handed out in pieces, so that no core waits long for the other. */
const PIECE = 50;
const CORES = 2;
const PLANTED_SEEDS = 2_000;

interface Piece {
  readonly from: number;
  readonly to: number;
  readonly isPlain: boolean;
}

interface Sum {
  runs: number;
  events: number;
  crashes: number;
  compared: number;
  readonly red: { readonly seed: number; readonly text: string }[];
}

function emptySum(): Sum {
  return { runs: 0, events: 0, crashes: 0, compared: 0, red: [] };
}

async function runPiece({ from, to, isPlain }: Piece): Promise<Sum> {
  const sum = emptySum();
  for (let seed = from; seed <= to; seed += 1) {
    sum.runs += 2;
    try {
      const { events, crashes, compared } = await simulateSeed(seed, {}, scenarioOf(seed, isPlain));
      sum.events += events;
      sum.crashes += crashes;
      sum.compared += compared ? 1 : 0;
    } catch (error) {
      if (!(error instanceof RedSeed)) throw error;
      sum.red.push({ seed, text: describe(error, isPlain) });
    }
  }
  return sum;
}

function describe(red: RedSeed, isPlain: boolean): string {
  const events = red.events.map((event) => `    ${JSON.stringify(event).slice(0, 300)}`);
  return [
    `seed ${red.seed} is red (${red.phase}, step ${red.step}): ${red.message}`,
    ...events,
    `  replay: npm run sim -- --seed ${red.seed}${isPlain ? " --plain" : ""}`,
  ].join("\n");
}

async function runSeeds(first: number, last: number, isPlain: boolean): Promise<void> {
  const pieces: Piece[] = [];
  for (let from = first; from <= last; from += PIECE) {
    pieces.push({ from, to: Math.min(last, from + PIECE - 1), isPlain });
  }
  const started = performance.now();
  const sum = emptySum();
  const workers = Math.min(CORES, pieces.length);
  await Promise.all(Array.from({ length: workers }, () => work(pieces, sum)));
  const seconds = (performance.now() - started) / 1_000;
  for (const { text } of sum.red.toSorted((a, b) => a.seed - b.seed).slice(0, 10))
    console.log(text);
  const rate = (last - first + 1) / seconds;
  console.log(
    `${last - first + 1} seeds, ${sum.runs} runs, ${sum.events} events, ${sum.crashes} crashes, ` +
      `${sum.compared} compared; ${sum.red.length} red; ${seconds.toFixed(1)} s, ${rate.toFixed(0)} seeds/s`,
  );
  if (sum.red.length > 0) process.exitCode = 1;
}

async function work(pieces: Piece[], sum: Sum): Promise<void> {
  const worker = new Worker(new URL(import.meta.url), { workerData: "piece" });
  try {
    for (let piece = pieces.shift(); piece !== undefined; piece = pieces.shift()) {
      const part = await ask(worker, piece);
      sum.runs += part.runs;
      sum.events += part.events;
      sum.crashes += part.crashes;
      sum.compared += part.compared;
      sum.red.push(...part.red);
    }
  } finally {
    await worker.terminate();
  }
}

function ask(worker: Worker, piece: Piece): Promise<Sum> {
  return new Promise((resolve, reject) => {
    worker.removeAllListeners();
    worker.once("message", resolve);
    worker.once("error", reject);
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker thread, not a window
    worker.postMessage(piece);
  });
}

async function runPlanted(): Promise<void> {
  let missed = 0;
  for (const { name, breaks, plant } of PLANTED_BUGS) {
    let found: RedSeed | null = null;
    for (let seed = 1; seed <= PLANTED_SEEDS && found === null; seed += 1) {
      try {
        await simulateSeed(seed, plant());
      } catch (error) {
        if (!(error instanceof RedSeed)) throw error;
        found = error;
      }
    }
    if (found === null) missed += 1;
    const where = found === null ? "NOT FOUND" : `seed ${found.seed}`;
    console.log(
      `${breaks.padEnd(4)} ${where.padEnd(10)} ${name}: ${found?.message.replaceAll("\n", " ").slice(0, 120) ?? ""}`,
    );
  }
  console.log(`${PLANTED_BUGS.length - missed} of ${PLANTED_BUGS.length} planted bugs found.`);
  if (missed > 0) process.exitCode = 1;
}

if (isMainThread) {
  const { values } = parseArgs({
    options: {
      seeds: { type: "string" },
      seed: { type: "string" },
      plain: { type: "boolean", default: false },
      planted: { type: "boolean", default: false },
    },
  });
  const [first = "1", last = first] = (values.seed ?? values.seeds ?? "1..500").split("..");
  await (values.planted ? runPlanted() : runSeeds(Number(first), Number(last), values.plain));
} else if (workerData === "piece") {
  parentPort?.on("message", (piece: Piece) => {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker thread, not a window
    void runPiece(piece).then((sum) => parentPort?.postMessage(sum));
  });
}
