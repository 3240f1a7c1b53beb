import { rmdirSync } from "node:fs";
import { openRepository, type GitRepository } from "../adapters/git/git-repository.ts";
import type { Run } from "../core/run/run.ts";
import { UserError } from "../errors.ts";
import type { Repository } from "../ports/repository.ts";
import { COMMITTER } from "./session-environment.ts";

export interface TidyRequest {
  readonly root: string;
  readonly cairnFolder: string;
  /** The run's own. */
  readonly worktreesFolder: string;
  readonly keep: "failed" | "all" | "none";
  /** `merge.delete_branch` */
  readonly deleteBranch: boolean;
}

/**
 * Removes what a run that is over no longer needs: pooled worktrees, merged task branches, the integration branch
 * once the target has it, and the refs that held on to what was built on the way. What cannot be removed (checked out somewhere, say) stays and is named in the answer: a run
 * that went well does not end badly for it.
 */
export async function tidyRun(run: Run, request: TidyRequest): Promise<readonly string[]> {
  const left: string[] = [];
  const repository = await openRepository({ ...request, run: run.id, committer: COMMITTER });
  const attempt = async (removal: Promise<void>): Promise<void> => {
    try {
      await removal;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      left.push(error.message);
    }
  };
  try {
    for (const slot of await slotsToRemove(run, request.keep, repository)) {
      await attempt(repository.removeWorkspace(slot));
    }
    if (request.deleteBranch) {
      for (const [branch, tip] of branchesToDelete(run))
        await attempt(repository.deleteBranch(branch, tip));
    }
    await attempt(repository.letGo());
    if (run.status === "cancelled" && run.merged.length === 0) {
      await attempt(removeEmptyBranch(repository, run));
    }
  } finally {
    await repository.close();
  }
  removeIfEmpty(request.worktreesFolder);
  return left;
}

async function slotsToRemove(
  run: Run,
  keep: TidyRequest["keep"],
  repository: Pick<Repository, "inspectWork">,
): Promise<readonly string[]> {
  if (keep === "all") return [];
  const slots = new Set(["gate"]);
  for (let at = 1; at <= run.settings.gates.parallel; at += 1) slots.add(`gate${at}`);
  const kept = new Set<string>();
  for (const task of run.tasks.values()) {
    if (task.workspace === null) continue;
    slots.add(task.workspace.slot);
    if (task.status === "merged") continue;
    // Not even `keep: none` throws away what was never committed.
    const { path, branch, forkPoint, slot } = task.workspace;
    const isDirty = async (): Promise<boolean> =>
      (await repository.inspectWork(path, branch, forkPoint)).dirtyPaths.length > 0;
    if (keep === "failed" || (await isDirty())) kept.add(slot);
  }
  return [...slots].filter((slot) => !kept.has(slot));
}

function branchesToDelete(run: Run): readonly (readonly [string, string])[] {
  const branches: (readonly [string, string])[] = [];
  for (const task of run.tasks.values()) {
    if (task.status === "merged" && task.head !== null) branches.push([task.branch, task.head]);
  }
  const { integrationBranch, target } = run.settings;
  if (run.landed !== null && run.integration !== null && integrationBranch !== target) {
    branches.push([integrationBranch, run.integration.head]);
  }
  return branches;
}

/** Removes a folder that holds nothing; leaves any other. */
export function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Not empty, or gone: both are fine.
  }
}

/** Given up before anything was merged: the branch holds nothing that the target has not, and would only grow old. */
async function removeEmptyBranch(repository: GitRepository, run: Run): Promise<void> {
  const { integrationBranch, target } = run.settings;
  const [tip, home] = await Promise.all([
    repository.resolve(`refs/heads/${integrationBranch}`),
    repository.resolve(`refs/heads/${target}`),
  ]);
  if (tip === null || home === null || integrationBranch === target) return;
  if (await repository.isAncestor(tip, home)) await repository.deleteBranch(integrationBranch, tip);
}
