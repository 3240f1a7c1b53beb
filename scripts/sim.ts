import { simulateSeed, RedSeed } from "../test/simulation/simulate.ts";
const [from, to] = [Number(process.argv[2]), Number(process.argv[3] ?? process.argv[2])];
let red = 0;
const start = Date.now();
let events = 0,
  crashes = 0,
  compared = 0;
const kinds = new Map<string, number[]>();
for (let seed = from; seed <= to; seed += 1) {
  try {
    const r = await simulateSeed(seed);
    events += r.events;
    crashes += r.crashes;
    if (r.compared) compared += 1;
  } catch (error) {
    if (!(error instanceof RedSeed)) throw error;
    red += 1;
    const k = error.message.slice(0, 110);
    kinds.set(k, [...(kinds.get(k) ?? []), seed]);
    if (from === to) {
      console.log(error.seed, error.phase, error.step, error.message, (error.cause as Error).stack);
      for (const e of error.events) console.log(JSON.stringify(e).slice(0, 400));
    }
  }
}
for (const [k, s] of kinds) console.log(s.length, s.slice(0, 5).join(","), k);
console.log({ runs: to - from + 1, red, events, crashes, compared, ms: Date.now() - start });
