import type { PerformerOf, World } from "./performer.ts";

/** The whole after a wave, the search for what broke it, and taking a merged task back. */
export function performWhole(_world: World): {
  TestWave: PerformerOf<"TestWave">;
  FindCulprit: PerformerOf<"FindCulprit">;
  RevertTask: PerformerOf<"RevertTask">;
} {
  return {
    TestWave: (action) => async (inside) => {
      await inside();
      return { of: "TestWave", commit: action.commit, results: [] };
    },
    FindCulprit: () => async (inside) => {
      await inside();
      return { of: "FindCulprit", culprit: null, trials: [], why: "" };
    },
    RevertTask: () => async (inside) => {
      await inside();
      return { of: "RevertTask", result: { kind: "refused", why: "" } };
    },
  };
}
