import { RULES } from "../../../src/core/run/transition.ts";
import type { PlantedBug } from "./bugs.ts";

/**
 * Bugs of gating branches together. That the wrong car is blamed is none of them: whoever is blamed takes an ordinary
 * turn, so that costs time and nothing else (`train.test.ts` holds who it is).
 */
export const TRAIN_BUGS: readonly PlantedBug[] = [
  {
    name: "a red prefix of a train counts as green",
    breaks: "I8",
    plant: () => ({
      rules: {
        evolve: (run, event) =>
          RULES.evolve(run, event.type === "TrainGated" ? { ...event, ok: true } : event),
      },
    }),
  },
  {
    name: "a green prefix clears the whole train",
    breaks: "I8",
    plant: () => ({
      rules: {
        evolve: (run, event) => {
          const next = RULES.evolve(run, event);
          const { train } = next;
          if (event.type !== "TrainGated" || !event.ok || train === null) return next;
          const cars = train.cars ?? [];
          for (const { tree } of cars) next.greenTrees.add(tree);
          next.train = { ...train, gated: Object.fromEntries(cars.map((_, at) => [at + 1, true])) };
          return next;
        },
      },
    }),
  },
  {
    name: "a train that is over goes on holding the queue",
    breaks: "I3",
    plant: () => ({
      rules: {
        settle: (run, now) => RULES.settle(run, now).filter(({ type }) => type !== "TrainEnded"),
      },
    }),
  },
];
