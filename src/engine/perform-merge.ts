import { mergeAdditions } from "../core/merge/merge-additions.ts";
import type { CommitSha } from "../core/shared/names.ts";
import { commitTitle, mergeMessage } from "../messages/commits.ts";
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
      const base = run.settings.integrationBranch;
      const handoff = run.plan?.handoff ?? null;
      const growing =
        handoff === null ? {} : { growing: { paths: [handoff], merge: mergeAdditions } };
      return async (inside) => {
        const tip = await repository.resolve(`refs/heads/${branch}`);
        if (tip !== null && tip !== action.head)
          return { of: "BuildCandidate", result: { kind: "head-moved", head: tip } };
        const moved = await movedBase(world, base, action.onto);
        if (moved !== null)
          return { of: "BuildCandidate", result: { kind: "base-moved", base: moved } };
        await inside();
        const result = await repository.buildCandidate({
          onto: action.onto,
          forkPoint: action.forkPoint,
          head: action.head,
          method,
          message: mergeMessage(task),
          authorOf: action.head,
          ...growing,
        });
        return { of: "BuildCandidate", result };
      };
    },

    MergePullRequest: (action, run) => {
      const task = taskOf(run, action.task);
      const { pullRequest } = task;
      const { integrationBranch: base, forge: policy, mergeMethod } = run.settings;
      const method = policy?.mergeMethod ?? mergeMethod;
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
          method,
          title: commitTitle(task),
          message: mergeMessage(task),
        });
        return { of: "MergePullRequest", result };
      };
    },
  };
}

/** Where others push, the base may be elsewhere by now: nothing is gated on an old one. Null: it is where it was. */
async function movedBase(
  { forge, repository }: World,
  base: string,
  onto: CommitSha,
): Promise<CommitSha | null> {
  if (forge.kind === "local") return null;
  const tip = await forge.tipOf(base);
  // One that was moved back is found out by the merge itself, which says so.
  if (tip === null || tip === onto || !(await repository.isAncestor(onto, tip))) return null;
  return tip;
}
