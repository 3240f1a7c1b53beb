import type { Message } from "../../src/core/run/react.ts";
import type { Place, Steps } from "./place.ts";
import { WorldBroken, type PersonsDeed } from "./pure-world.ts";

/** One thing that may happen next. */
export interface Move {
  readonly name: string;
  readonly kind: "usual" | "fault" | "person";
  readonly go: () => Place;
}

/** Everything that may happen next. `faults` of the place says how much of it may be out of the ordinary. */
export function movesAt(steps: Steps, place: Place): Move[] {
  const { run, state } = place;
  const moves: Move[] = [];
  for (const { key, action } of run.effects.values()) {
    for (const way of steps.world.waysOf(state, run, action)) {
      if (way.faults > place.faults) continue;
      const after = { run, state: way.state, faults: place.faults - way.faults };
      const { outcome } = way;
      moves.push({
        name: `${key} ${way.name}`,
        kind: way.faults === 0 ? "usual" : "fault",
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
    if (after !== null)
      moves.push({ name, kind: "person", go: () => ({ run, state: after, faults }) });
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
      kind: "person",
      go: () => steps.told({ run, state, faults }, [message]),
    });
  }
  return moves;
}

const AT_REST: ReadonlySet<string> = new Set(["complete", "cancelled", "waiting", "halted"]);

/** Nothing is under way: then the run is over or waits for a person, and what it says is true. @throws WorldBroken */
export function checkRest(steps: Steps, { run, state }: Place): void {
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
