import fs from "node:fs/promises";
import type { CommitSha } from "../../core/shared/names.ts";
import { UserError } from "../../errors.ts";
import { readNote } from "./checkout-note.ts";
import type { RepositoryContext } from "./repository-context.ts";
import { exists, readWorktrees, type Worktree } from "./worktrees.ts";

/** Commit a name means, tags peeled; null when it means none. */
export async function resolveCommit(
  context: RepositoryContext,
  name: string,
): Promise<CommitSha | null> {
  // cat-file would read `main:file` and `main@{1}` too; those peel to no commit or are asked for on purpose.
  const found = await context.objects.find(`${name}^{commit}`);
  return found?.type === "commit" ? found.id : null;
}

export async function tipOf(context: RepositoryContext, branch: string): Promise<CommitSha | null> {
  return resolveCommit(context, `refs/heads/${branch}`);
}

export async function ensureBranch(
  context: RepositoryContext,
  branch: string,
  at: CommitSha,
): Promise<CommitSha> {
  const tip = await tipOf(context, branch);
  if (tip !== null) return tip;
  // Another process may have been quicker: then its tip is the answer.
  const isCreated = await compareAndSwap(context, `refs/heads/${branch}`, null, at);
  return isCreated ? at : ((await tipOf(context, branch)) ?? at);
}

/** @throws UserError `branch/checked-out` when a checkout that is not ours has the branch. */
export async function moveBranch(
  context: RepositoryContext,
  branch: string,
  from: CommitSha,
  to: CommitSha,
): Promise<"moved" | "already" | "stale"> {
  const tip = await tipOf(context, branch);
  if (tip === to) return "already";
  if (tip !== from) return "stale";
  await freeBranch(context, branch, (where) => {
    throw new UserError("branch/checked-out", `\`${branch}\` is checked out in ${where}.`, {
      hints: [
        "Switch that checkout to another branch (`git switch --detach`) and resume.",
        `Moving \`${branch}\` now would make every file there look changed.`,
      ],
    });
  });
  if (await compareAndSwap(context, `refs/heads/${branch}`, from, to)) return "moved";
  return (await tipOf(context, branch)) === to ? "already" : "stale";
}

export async function deleteBranch(
  context: RepositoryContext,
  branch: string,
  at: CommitSha,
): Promise<void> {
  const tip = await tipOf(context, branch);
  if (tip === null) return;
  await freeBranch(context, branch, (where) => {
    throw inUse(branch, where);
  });
  if (tip === at && (await compareAndSwap(context, `refs/heads/${branch}`, at, null))) return;
  const now = await tipOf(context, branch);
  if (now === null) return;
  throw new UserError(
    "branch/moved",
    `\`${branch}\` was not deleted: it is at ${now.slice(0, 9)}.`,
    {
      hints: [`See what came after ${at.slice(0, 9)}: \`git log ${at.slice(0, 9)}..${branch}\`.`],
    },
  );
}

/**
 * Takes the branch from every checkout of ours (they stay at the commit, detached). A checkout of the user's goes to
 * `refuse`, which throws.
 */
export async function freeBranch(
  context: RepositoryContext,
  branch: string,
  refuse: (where: string) => never,
  except?: string,
): Promise<void> {
  for (const holder of await holdersOf(context, branch)) {
    if (!isOurs(context, holder)) refuse(holder.path);
    if (holder.path === except || !holder.head.startsWith("ref:")) continue;
    if (!(await exists(holder.path))) {
      await fs.rm(holder.gitDir, { recursive: true, force: true });
      continue;
    }
    // Not `checkout --detach`: the folder may be damaged, and its files are as they should be.
    const tip = await tipOf(context, branch);
    if (tip === null) continue;
    await context.git(["update-ref", "--no-deref", "HEAD", tip], {
      env: { ...context.env, GIT_DIR: holder.gitDir },
    });
  }
}

/** Checkouts (also broken ones) that have the branch. */
export async function holdersOf(
  context: RepositoryContext,
  branch: string,
): Promise<readonly Worktree[]> {
  return (await readWorktrees(context.commonDir)).filter((one) => one.branch === branch);
}

export function isOurs(context: RepositoryContext, worktree: Worktree): boolean {
  // While a run works in the checkout, its note says that HEAD there is the run's.
  if (worktree.isMain) return context.excludes !== null && readNote(worktree.gitDir) !== null;
  return worktree.path.startsWith(`${context.worktreesFolder}/`);
}

export function inUse(branch: string, where: string): UserError {
  return new UserError("workspace/branch-in-use", `\`${branch}\` is checked out in ${where}.`, {
    hints: ["Switch that checkout to another branch (`git switch --detach`), then `cairn resume`."],
  });
}

/**
 * Moves a ref if it is where it is thought to be (`null`: absent). False: it is elsewhere.
 * @throws UserError `git/failed` when it is there and git still cannot (no space, a lock left by a dead process).
 */
export async function compareAndSwap(
  context: RepositoryContext,
  ref: string,
  from: CommitSha | null,
  to: CommitSha | null,
): Promise<boolean> {
  if (await context.refs.move(ref, from, to)) return true;
  const move = to === null ? ["-d", ref, from ?? ""] : ["-m", "cairn", ref, to, from ?? ""];
  const answer = await context.git(["update-ref", ...move], { answers: [1, 128] });
  if (answer.code === 0) return true;
  const now = await context.objects.find(ref);
  if ((now?.id ?? null) !== from) return false;
  throw new UserError("git/failed", `git could not move ${ref}, though nobody else did.`, {
    hints: ["Remove a left-over lock file that git names, or make room on the disk, and resume."],
    quote: answer.stderr.trim(),
  });
}

/** Keeps a tip that is about to lose its branch under `refs/cairn/old/`; answers the ref. */
export async function keepOldTip(
  context: RepositoryContext,
  branch: string,
  tip: CommitSha,
): Promise<string> {
  const ref = `refs/cairn/old/${branch}-${tip.slice(0, 9)}`;
  await context.git(["update-ref", ref, tip]);
  return ref;
}
