import type { Run } from "../../src/core/run/run.ts";
import { Stream } from "../simulation/random.ts";
import { checkRest, movesAt, type Move } from "./moves.ts";
import { Steps, type Place, type Plant } from "./place.ts";
import { WorldBroken } from "./pure-world.ts";
import { checkVerdicts, randomMilestone, type RandomMilestone } from "./random-milestone.ts";

/** A seed that broke a promise, with everything that had happened. */
export class RedWorld extends Error {
  readonly path: readonly string[];

  constructor(seed: number, path: readonly string[], cause: unknown) {
    const words = cause instanceof Error ? cause.message : String(cause);
    const steps = path.map((step, index) => `  ${index + 1}. ${step}`);
    super([`seed ${seed}: ${words}`, ...steps].join("\n"), { cause });
    this.name = "RedWorld";
    this.path = path;
  }
}

/** What happened in a world, counted. */
export interface WorldResult {
  readonly steps: number;
  readonly merged: number;
  readonly keptOut: number;
  /** 1: no gate was red for no reason, and no answer was lost. */
  readonly calm: 0 | 1;
  readonly trains: number;
  /** Conflicts that a session had to settle. */
  readonly conflicts: number;
  /** What people did. */
  readonly deeds: number;
}

export function resultOf(
  { flakes }: RandomMilestone,
  run: Run,
  { steps, deeds }: Pick<WorldResult, "steps" | "deeds">,
): WorldResult {
  const merged = run.merged.length;
  const keptOut = run.tasks.size - merged;
  const conflicts = [...run.tasks.values()].reduce((sum, { rounds }) => sum + rounds.conflict, 0);
  const calm = flakes === 0 ? 1 : 0;
  return { steps, merged, keptOut, calm, trains: run.trains.count, conflicts, deeds };
}

const TASKS_MAX = 12;
const STEPS_MAX = 5_000;

/** One order of things in one world of trees, as a seed has it. @throws RedWorld */
export function runPureWorld(seed: number, plant: Plant = {}): WorldResult {
  const milestone = randomMilestone(seed, TASKS_MAX);
  const steps = new Steps(milestone, plant);
  const luck = new Stream(seed, "order");
  const path: string[] = [];
  try {
    let place = steps.begin(Infinity);
    for (let move = next(steps, place, milestone, luck); move !== null;) {
      path.push(move.name);
      if (path.length > STEPS_MAX) throw new WorldBroken("I8", "there is no end to it");
      place = move.go();
      move = next(steps, place, milestone, luck);
    }
    const { atEnd = (_world, state) => state } = plant;
    place = { ...place, state: atEnd(steps.world, place.state) };
    checkRest(steps, place);
    const { run, state } = place;
    checkVerdicts(milestone, run, (key) => state.landed.some(({ task }) => task === key));
    const deeds = path.filter((name) => name.startsWith("a person ")).length;
    return resultOf(milestone, run, { steps: path.length, deeds });
  } catch (error) {
    throw new RedWorld(seed, path, error);
  }
}

/** Null: nothing is under way any more. */
function next(
  steps: Steps,
  place: Place,
  { flakes, people }: RandomMilestone,
  luck: Stream,
): Move | null {
  const moves = movesAt(steps, place);
  const of = (kind: Move["kind"]): readonly Move[] => moves.filter((move) => move.kind === kind);
  const usual = of("usual");
  if (usual.length === 0) return null;
  const rare = luck.chance(people) ? of("person") : luck.chance(flakes) ? of("fault") : [];
  const among = rare.length > 0 ? rare : usual;
  return among[luck.between(0, among.length - 1)] ?? null;
}
