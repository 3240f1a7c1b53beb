// Fuzzing of everything that reads plans: `--cases 100000`, `--from 1`; `--seed N` alone, `--out FOLDER` keeps its files.
// Exit 1 when a case is red.
import { writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { Worker, isMainThread, parentPort, workerData } from "node:worker_threads";
import { FuzzWorld } from "../test/fuzz/fuzz.ts";
import type { CaseResult } from "../test/fuzz/fuzz.ts";

/** Work is handed out in pieces, so that no core waits long for the other. */
const PIECE = 200;
const CORES = 2;
/** No case may take so long; the worker then cannot be asked any more which one it was, so each is announced. */
const HANG_MS = 30_000;

interface Sum {
  cases: number;
  refused: number;
  slowest: CaseResult | null;
  readonly red: CaseResult[];
}

async function runPieces(first: number, cases: number): Promise<void> {
  const sum: Sum = { cases: 0, refused: 0, slowest: null, red: [] };
  const pieces: number[] = [];
  for (let from = first; from < first + cases; from += PIECE) pieces.push(from);
  const started = performance.now();
  const last = first + cases;
  await Promise.all(
    Array.from({ length: Math.min(CORES, pieces.length) }, () => work(pieces, last, sum)),
  );
  const seconds = (performance.now() - started) / 1_000;
  for (const [result, count] of kindsOf(sum.red).slice(0, 20)) console.log(describe(result, count));
  const slowest =
    sum.slowest === null
      ? ""
      : `; slowest ${Math.round(sum.slowest.milliseconds)} ms (seed ${sum.slowest.seed})`;
  console.log(
    `${sum.cases} cases, ${sum.refused} refused, ${sum.red.length} red; ${seconds.toFixed(1)} s, ` +
      `${(sum.cases / seconds).toFixed(0)} cases/s${slowest}`,
  );
  if (sum.red.length > 0) process.exitCode = 1;
}

/** One example of each kind of failure, with how many there are; the most frequent first. */
function kindsOf(red: readonly CaseResult[]): readonly (readonly [CaseResult, number])[] {
  const kinds = new Map<string, readonly [CaseResult, number]>();
  for (const result of red.toSorted((a, b) => a.seed - b.seed)) {
    const kind = (result.complaints[0] ?? "").replaceAll(/\d+|"[^"]*"|'[^']*'/gu, "").slice(0, 120);
    const [first, count] = kinds.get(kind) ?? [result, 0];
    kinds.set(kind, [first, count + 1]);
  }
  return [...kinds.values()].toSorted(([, a], [, b]) => b - a);
}

function describe({ seed, sample, complaints }: CaseResult, count: number): string {
  const words = complaints.slice(0, 3).map((complaint) => `    ${complaint}`);
  const more = count === 1 ? "" : `, and ${count - 1} more like it`;
  return [
    `seed ${seed} is red (${sample})${more}`,
    ...words,
    `  replay: npm run fuzz -- --seed ${seed}`,
  ].join("\n");
}

async function work(pieces: number[], last: number, sum: Sum): Promise<void> {
  const worker = new Worker(new URL(import.meta.url), { workerData: "piece" });
  try {
    for (let from = pieces.shift(); from !== undefined; from = pieces.shift()) {
      for (const result of await ask(worker, from, Math.min(last, from + PIECE))) {
        sum.cases += 1;
        if (result.outcome === "refused") sum.refused += 1;
        if (result.milliseconds > (sum.slowest?.milliseconds ?? 0)) sum.slowest = result;
        if (result.complaints.length > 0) sum.red.push(result);
      }
    }
    await ask(worker, 0, 0);
  } finally {
    await worker.terminate();
  }
}

/** The results of the seeds `from … to - 1`; an empty piece closes the worker's world. */
function ask(worker: Worker, from: number, to: number): Promise<readonly CaseResult[]> {
  return new Promise((resolve, reject) => {
    let at = from;
    const watchdog = setInterval(() => {
      reject(new Error(`Seed ${at} hangs. Replay: npm run fuzz -- --seed ${at}`));
      clearInterval(watchdog);
    }, HANG_MS);
    worker.removeAllListeners();
    worker.on("message", (message: number | readonly CaseResult[]) => {
      watchdog.refresh();
      if (typeof message === "number") at = message;
      else {
        clearInterval(watchdog);
        resolve(message);
      }
    });
    worker.once("error", (error) => {
      clearInterval(watchdog);
      reject(error);
    });
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker thread, not a window
    worker.postMessage([from, to]);
  });
}

async function runPiece(
  world: FuzzWorld,
  from: number,
  to: number,
): Promise<readonly CaseResult[]> {
  const results: CaseResult[] = [];
  for (let seed = from; seed < to; seed += 1) {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker thread, not a window
    parentPort?.postMessage(seed);
    results.push(await world.run(seed));
  }
  if (from === to) world.close();
  return results;
}

async function runOne(seed: number, out: string | undefined): Promise<void> {
  const world = new FuzzWorld();
  try {
    const { words, files } = world.caseOf(seed);
    console.log(words);
    for (const [file, bytes] of files) {
      console.log(`${file}: ${bytes.length} bytes`);
      if (out !== undefined) writeFileSync(path.join(out, file.replaceAll(/^\.|\//gu, "_")), bytes);
    }
    const result = await world.run(seed);
    console.log(result);
    if (result.complaints.length > 0) process.exitCode = 1;
  } finally {
    world.close();
  }
}

if (isMainThread) {
  const { values } = parseArgs({
    options: {
      cases: { type: "string", default: "10000" },
      from: { type: "string", default: "1" },
      seed: { type: "string" },
      out: { type: "string" },
    },
  });
  await (values.seed === undefined
    ? runPieces(Number(values.from), Number(values.cases))
    : runOne(Number(values.seed), values.out));
} else if (workerData === "piece") {
  const world = new FuzzWorld();
  parentPort?.on("message", ([from, to]: readonly [number, number]) => {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker thread, not a window
    void runPiece(world, from, to).then((results) => parentPort?.postMessage(results));
  });
}
