import { BrokenPromise, UserError } from "../errors.ts";
import type { PerformerOf, World } from "./performer.ts";

/** The branch where work meets. */
export function performIntegration(world: World): {
  PrepareIntegration: PerformerOf<"PrepareIntegration">;
} {
  const { repository, forge } = world;
  return {
    PrepareIntegration: (action) => async (inside) => {
      const base =
        forge.kind === "local"
          ? await repository.resolve(action.target)
          : await forge.tipOf(action.target);
      if (base === null) throw noTarget(forge.kind, action.target);
      await inside();
      const { branch } = action;
      // Under `direct` the target itself is where work meets.
      const head = branch === action.target ? base : await forge.ensureBranch(branch, base);
      return { of: "PrepareIntegration", branch, head, base };
    },
  };
}

function noTarget(kind: "local" | "github", target: string): Error {
  if (kind === "local")
    return new BrokenPromise(
      `The target ${target} does not resolve; preflight should have said so.`,
    );
  return new UserError("forge/no-target", `There is no branch ${target} on GitHub.`, {
    hints: ["Name the branch to land on: --target main, or `target: main` in .cairn.yml."],
  });
}
