import type { RunSettings } from "../../src/core/run/settings.ts";
import { choose, roll } from "./random.ts";

/**
 * What becomes of conflicts depends on who comes first: where results are compared nearly everything is small enough for
 * an agent; where they are not, little is, and what is heavy goes each of its ways.
 */
export function withHeavyConflicts(
  seed: number,
  settings: RunSettings,
  meddling: boolean,
): RunSettings {
  const { merging, fixRounds } = settings;
  if (merging === undefined || !meddling) return settings;
  const pick = (name: string): number => roll(seed, "conflicts", name);
  const attempts = 1 + Math.floor(pick("attempts") * 3);
  const medium = { files: 1, hunks: 1, lines: 2 + Math.floor(pick("lines") * 8), attempts };
  const heavy = choose(pick("heavy"), { "give-back": 4, ask: 1, skip: 1 } as const);
  return {
    ...settings,
    merging: { ...merging, medium, heavy },
    fixRounds: { ...fixRounds, conflict: attempts },
  };
}
