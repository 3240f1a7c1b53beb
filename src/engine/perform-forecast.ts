import type { PerformerOf, World } from "./performer.ts";

/** Conflicts to come, found in the object database. Asking twice is harmless. */
export function performForecast({ repository }: World): {
  ForecastConflicts: PerformerOf<"ForecastConflicts">;
} {
  return {
    ForecastConflicts:
      ({ onto, branches, pairs }) =>
      async (inside) => {
        const heads = branches.map(({ task, forkPoint, head }) => ({ key: task, forkPoint, head }));
        await inside();
        return { of: "ForecastConflicts", pairs: await repository.forecast(onto, heads, pairs) };
      },
  };
}
