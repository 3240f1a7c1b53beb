import type { RunSettings, SettingsChanges } from "./settings.ts";

/** Why a change of settings cannot be made, in words; null: it can. */
export function refusalOf(settings: RunSettings, changes: SettingsChanges): string | null {
  const { parallel } = changes;
  if (parallel !== undefined && (!Number.isInteger(parallel) || parallel < 1))
    return `parallel must be a whole number of at least 1, not ${parallel}.`;
  if (parallel !== undefined && parallel > 1 && !settings.worktrees)
    return "Without worktrees one task runs at a time; parallel stays 1.";
  for (const ceiling of Object.values(changes.budget ?? {})) {
    if (ceiling !== null && (!Number.isFinite(ceiling) || ceiling < 0))
      return `A budget must be a number of at least 0, or none; not ${ceiling}.`;
  }
  return null;
}

/** The settings after the change; what it does not name stays as it was. */
export function changedSettings(settings: RunSettings, changes: SettingsChanges): RunSettings {
  const parallel = changes.parallel ?? settings.parallel;
  // Where it was never chosen it follows `parallel`, as at the start of a run.
  const isDefault = settings.inFlight === inFlightFor(settings.parallel);
  return {
    ...settings,
    parallel,
    inFlight: isDefault && settings.worktrees ? inFlightFor(parallel) : settings.inFlight,
    budget: { ...settings.budget, ...changes.budget },
  };
}

function inFlightFor(parallel: number): number {
  return 2 * parallel + 1;
}
