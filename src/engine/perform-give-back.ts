import type { PerformerOf, World } from "./performer.ts";

/** An issue for a conflict too heavy to settle. */
export function performGiveBack(_world: World): { GiveBack: PerformerOf<"GiveBack"> } {
  return {
    GiveBack: () => async (inside) => {
      await inside();
      return { of: "GiveBack", result: { kind: "refused", why: "" } };
    },
  };
}
