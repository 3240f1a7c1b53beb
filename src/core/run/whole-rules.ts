import type { EventOf } from "./events.ts";
import type { Run, RunStatus } from "./run.ts";

export function noteWave(run: Run, event: EventOf<"WaveTested">): void {
  run.wavesTested = event.wave + 1;
}

export function noteRed(run: Run, event: EventOf<"IntegrationRed">): void {
  run.redWhole = { commit: event.commit, results: event.results };
}

export function beginRevert(_run: Run, _event: EventOf<"RevertRequested">): RunStatus | void {}

export function endRevert(run: Run, _event: EventOf<"RevertRefused">): void {
  run.revert = null;
}
