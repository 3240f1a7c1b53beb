import { asWork, taskOf, workspaceOf, type PerformerOf, type World } from "./performer.ts";
import { pushExactly } from "./perform-pull-request.ts";

/**
 * Brings a task's branch onto a newer base. The updated commit is the same however often it is built, so after a death
 * the branch is found where it was left, here and on the forge.
 */
export function performUpdate(world: World): { UpdateBranch: PerformerOf<"UpdateBranch"> } {
  const { repository, forge } = world;
  return {
    UpdateBranch: (action, run) => {
      const task = taskOf(run, action.task);
      const { path, branch } = workspaceOf(task);
      const { onto, forkPoint, head, tree } = action;
      const method = run.settings.forge?.update ?? "merge";
      const message = `Merge the newest base into ${branch}`;
      const request = { onto, forkPoint, head, tree, method, message } as const;
      return async (inside) => {
        const updated = await repository.buildUpdate(request);
        const there = await forge.tipOf(branch);
        if (there !== null && there !== head && there !== updated)
          return { of: "UpdateBranch", result: { kind: "head-moved", head: there } };
        await inside();
        await repository.restoreIfMoved(path, branch, updated);
        await pushExactly(world, branch, updated, there);
        const facts = await repository.inspectWork(path, branch, onto, "committed");
        return {
          of: "UpdateBranch",
          result: { kind: "updated", work: asWork(world, facts, branch) },
        };
      };
    },
  };
}
