import path from "node:path";
import type { CommitSha } from "../../core/shared/names.ts";
import { UserError } from "../../errors.ts";
import { freeBranch, inUse, keepOldTip, tipOf } from "./branches.ts";
import { checkOutSlot } from "./checkout-slot.ts";
import { writeRecursionLock } from "./recursion-lock.ts";
import type { RepositoryContext } from "./repository-context.ts";
import { readStatus } from "./status.ts";
import { isAncestor } from "./workspaces.ts";
import { exists, realPath, worktreeAt } from "./worktrees.ts";

/** Throws away what is not committed and puts the branch back to `commit`; a tip that only it had is kept. */
export async function restore(
  context: RepositoryContext,
  folder: string,
  branch: string,
  commit: CommitSha,
): Promise<void> {
  const own = await realPath(folder);
  const tip = await tipOf(context, branch);
  const refuse = (where: string): never => {
    throw inUse(branch, where);
  };
  await freeBranch(context, branch, refuse, own);
  if (tip !== null && !(await isAncestor(context, tip, commit))) {
    await keepOldTip(context, branch, tip);
  }
  const slot = path.basename(folder);
  const worktree = await checkOutSlot(context, { slot, branch, commit });
  await writeRecursionLock(worktree.gitDir, { run: context.run, slot, branch });
}

/** One `git status` when there is nothing to do. */
export async function restoreIfMoved(
  context: RepositoryContext,
  folder: string,
  branch: string,
  commit: CommitSha,
): Promise<void> {
  const worktree = await worktreeAt(context.commonDir, folder);
  if (worktree?.isWhole === true && worktree.branch === branch) {
    const status = await readStatus(context, worktree.path);
    const isMerging = await exists(path.join(worktree.gitDir, "MERGE_HEAD"));
    if (status.head === commit && status.dirtyPaths.length === 0 && !isMerging) {
      const lock = { run: context.run, slot: path.basename(folder), branch };
      return writeRecursionLock(worktree.gitDir, lock);
    }
  }
  await restore(context, folder, branch, commit);
}

/** A branch that is gone has nothing to be put back to; the session that follows is told by its own checks. */
export async function restoreUnlessMerging(
  context: RepositoryContext,
  folder: string,
  branch: string,
): Promise<void> {
  const worktree = await worktreeAt(context.commonDir, folder);
  const isMerging =
    worktree?.isWhole === true &&
    worktree.branch === branch &&
    (await exists(path.join(worktree.gitDir, "MERGE_HEAD")));
  const tip = await tipOf(context, branch);
  if (!isMerging && tip !== null) await restoreIfMoved(context, folder, branch, tip);
}

/** Commits everything that is dirty; the tip as it is when nothing was. */
export async function commitAll(
  context: RepositoryContext,
  folder: string,
  message: string,
): Promise<CommitSha> {
  const [status, worktree] = await Promise.all([
    readStatus(context, folder),
    worktreeAt(context.commonDir, folder),
  ]);
  // A merge that ended as the branch already was leaves nothing dirty and is still to be concluded.
  const isMerging = worktree !== null && (await exists(path.join(worktree.gitDir, "MERGE_HEAD")));
  if (status.dirtyPaths.length > 0 || isMerging) {
    await context.gitIn(folder, ["add", "-A", "--", ":/"]);
    // 1: only what git does not store was dirty (a mode on a file system without modes).
    await context.gitIn(
      folder,
      ["commit", "-q", "--no-verify", "--allow-empty-message", "--cleanup=verbatim", "-F", "-"],
      {
        input: message,
        answers: [1],
      },
    );
  }
  return (await context.gitIn(folder, ["rev-parse", "--verify", "HEAD"])).text.trim();
}

/**
 * Begins a merge of `other` in a workspace. A merge of it that was begun before stays as it is: its conflicts may be
 * half resolved.
 */
export async function beginMerge(
  context: RepositoryContext,
  folder: string,
  other: CommitSha,
  message: string,
): Promise<"merged" | "conflict"> {
  if ((await mergeUnderWay(context, folder)) === other) return "conflict";
  const answer = await context.gitIn(
    folder,
    ["merge", "-q", "--no-edit", "--no-verify", "--no-stat", "-m", message, other],
    { answers: [1, 2] },
  );
  if (answer.code === 0) return "merged";
  if ((await mergeUnderWay(context, folder)) === other) return "conflict";
  throw new UserError("workspace/merge-refused", `git would not begin the merge in ${folder}.`, {
    hints: ["Usually a file that is not committed is in the way: `git status` there tells which."],
    quote: `${answer.text}\n${answer.stderr}`.trim(),
  });
}

/** The commit being merged there, null: none. */
async function mergeUnderWay(
  context: RepositoryContext,
  folder: string,
): Promise<CommitSha | null> {
  const answer = await context.gitIn(folder, ["rev-parse", "-q", "--verify", "MERGE_HEAD"], {
    answers: [1, 128],
  });
  return answer.code === 0 ? answer.text.trim() : null;
}
