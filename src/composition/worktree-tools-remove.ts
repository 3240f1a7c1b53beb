import { basename } from "node:path";
import { keepTip } from "../adapters/git/task-worktrees.ts";
import type { RemovedWorktreeJson, RemovedWorktreesJson } from "../api/worktree-json.ts";
import { ExitCode, UserError } from "../errors.ts";
import { listWorktrees, type Listed } from "./worktree-tools-list.ts";
import { lostWith } from "./worktree-tools-lost.ts";
import { chooseRemovals } from "./worktree-tools-choose.ts";
import { requireTask, type Tools } from "./worktree-tools.ts";

/**
 * Removes one worktree with its branch. Commits that are nowhere else are kept under `refs/cairn/old/` even with
 * `force`. @throws UserError `worktree/unknown`, `worktree/loses-work`
 */
export async function removeWorktree(
  tools: Tools,
  key: string,
  force: boolean,
): Promise<RemovedWorktreesJson> {
  const wanted = await requireTask(tools, key);
  const listed = (await listWorktrees(tools)).find((one) => one.found.path === wanted.path);
  if (listed === undefined) return { schemaVersion: 1, dryRun: false, removed: [], kept: [] };
  const lost = lostWith(listed.shown);
  if (lost !== null && !force) {
    throw new UserError("worktree/loses-work", `${wanted.path} is not removed: ${lost}.`, {
      hints: [
        "Commit or merge it first",
        `Remove it all the same; commits are kept under refs/cairn/old/: cairn worktree remove ${key} --force`,
      ],
      exitCode: ExitCode.failures,
    });
  }
  const removed = await remove(tools, listed, "asked for");
  return { schemaVersion: 1, dryRun: false, removed: [removed], kept: [] };
}

export interface CleanupRequest {
  readonly dryRun: boolean;
  readonly force: boolean;
  /** Whatever age: everything with which nothing is lost. */
  readonly all: boolean;
  readonly now: number;
}

/** Removes what is finished, too old, or too much; says what stays, and why. */
export async function cleanUp(
  tools: Tools,
  request: CleanupRequest,
): Promise<RemovedWorktreesJson> {
  const { maxAgeMs, maxBytes } = tools.config.workspace;
  const listed = await listWorktrees(tools);
  const shown = listed.map((one) => one.shown);
  const choice = chooseRemovals(shown, { ...request, maxAgeMs, maxBytes });
  const removed: RemovedWorktreeJson[] = [];
  const kept = [...choice.kept];
  for (const { path, why } of choice.removed) {
    const one = listed.find((each) => each.found.path === path);
    if (one === undefined) continue;
    try {
      removed.push(request.dryRun ? planned(one, why) : await remove(tools, one, why));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      kept.push({ path, key: one.shown.key, why: error.message });
    }
  }
  return { schemaVersion: 1, dryRun: request.dryRun, removed, kept };
}

async function remove(tools: Tools, one: Listed, why: string): Promise<RemovedWorktreeJson> {
  const { found, shown } = one;
  const { note } = found;
  const tip = note === null ? null : await tools.repository.resolve(`refs/heads/${note.branch}`);
  await tools.repository.removeWorkspace(basename(found.path));
  // An orphan's branch may be anybody's; and what was found to be merged is the branch that was checked out.
  if (note === null || tip === null || shown.branch !== note.branch)
    return { ...planned(one, why), branchDeleted: false };
  const keptAs = shown.merged === true ? null : await keepTip(tools.git, note.branch, tip);
  const branchDeleted = await deleteBranch(tools, note.branch, tip);
  return { ...planned(one, why), branchDeleted, keptAs: branchDeleted ? keptAs : null };
}

/** False: it is checked out elsewhere, or has moved meanwhile. */
async function deleteBranch(tools: Tools, branch: string, tip: string): Promise<boolean> {
  try {
    await tools.repository.deleteBranch(branch, tip);
    return true;
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}

function planned({ found, shown }: Listed, why: string): RemovedWorktreeJson {
  const { key, path, branch, bytes } = shown;
  return { key, path, branch, bytes, why, branchDeleted: found.note !== null, keptAs: null };
}
