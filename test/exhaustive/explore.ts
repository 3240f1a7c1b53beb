import { checkRest, movesAt, type Move } from "../worlds/moves.ts";
import { Steps, type Place, type Plant } from "../worlds/place.ts";
import { WorldBroken, type Milestone } from "../worlds/pure-world.ts";
import { nameOfPlace } from "./name-of-place.ts";

export interface Explored {
  readonly places: number;
  readonly steps: number;
  /** Places where nothing can happen any more. */
  readonly ends: number;
  readonly longest: number;
  /** False: the limit of places was reached before all were seen. */
  readonly isWhole: boolean;
}

/** A way that leads to a broken promise. */
export class RedPath extends Error {
  readonly path: readonly string[];

  constructor(path: readonly string[], cause: unknown) {
    const words = cause instanceof Error ? cause.message : String(cause);
    super(`${words}\n${path.map((step, index) => `  ${index + 1}. ${step}`).join("\n")}`, {
      cause,
    });
    this.path = path;
    this.name = "RedPath";
  }
}

/** No run of three issues takes as many steps: one that does goes round in circles. */
const STEPS_MAX = 300;

/**
 * Every order in which things may happen: sessions, gates and merges end in any order, and up to `faults` things go
 * wrong or are done by people at any moment. Each place is looked at once, whichever way it is reached.
 * @throws RedPath
 */
export function explore(
  milestone: Milestone,
  faults: number,
  {
    plant = {},
    placesMax = Infinity,
  }: { readonly plant?: Plant; readonly placesMax?: number } = {},
): Explored {
  const steps = new Steps(milestone, plant);
  const seen = new Set<string>();
  const path: { name: string; moves: Move[] }[] = [];
  const sum = { places: 0, steps: 0, ends: 0, longest: 0 };
  const enter = (name: string, place: Place): void => {
    const known = nameOfPlace(place);
    if (seen.has(known)) return;
    seen.add(known);
    sum.places += 1;
    const moves = movesAt(steps, place);
    path.push({ name, moves });
    sum.longest = Math.max(sum.longest, path.length);
    if (path.length > STEPS_MAX) throw new WorldBroken("I8", "there is no end to it");
    if (moves.every(({ kind }) => kind === "person")) {
      sum.ends += 1;
      checkRest(steps, place);
    }
  };
  let next = "begins";
  try {
    enter(next, steps.begin(faults));
    for (let last = path.at(-1); last !== undefined; last = path.at(-1)) {
      const move = last.moves.pop();
      if (move === undefined || sum.places >= placesMax) {
        path.pop();
        continue;
      }
      sum.steps += 1;
      next = move.name;
      enter(move.name, move.go());
    }
  } catch (error) {
    throw new RedPath([...path.map(({ name }) => name), next], error);
  }
  return { ...sum, isWhole: sum.places < placesMax };
}
