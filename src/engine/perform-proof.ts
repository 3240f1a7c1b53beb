import { asBreaches, guardRefs } from "./guard-refs.ts";
import { measureChange } from "./measure-change.ts";
import { measureProof } from "./measure-proof.ts";
import { taskOf, type PerformerOf, type World } from "./performer.ts";

/**
 * How a commit came to be and what it changes. Measurements only: asking twice is harmless, and what the tests of an
 * agent do to protected refs meanwhile is put back.
 */
export function performProof(world: World): { ProveWork: PerformerOf<"ProveWork"> } {
  return {
    ProveWork: (action, run) => {
      const task = taskOf(run, action.task);
      const { key, commit } = action;
      return async (inside) => {
        // First: a coverage report that the gates wrote lies in the worktree, which the proof cleans.
        const change = await measureChange(world, run, task, commit);
        await inside();
        const { value: proof, breaches } = await guardRefs(
          world.repository,
          run,
          key,
          async () => measureProof(world, run, { key, task, commit }),
          commit,
        );
        return { of: "ProveWork", commit, proof, change, ...asBreaches(breaches) };
      };
    },
  };
}
