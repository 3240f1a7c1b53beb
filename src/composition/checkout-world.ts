import { openRepository, type GitRepository } from "../adapters/git/git-repository.ts";
import type { Run } from "../core/run/run.ts";
import type { World } from "../engine/performer.ts";
import { COMMITTER } from "./session-environment.ts";

/** @throws UserError `workspace/checkout-dirty`, with the repository closed, when the run may not go on in the checkout. */
export async function refuseDirtyStart(run: Run, repository: GitRepository): Promise<void> {
  if (run.settings.worktrees || isAtAnEnd(run)) return;
  try {
    await repository.refuseDirtyCheckout();
  } catch (error) {
    await repository.close();
    throw error;
  }
}

/**
 * The world of a run whose tasks work in the checkout. Its dependencies are the user's own and stay as they are; the
 * worktrees in which gates run get theirs before each gate, because no task has prepared them.
 */
export function withCheckout(world: World, root: string): World {
  const { repository, bootstrap } = world;
  return {
    ...world,
    repository: {
      ...repository,
      checkoutForGates: async (slot, commit) => {
        const folder = await repository.checkoutForGates(slot, commit);
        await bootstrap.prepare(folder);
        return folder;
      },
    },
    bootstrap: {
      prepare: async (folder, key) => {
        if (folder !== root) await bootstrap.prepare(folder, key);
      },
    },
  };
}

/** Gives the checkout back to the user, on the branch it was on before the run worked there. */
export async function restoreCheckout(
  run: Run,
  folders: { readonly root: string; readonly cairnFolder: string },
): Promise<void> {
  if (run.settings.worktrees) return;
  const options = { ...folders, run: run.id, committer: COMMITTER, inCheckout: true };
  const repository = await openRepository(options);
  try {
    await repository.leaveCheckout(isAtAnEnd(run));
  } finally {
    await repository.close();
  }
}

function isAtAnEnd(run: Run): boolean {
  return run.status === "complete" || run.status === "cancelled";
}
