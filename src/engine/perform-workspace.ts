import type { ActionOf } from "../core/run/actions.ts";
import { isOwnMail } from "../core/shared/agent-mail.ts";
import { commitMessage, stackMessage } from "../messages/commits.ts";
import { UserError } from "../errors.ts";
import type { MergedTips, Repository, Workspace } from "../ports/repository.ts";
import { asBreaches, guardRefs } from "./guard-refs.ts";
import { handoffOf } from "./handoff-owed.ts";
import { afterMerge } from "./after-merge.ts";
import {
  asWork,
  forkPointOf,
  taskOf,
  workspaceOf,
  type PerformerOf,
  type World,
} from "./performer.ts";

/** Answers about this task's branch and folder that stay the same however often they are asked for. */
const REFUSALS: ReadonlySet<string> = new Set([
  "workspace/branch-exists",
  "workspace/branch-in-use",
  "workspace/folder-in-use",
  "workspace/wrong-base",
]);

/** Effects on a task's own worktree and branch. */
export function performWorkspace(world: World): {
  PrepareWorkspace: PerformerOf<"PrepareWorkspace">;
  CommitLeftovers: PerformerOf<"CommitLeftovers">;
  BeginMerge: PerformerOf<"BeginMerge">;
} {
  const { repository } = world;
  return {
    PrepareWorkspace: (action, run) => async (inside) => {
      const { slot, branch, mode } = action;
      const stack = await stackOf(repository, action);
      if (stack.kind === "conflict") return { of: "PrepareWorkspace", unfit: stack.paths };
      const base = stack.commit;
      let workspace: Workspace;
      try {
        workspace = await repository.prepareWorkspace({ slot, branch, base, mode });
      } catch (error) {
        // Everything else git runs into may pass: it must not cost the task and all that wait for it.
        if (!(error instanceof UserError) || !REFUSALS.has(error.code)) throw error;
        return { of: "PrepareWorkspace", refused: error.message, code: error.code };
      }
      await inside();
      // Dependencies that cannot be fetched now may be fetched later: trouble, not a refusal.
      const { path, head } = workspace;
      const { breaches } = await guardRefs(repository, run, action.key, () =>
        world.bootstrap.prepare(path, action.key),
      );
      const made = { of: "PrepareWorkspace", workspace: { path, head } } as const;
      return { ...made, ...(base === action.base ? {} : { base }), ...asBreaches(breaches) };
    },

    CommitLeftovers: (action, run) => {
      const task = taskOf(run, action.task);
      const workspace = workspaceOf(task);
      const forkPoint = forkPointOf(task);
      const owed = handoffOf(world, run, task, task.status === "running" ? "implementer" : null);
      return async (inside) => {
        await inside();
        await repository.commitAll(workspace.path, commitMessage(task, { committedByCairn: true }));
        const facts = await repository.inspectWork(workspace.path, workspace.branch, forkPoint);
        const handoff = await owed.look(repository, facts);
        const work = asWork(world, facts, workspace.branch);
        const seen = await afterMerge(repository, task, facts);
        return { of: "CommitLeftovers", work: { ...work, ...seen }, ...handoff };
      };
    },

    BeginMerge: (action, run) => {
      const task = taskOf(run, action.task);
      const workspace = workspaceOf(task);
      const { branch } = workspace;
      const { head } = task;
      return async (inside) => {
        // A merge that was given up half-way leaves a worktree in which no other can begin.
        const from = (await mergedInto(repository, branch, head)) ?? workspace.forkPoint;
        await repository.restoreIfMoved(workspace.path, branch, from);
        await inside();
        const message = `Merge the newest base into ${branch}`;
        const state = await repository.beginMerge(workspace.path, action.other, message);
        const facts = await repository.inspectWork(workspace.path, branch, action.other);
        return { of: "BeginMerge", state, work: asWork(world, facts, branch) };
      };
    },
  };
}

/**
 * What the base is merged into: what was accepted last, since a merge of this run that was concluded and then refused
 * would be found on the branch as if it were settled. What a person has put there stays.
 */
async function mergedInto(
  repository: Repository,
  branch: string,
  accepted: string | null,
): Promise<string | null> {
  const tip = await repository.resolve(`refs/heads/${branch}`);
  if (tip === null || tip === accepted) return tip;
  return isOwnMail(await repository.committerOf(tip)) ? (accepted ?? tip) : tip;
}

/** The commit a task begins on: where there is unmerged work below it, one that holds all of that. */
function stackOf(
  repository: Repository,
  { task, base, tips = [] }: ActionOf<"PrepareWorkspace">,
): Promise<MergedTips> | MergedTips {
  if (tips.length === 0) return { kind: "clean", commit: base };
  return repository.mergeTips({ onto: base, tips, message: stackMessage(task, tips) });
}
