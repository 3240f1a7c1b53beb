import { provenResolvers } from "../core/merge/resolvers/proven-resolvers.ts";
import type { Run, Task } from "../core/run/run.ts";
import type { CommitSha } from "../core/shared/names.ts";
import { commitTitle, mergeMessage } from "../messages/commits.ts";
import { BrokenPromise } from "../errors.ts";
import type { CandidateRequest } from "../ports/repository.ts";
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
      const base = run.settings.integrationBranch;
      const request = candidateRequest(world, run, task, action);
      return async (inside) => {
        const tip = await repository.resolve(`refs/heads/${branch}`);
        if (tip !== null && tip !== action.head)
          return { of: "BuildCandidate", result: { kind: "head-moved", head: tip } };
        const moved = await movedBase(world, base, action.onto);
        if (moved !== null)
          return { of: "BuildCandidate", result: { kind: "base-moved", base: moved } };
        await inside();
        const result = await repository.buildCandidate(request);
        return { of: "BuildCandidate", result };
      };
    },

    MergePullRequest: (action, run) => {
      const task = taskOf(run, action.task);
      const { pullRequest, conflict } = task;
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
        // What settled a conflict settles the same one from now on; a merge is none the worse for not being remembered.
        if (result.kind === "merged" && conflict !== null)
          await repository.recordResolutions(result.commit, conflict.files).catch(() => undefined);
        return { of: "MergePullRequest", result };
      };
    },
  };
}

/** The merge of a task's branch on `onto`. The same places give the same commit, at its turn and ahead of it. */
export function candidateRequest(
  world: World,
  run: Run,
  task: Task,
  place: { readonly onto: CommitSha; readonly forkPoint: CommitSha; readonly head: CommitSha },
): CandidateRequest {
  const { onto, forkPoint, head } = place;
  const handoff = run.plan?.handoff ?? null;
  return {
    onto,
    forkPoint,
    head,
    method: run.settings.mergeMethod,
    message: mergeMessage(task),
    authorOf: head,
    // What asks the world comes last: it is slow, and may need what the others have settled.
    resolvers: [...provenResolvers(handoff === null ? [] : [handoff]), ...(world.resolvers ?? [])],
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
