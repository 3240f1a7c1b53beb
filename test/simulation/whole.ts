import type { RunSettings } from "../../src/core/run/run.ts";
import { roll, type Stream } from "./random.ts";
import type { Tree } from "./repository.ts";

/** What the gate is called that only the whole has. */
export const WHOLE = "whole";

/**
 * Where people meddle, now and then one task breaks the whole in a way that the gates of no branch see. Who is merged
 * then depends on whether it can be taken back: results are not compared there.
 */
export function breakerOf(
  seed: number,
  keys: readonly string[],
  { settings, meddling }: { readonly settings: RunSettings; readonly meddling: boolean },
): string | null {
  if (!meddling || settings.merging === undefined || roll(seed, "whole", "breaks") >= 0.6)
    return null;
  return keys[Math.floor(roll(seed, "whole", "breaker") * keys.length)] ?? null;
}

/** With the gate of the whole, where somebody breaks it. */
export function withWholeGate(settings: RunSettings, breaker: string | null): RunSettings {
  if (breaker === null) return settings;
  const gate = { name: WHOLE, run: WHOLE, kind: "test" as const, timeoutMs: 60_000 };
  const { gates } = settings;
  return { ...settings, gates: { ...gates, postMerge: [...gates.preMerge, gate] } };
}

/** True while the work of the task that breaks the whole is in the tree. */
export function isBroken(breaker: string | null, tree: Tree): boolean {
  return breaker !== null && tree[`own-${breaker}`]?.split("\n").includes(breaker) === true;
}

/** When somebody takes back which task, and has it begun again; in a story of its own, so that others stay as they are. */
export function revertsOf(
  stream: Stream,
  keys: readonly string[],
): readonly { readonly at: number; readonly name: "revert" | "retry"; readonly task: string }[] {
  const words: { at: number; name: "revert" | "retry"; task: string }[] = [];
  for (let count = stream.between(0, 4); count > 0; count -= 1) {
    const task = keys[stream.between(0, keys.length - 1)] ?? "";
    const at = stream.between(200_000, 9_000_000);
    words.push({ at, name: "revert", task });
    if (stream.chance(0.6))
      words.push({ at: at + stream.between(1, 3_000_000), name: "retry", task });
  }
  return words;
}
