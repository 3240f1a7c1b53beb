import type { Rules } from "../../src/core/run/transition.ts";
import type { Message } from "../../src/core/run/react.ts";
import { Steps, type Place } from "../worlds/place.ts";
import {
  PureWorld,
  WorldBroken,
  type Milestone,
  type PersonsDeed,
  type Physics,
} from "../worlds/pure-world.ts";
import { nameOfPlace } from "./name-of-place.ts";

/** A bug to be planted: other rules, or another world. */
export interface Plant {
  readonly rules?: Partial<Rules>;
  readonly physics?: (world: PureWorld) => Partial<Physics>;
}

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

interface Move {
  readonly name: string;
  readonly go: () => Place;
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
  const steps = new Steps(new PureWorld(milestone, plant.physics), plant.rules);
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
    if (moves.every(isOfPerson)) {
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

function isOfPerson({ name }: Move): boolean {
  return name.startsWith("a person ");
}

function movesAt(steps: Steps, place: Place): Move[] {
  const { run, state } = place;
  const moves: Move[] = [];
  for (const { key, action } of run.effects.values()) {
    for (const way of steps.world.waysOf(state, run, action)) {
      if (way.faults > place.faults) continue;
      const after = { run, state: way.state, faults: place.faults - way.faults };
      const { outcome } = way;
      moves.push({
        name: `${key} ${way.name}`,
        go: () =>
          outcome === null ? after : steps.told(after, [{ kind: "outcome", key, outcome }]),
      });
    }
  }
  if (place.faults > 0 && run.status !== "complete") moves.push(...personsMoves(steps, place));
  return moves;
}

function personsMoves(steps: Steps, place: Place): readonly Move[] {
  const { run, state } = place;
  const faults = place.faults - 1;
  const moves: Move[] = [];
  const does = (deed: PersonsDeed, name: string): void => {
    const after = steps.world.person(state, run, deed);
    // The run hears of it when it looks.
    if (after !== null) moves.push({ name, go: () => ({ run, state: after, faults }) });
  };
  does({ what: "moves the base" }, "a person moves the base");
  for (const task of run.tasks.keys()) {
    does({ what: "pushes", task }, `a person pushes to ${task}`);
    does({ what: "merges", task }, `a person merges ${task}`);
    const message: Message = {
      kind: "command",
      number: run.commandsTaken + 1,
      command: { name: "cancel", task, text: null, flags: {}, by: "ann", from: "terminal" },
    };
    moves.push({
      name: `a person cancels ${task}`,
      go: () => steps.told({ run, state, faults }, [message]),
    });
  }
  return moves;
}

const AT_REST: ReadonlySet<string> = new Set(["complete", "cancelled", "waiting", "halted"]);

/** Nothing is under way: then the run is over or waits for a person, and what it says is true. */
function checkRest(steps: Steps, { run, state }: Place): void {
  if (!AT_REST.has(run.status))
    throw new WorldBroken("I8", `nothing is under way and the run is ${run.status}`);
  const open = [...run.tasks.values()].filter(({ endedAt }) => endedAt === null);
  if (
    run.status === "waiting" &&
    open.length > 0 &&
    open.every(({ question }) => question === null)
  ) {
    const words = open.map(({ key, status }) => `${key} is ${status}`).join(", ");
    throw new WorldBroken("I8", `the run waits for nobody: ${words}`);
  }
  steps.world.checkEnd(state, run);
}
