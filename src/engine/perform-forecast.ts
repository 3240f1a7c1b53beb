import type { PerformerOf, World } from "./performer.ts";

/** Conflicts to come, found in the object database. */
export function performForecast(_world: World): {
  ForecastConflicts: PerformerOf<"ForecastConflicts">;
} {
  return {
    ForecastConflicts: () => async (inside) => {
      await inside();
      return { of: "ForecastConflicts", pairs: [] };
    },
  };
}
