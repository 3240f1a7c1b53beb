import type { PerformerOf, World } from "./performer.ts";

/** Effects that look ahead of the queue: nothing they do is seen outside of the object database and the gate worktrees. */
export function performTrain(_world: World): {
  BuildTrain: PerformerOf<"BuildTrain">;
  GateTrain: PerformerOf<"GateTrain">;
} {
  return {
    BuildTrain: () => async (inside) => {
      await inside();
      return { of: "BuildTrain", cars: [], left: [] };
    },
    GateTrain: (action) => async (inside) => {
      await inside();
      return { of: "GateTrain", commit: action.commit, results: [] };
    },
  };
}
