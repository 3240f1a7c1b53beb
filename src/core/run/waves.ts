import type { TaskKey } from "../shared/names.ts";
import { originalOf } from "./follow-up-chain.ts";
import type { Run } from "./run.ts";
import { isTerminal } from "./task-state.ts";

/**
 * The plan's waves, each with the issues that took over the rest of one of its own, or the place of one: whoever comes
 * later waits for those as well. What else joins the run belongs to no wave.
 */
export function wavesOf(run: Run): readonly (readonly TaskKey[])[] {
  const planned = run.plan?.waves ?? [];
  const placed = new Set(planned.flat());
  const joined = [...run.tasks.keys()].filter((key) => !placed.has(key));
  if (joined.length === 0) return planned;
  const original = originalOf(run);
  return planned.map((keys) => [...keys, ...joined.filter((key) => keys.includes(original(key)))]);
}

/** Under `barrier`: the first wave that has an open task; nothing of a later one starts. Null: none, or no barrier. */
export function barrierWave(run: Run): number | null {
  if (!run.settings.barrier || run.plan === null) return null;
  const index = wavesOf(run).findIndex((wave) => wave.some((key) => isOpen(run, key)));
  return index === -1 ? null : index;
}

/** True where a task may start while this is the wave at work: it is of it, or of none. */
export function isOfWave(run: Run, key: TaskKey, wave: number): boolean {
  const at = wavesOf(run).findIndex((keys) => keys.includes(key));
  return at === wave || at === -1;
}

/** True where an earlier wave has to be tested before this one may start. */
export function waitsForWaveTest(run: Run, wave: number): boolean {
  return run.settings.merging !== undefined && wave > run.wavesTested;
}

function isOpen(run: Run, key: TaskKey): boolean {
  const task = run.tasks.get(key);
  return task !== undefined && !isTerminal(task.status);
}
