import { drainQueue } from "../../support/queue-drain.ts";
import { roll } from "../../simulation/random.ts";
import { median } from "../figures.ts";
import type { Row } from "./row.ts";

const BRANCHES = 100;
const SLOTS = 4;
const FLAKES = 0.03;
const SEEDS = 10;

/** A queue of approved branches on the real rules, in simulated time: a unit is one run of the gates. */
export function drainRows(): readonly Row[] {
  return [0, 0.02, 0.05, 0.1, 0.2].map(drainRow);
}

function drainRow(rate: number): Row {
  const seeds = Array.from({ length: SEEDS }, (_, at) => at + 1);
  const runs = seeds.map((seed) => {
    const bad = new Set(
      Array.from({ length: BRANCHES }, (_, at) => String(at + 1)).filter(
        (key) => roll(seed, "bad", key) < rate,
      ),
    );
    const drained = (train: 1 | "auto") => {
      let time = 0;
      const isFlaky = (): boolean => roll(seed, train, (time += 1)) < FLAKES;
      return drainQueue({ tasks: BRANCHES, slots: SLOTS, train, bad, isFlaky });
    };
    const [serial, train] = [drained(1), drained("auto")];
    const kept = BRANCHES - bad.size - train.merged.length;
    return { serial: serial.makespan, train: train.makespan, kept, gates: train.gateRuns };
  });
  const baseline = median(runs.map(({ serial }) => serial));
  const ours = median(runs.map(({ train }) => train));
  const kept = runs.reduce((sum, run) => sum + run.kept, 0);
  const each = runs.reduce((sum, run) => sum + run.gates, 0) / (SEEDS * BRANCHES);
  return {
    what: `drain of ${BRANCHES}, ${rate * 100} % bad, ${SLOTS} gate slots`,
    baseline,
    ours,
    unit: "min",
    ratio: median(runs.map(({ serial, train }) => train / serial)),
    aim: rate === 0.05 ? 0.35 : null,
    note: `gates of a minute, one after the other; ${each.toFixed(2)} runs a branch, ${kept} good ones kept out in ${SEEDS} seeds`,
  };
}
