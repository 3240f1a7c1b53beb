import type { TaskKey } from "../shared/names.ts";
import type { Plan, PlannedIssue } from "./plan.ts";

/**
 * Waves for a file: every open issue lies behind its hard blockers and beside no member of its conflict group, as early
 * as that allows. All issues are in one: what is closed without being done in the first, what is on a circle at the
 * end. Linear in issues and edges, but for groups.
 */
export function dispatchWaves(
  plan: Pick<Plan, "issues" | "waves">,
): readonly (readonly TaskKey[])[] {
  const byKey = new Map(plan.issues.map((issue) => [issue.key, issue]));
  const placed = new Set(plan.waves.flat());
  const others = plan.issues.filter((issue) => !placed.has(issue.key));
  const order = [
    ...others.filter(isClosed),
    ...plan.waves.flat().flatMap((key) => byKey.get(key) ?? []),
    ...others.filter((issue) => !isClosed(issue)),
  ];
  const waveOf = new Map<TaskKey, number>();
  const taken = new Map<string, Set<number>>();
  const waves: TaskKey[][] = [];
  for (const issue of order) {
    const wave = firstFree(issue, waveOf, taken);
    waveOf.set(issue.key, wave);
    (waves[wave] ??= []).push(issue.key);
  }
  return waves;
}

function isClosed({ state, done }: PlannedIssue): boolean {
  return state === "closed" && !done;
}

function firstFree(
  issue: PlannedIssue,
  waveOf: ReadonlyMap<TaskKey, number>,
  taken: Map<string, Set<number>>,
): number {
  let wave = 0;
  for (const { key, strength } of issue.blockers)
    if (strength === "hard") wave = Math.max(wave, (waveOf.get(key) ?? -1) + 1);
  if (issue.conflictGroup === null || issue.done || issue.state === "closed") return wave;
  const waves = taken.get(issue.conflictGroup) ?? new Set();
  taken.set(issue.conflictGroup, waves);
  while (waves.has(wave)) wave += 1;
  waves.add(wave);
  return wave;
}
