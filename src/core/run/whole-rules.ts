import type { EventOf } from "./events.ts";
import type { Run, RunStatus } from "./run.ts";

export function noteWave(run: Run, event: EventOf<"WaveTested">): void {
  // One in which nothing was merged was not tested.
  // Other commands than those of a merge say nothing about these.
  const isSame = run.settings.gates.postMerge.length === 0;
  if (event.results.length > 0 && isSame) run.baseGated = { commit: event.commit, ok: true };
  run.wavesTested = Math.max(run.wavesTested, event.wave + 1);
}

export function noteRed(run: Run, event: EventOf<"IntegrationRed">): void {
  run.redWhole = { commit: event.commit, results: event.results };
}

/** Rows 34 and 40: what is taken back makes a run that waits, or is over, go on. */
export function beginRevert(run: Run, event: EventOf<"RevertRequested">): RunStatus {
  run.revert = { task: event.task, by: event.by };
  run.reverts += 1;
  return "running";
}

export function refuseRevert(run: Run, event: EventOf<"RevertRefused">): void {
  if (event.base === undefined) noteRefusal(run, event);
  else if (run.integration !== null) run.integration = { ...run.integration, head: event.base };
}

/** Whoever asked for it finds the reason in the report, also when the run is over by then. */
function noteRefusal(run: Run, { task: key, why }: EventOf<"RevertRefused">): void {
  run.revert = null;
  const task = run.tasks.get(key);
  const words = `It was not taken back: ${why}`;
  if (task === undefined || task.notes.includes(words)) return;
  run.tasks.set(key, { ...task, notes: [...task.notes, words] });
}

/** Row 28 as far as the run is concerned: the branch ends in the revert, and the whole is another one. */
export function takeBack(run: Run, event: EventOf<"TaskReverted">): void {
  run.revert = null;
  const { task, commit, from } = event;
  run.landings.push({ task, commit, onto: from, takesBack: true });
  run.merged = run.merged.filter((key) => key !== event.task);
  run.greenTrees.add(event.tree);
  run.baseGated = { commit: event.commit, ok: true };
  run.verifyFailed = null;
  run.verified = null;
  run.landingRefused = null;
}
