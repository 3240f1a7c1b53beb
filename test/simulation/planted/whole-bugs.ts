import { RULES } from "../../../src/core/run/transition.ts";
import type { PlantedBug } from "./bugs.ts";

/** Bugs of what comes after merging: the test of a wave, the search for a culprit, and taking a merged task back. */
export const WHOLE_BUGS: readonly PlantedBug[] = [
  {
    name: "a merged task is taken back without its gates",
    breaks: "I8",
    plant: () => ({
      world: (world) => ({
        ...world,
        gates: {
          ...world.gates,
          run: async (request, signal) =>
            request.key.startsWith("revert:") ? [] : world.gates.run(request, signal),
        },
      }),
    }),
  },
  {
    name: "the landing before the one that broke the whole is blamed",
    breaks: "I6",
    plant: () => ({
      rules: {
        react: (run, message, now) => {
          if (message.kind !== "outcome" || message.outcome.of !== "FindCulprit")
            return RULES.react(run, message, now);
          const { outcome } = message;
          const at = run.merged.indexOf(outcome.culprit ?? "");
          const culprit = at > 0 ? (run.merged[at - 1] ?? null) : outcome.culprit;
          return RULES.react(run, { ...message, outcome: { ...outcome, culprit } }, now);
        },
      },
    }),
  },
  {
    name: "the next wave starts before the branch was tested after the one before",
    breaks: "I1",
    plant: () => ({
      rules: { decide: (run, now) => RULES.decide({ ...run, wavesTested: 1_000 }, now) },
    }),
  },
  {
    name: "dependents of what was taken back wait for it for ever",
    breaks: "I5",
    plant: () => ({
      rules: {
        consequences: (run, event) => {
          const events = RULES.consequences(run, event);
          if (event.type !== "TaskReverted") return events;
          return events.filter(({ type }) => type !== "BlockerEnded");
        },
      },
    }),
  },
];
