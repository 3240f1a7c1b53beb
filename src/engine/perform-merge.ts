import { mergeMessage } from "../messages/commits.ts";
import { BrokenPromise } from "../errors.ts";
import { taskOf, workspaceOf, type PerformerOf, type World } from "./performer.ts";

/** Effects at a branch's turn. */
export function performMerge(world: World): {
  BuildCandidate: PerformerOf<"BuildCandidate">;
  MergePullRequest: PerformerOf<"MergePullRequest">;
} {
  const { repository, forge } = world;
  return {
    BuildCandidate: (action, run) => {
      const task = taskOf(run, action.task);
      const { branch } = workspaceOf(task);
      const method = run.settings.mergeMethod;
      return async (inside) => {
        const tip = await repository.resolve(`refs/heads/${branch}`);
        if (tip !== null && tip !== action.head)
          return { of: "BuildCandidate", result: { kind: "head-moved", head: tip } };
        await inside();
        const result = await repository.buildCandidate({
          onto: action.onto,
          forkPoint: action.forkPoint,
          head: action.head,
          method,
          message: mergeMessage(task),
          authorOf: action.head,
        });
        return { of: "BuildCandidate", result };
      };
    },

    MergePullRequest: (action, run) => {
      const task = taskOf(run, action.task);
      const { pullRequest } = task;
      const base = run.settings.integrationBranch;
      return async (inside) => {
        if (pullRequest === null)
          throw new BrokenPromise(`${task.key} is at its turn without a pull request.`);
        await inside();
        const result = await forge.merge({
          pullRequest,
          base,
          from: action.from,
          expectedHead: action.head,
          branch: task.branch,
          candidate: action.candidate,
        });
        return { of: "MergePullRequest", result };
      };
    },
  };
}
