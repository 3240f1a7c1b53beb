import type { Action } from "./actions.ts";
import type { EventOf } from "./events.ts";
import type { Run } from "./run.ts";
import { isStarted, isTerminal } from "./task-state.ts";
import { wavesOf } from "./admission.ts";

/** The test of the whole; when it was red, the search for what broke it. */
export function verifyActions(run: Run): readonly Action[] {
  const { integration } = run;
  if (integration === null) return [];
  if (run.redWhole !== null) return searchActions(run);
  return [
    {
      type: "TestIntegration",
      key: `verify:${run.verifications}:${integration.head}`,
      commit: integration.head,
    },
  ];
}

/** Under `barrier`: the test of the branch after a wave that is over, or the search for what broke it. */
export function waveActions(run: Run): readonly Action[] {
  const { integration } = run;
  if (integration === null) return [];
  if (run.redWhole !== null) return searchActions(run);
  const wave = waveToTest(run);
  if (wave === null || run.revert !== null || !hasMerged(run, wave) || isAtWork(run)) return [];
  const { head: commit } = integration;
  const key = `wave:${wave}:${run.verifications}:${commit}`;
  return isMeasured(run, key) ? [] : [{ type: "TestWave", key, wave, commit }];
}

/** A task of an earlier wave that was begun again may have left others at work: they come home first. */
function isAtWork(run: Run): boolean {
  return [...run.tasks.values()].some((task) => isStarted(task.status) || task.session !== null);
}

/** True while something else is measured in the worktree of the whole: one thing at a time. */
function isMeasured(run: Run, key: string): boolean {
  for (const effect of run.effects.values())
    if (IN_WHOLE_WORKTREE.has(effect.action.type) && effect.key !== key) return true;
  return false;
}

const IN_WHOLE_WORKTREE: ReadonlySet<Action["type"]> = new Set([
  "RunBaseline",
  "TestIntegration",
  "TestWave",
  "FindCulprit",
  "RevertTask",
  "Land",
]);

/** A wave in which nothing was merged is as good as the one before it. */
export function settleWave(run: Run): EventOf<"WaveTested"> | null {
  const wave = waveToTest(run);
  if (wave === null || run.integration === null || hasMerged(run, wave)) return null;
  return { type: "WaveTested", wave, commit: run.integration.head, results: [] };
}

/** The first wave that is over and was not tested, where another one comes after it; null: none. */
function waveToTest(run: Run): number | null {
  const { barrier, merging } = run.settings;
  if (!barrier || merging === undefined || run.plan === null) return null;
  const wave = wavesOf(run)[run.wavesTested];
  // After the last wave the whole is tested anyway.
  const isLast = run.wavesTested + 1 >= run.plan.waves.length;
  if (wave === undefined || isLast) return null;
  const isOver = wave.every((key) => isTerminal(run.tasks.get(key)?.status ?? "merged"));
  return isOver ? run.wavesTested : null;
}

function hasMerged(run: Run, wave: number): boolean {
  const keys = wavesOf(run)[wave] ?? [];
  return keys.some((key) => run.tasks.get(key)?.status === "merged");
}

function searchActions(run: Run): readonly Action[] {
  const { redWhole, integration, landings } = run;
  if (redWhole === null || integration === null) return [];
  const base = landings[0]?.onto ?? integration.base;
  const { commit } = redWhole;
  const key = `culprit:${run.verifications}:${commit}`;
  if (isMeasured(run, key)) return [];
  return [{ type: "FindCulprit", key, commit, base, landings: [...landings] }];
}

/** A merged task is taken back, as soon as nothing else is merged and nobody measures the whole. */
export function revertActions(run: Run): readonly Action[] {
  const { revert, integration, merging } = run;
  if (revert === null || integration === null || merging !== null) return [];
  const task = run.tasks.get(revert.task);
  if (task?.mergedCommit == null || task.mergedOnto === null) return [];
  const key = `revert:${run.reverts}:${task.key}:${integration.head}`;
  if (isMeasured(run, key)) return [];
  return [
    {
      type: "RevertTask",
      key,
      task: task.key,
      landed: task.mergedCommit,
      before: task.mergedOnto,
      onto: integration.head,
    },
  ];
}
