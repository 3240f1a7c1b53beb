import type { CommitSha } from "../../core/shared/names.ts";
import { UserError } from "../../errors.ts";
import type { Workspace, WorkspaceRequest } from "../../ports/repository.ts";
import { freeBranch, holdersOf, inUse, isOurs, keepOldTip, tipOf } from "./branches.ts";
import { checkOutSlot, slotFolder } from "./checkout-slot.ts";
import { readRecursionLock, writeRecursionLock } from "./recursion-lock.ts";
import type { RepositoryContext } from "./repository-context.ts";
import { realPath, worktreeAt } from "./worktrees.ts";

/** Brings a slot onto the task's branch. Repeated after a crash it gives the same workspace. */
export async function prepareWorkspace(
  context: RepositoryContext,
  request: WorkspaceRequest,
): Promise<Workspace> {
  const { slot, branch, base } = request;
  const folder =
    context.excludes === null ? await realPath(slotFolder(context, slot)) : context.root;
  const tip = await tipOf(context, branch);
  const head = await chooseHead(context, request, tip);
  const refuse = (where: string): never => {
    throw inUse(branch, where);
  };
  await freeBranch(context, branch, refuse, folder);
  if (tip !== null && tip !== head) await keepOldTip(context, branch, tip);
  const worktree = await checkOutSlot(context, { slot, branch, commit: head });
  await writeRecursionLock(worktree.gitDir, { run: context.run, slot, branch });
  return { path: worktree.path, branch, base, head };
}

/**
 * Gates run on a commit of nobody's branch. A task's workspace stays the task's: what runs in it is as little to start
 * Cairn as its agent is, and a cleaning finds whose it is.
 */
export async function checkoutForGates(
  context: RepositoryContext,
  slot: string,
  commit: CommitSha,
): Promise<string> {
  const before = await worktreeAt(context.commonDir, slotFolder(context, slot));
  const lock = before === null ? null : await readRecursionLock(before.gitDir);
  const worktree = await checkOutSlot(context, { slot, branch: null, commit });
  if (lock !== null) await writeRecursionLock(worktree.gitDir, lock);
  return worktree.path;
}

/** Where the branch is to stand: the answer to "does it exist, and whose is it?" in each mode. */
async function chooseHead(
  context: RepositoryContext,
  request: WorkspaceRequest,
  tip: CommitSha | null,
): Promise<CommitSha> {
  const { base, mode } = request;
  if (tip === null || tip === base || mode === "restart") return base;
  const hasBase = await isAncestor(context, base, tip);
  if (mode === "reuse") {
    if (hasBase) return tip;
    throw new UserError(
      "workspace/wrong-base",
      `\`${request.branch}\` no longer contains ${base.slice(0, 9)}, the commit it started from.`,
      {
        hints: [
          `See what it is now: \`git log --oneline ${base.slice(0, 9)}...${request.branch}\`.`,
          "`cairn retry` starts the task again; the old commits are kept under refs/cairn/old/.",
        ],
      },
    );
  }
  // Ours by its lock: the engine died between this and its receipt, and asks again, perhaps for a newer base.
  if (await wasPreparedByThisRun(context, request)) return hasBase ? tip : base;
  throw new UserError(
    "workspace/branch-exists",
    `The branch \`${request.branch}\` already exists.`,
    {
      hints: [
        `Look at it: \`git log --oneline ${base.slice(0, 9)}..${request.branch}\`.`,
        "Set `branches.existing: clean` to start it again (the old tip is kept), or `skip` to leave such tasks out.",
      ],
    },
  );
}

async function wasPreparedByThisRun(
  context: RepositoryContext,
  request: WorkspaceRequest,
): Promise<boolean> {
  for (const holder of await holdersOf(context, request.branch)) {
    if (!isOurs(context, holder)) continue;
    const lock = await readRecursionLock(holder.gitDir);
    if (lock?.run === context.run && lock.branch === request.branch) return true;
  }
  return false;
}

/** Few commits lie between a fork point and its branch: they are walked before a process is asked. */
const WALKED_MAX = 24;

export async function isAncestor(
  context: RepositoryContext,
  ancestor: CommitSha,
  descendant: CommitSha,
): Promise<boolean> {
  const walked = await walkTo(context, ancestor, descendant);
  if (walked !== null) return walked;
  const answer = await context.git(["merge-base", "--is-ancestor", ancestor, descendant], {
    answers: [1],
  });
  return answer.code === 0;
}

/** Null: too far to say, or the history ends early (a shallow clone). */
async function walkTo(
  context: RepositoryContext,
  ancestor: CommitSha,
  descendant: CommitSha,
): Promise<boolean | null> {
  const seen = new Set<CommitSha>();
  let front: readonly CommitSha[] = [descendant];
  while (front.length > 0 && seen.size < WALKED_MAX) {
    if (front.includes(ancestor)) return true;
    for (const commit of front) seen.add(commit);
    const found = await Promise.all(front.map((commit) => context.objects.findCommit(commit)));
    const parents = found.flatMap((header) => header?.parents ?? []);
    if (found.includes(null)) return null;
    front = [...new Set(parents)].filter((one) => !seen.has(one));
  }
  return front.length === 0 ? false : null;
}
