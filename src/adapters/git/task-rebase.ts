import fs from "node:fs";
import path from "node:path";
import type { CommitSha } from "../../core/shared/names.ts";
import { BrokenPromise } from "../../errors.ts";
import { fields } from "./run-git.ts";
import { readStatus } from "./status.ts";
import type { TaskGit } from "./task-worktrees.ts";

/** What became of a rebase; anything but `rebased` left everything as it was. */
export type RebaseEnd =
  | { readonly kind: "rebased" | "unchanged"; readonly tip: CommitSha }
  | { readonly kind: "conflict"; readonly paths: readonly string[] }
  /** git would not, in its own words. */
  | { readonly kind: "refused"; readonly words: string };

/** True while git has a rebase, merge or the like under way there. */
export function isBusy(gitDir: string): boolean {
  const traces = ["rebase-merge", "rebase-apply", "MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD"];
  return traces.some((name) => fs.existsSync(path.join(gitDir, name)));
}

/**
 * Rebases the branch that is checked out in a clean worktree. On a conflict the files are named, the rebase is given up,
 * and it is checked that branch and files are where they were. @throws BrokenPromise when they are not.
 */
export async function rebaseWorktree(
  git: TaskGit,
  folder: string,
  onto: CommitSha,
): Promise<RebaseEnd> {
  const before = await tipIn(git, folder);
  // Past git's own refusals: 1 is a conflict as a rule, 128 what it would not begin.
  const answer = await git.in(folder, ["rebase", "--quiet", "--no-fork-point", onto], [1, 128]);
  if (answer.code === 0) {
    const { tip } = await tipIn(git, folder);
    return { kind: tip === before.tip ? "unchanged" : "rebased", tip };
  }
  const unmerged = await git.in(folder, ["diff", "--name-only", "--diff-filter=U", "-z"], [128]);
  const paths = fields(unmerged.text);
  await git.in(folder, ["rebase", "--abort"], [1, 128]);
  const after = await tipIn(git, folder);
  if (after.tip !== before.tip || after.branch !== before.branch) {
    throw new BrokenPromise(
      `The rebase in ${folder} was given up, but ${before.branch ?? "HEAD"} is at ${after.tip}; it was at ${before.tip}.`,
    );
  }
  return paths.length > 0
    ? { kind: "conflict", paths }
    : { kind: "refused", words: answer.stderr.trim() };
}

async function tipIn(
  git: TaskGit,
  folder: string,
): Promise<{ readonly tip: CommitSha; readonly branch: string | null }> {
  const gitIn = (where: string, args: readonly string[]): ReturnType<TaskGit["in"]> =>
    git.in(where, args);
  const { head, branch } = await readStatus({ gitIn }, folder, "no");
  if (head === null) throw new BrokenPromise(`${folder} has no commit.`);
  return { tip: head, branch };
}
