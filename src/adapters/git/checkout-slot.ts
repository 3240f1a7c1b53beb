import fs from "node:fs";
import path from "node:path";
import type { CommitSha } from "../../core/shared/names.ts";
import { UserError } from "../../errors.ts";
import { tipOf } from "./branches.ts";
import { showInCheckout } from "./in-checkout.ts";
import type { RepositoryContext } from "./repository-context.ts";
import { wasSeenClean } from "./seen-clean.ts";
import { readStatus, type CheckoutStatus } from "./status.ts";
import { exists, readText, realPath, worktreeAt, type Worktree } from "./worktrees.ts";

/** What a slot is to show: a branch (put there by us, wherever it was) or a bare commit. */
export interface CheckoutWish {
  readonly slot: string;
  readonly commit: CommitSha;
  readonly branch: string | null;
}

const CREATION_TRIES = 3;
const STRAY_PATHS_SHOWN = 5;

// What a process that was killed in the middle leaves in a worktree's git folder. The slot is ours and its session is
// over, so nobody is at work there.
const INTERRUPTED = [
  "index.lock",
  "HEAD.lock",
  "rebase-merge",
  "rebase-apply",
  "sequencer",
  "BISECT_LOG",
  "BISECT_START",
  "AUTO_MERGE",
];

/** What an agent may have begun and left; a checkout by git ends it. */
const BEGUN = [
  "MERGE_HEAD",
  "CHERRY_PICK_HEAD",
  "REVERT_HEAD",
  "MERGE_MSG",
  "SQUASH_MSG",
  "config.worktree",
];

/**
 * Makes the slot show exactly the wish, clean but for ignored files, and answers the checkout. A whole slot is reused
 * (a tenth of the price of a new one, and installed dependencies stay), a broken one is made anew. Where tasks work in
 * the user's checkout, a branch is shown there; a bare commit always has a slot of its own.
 */
export async function checkOutSlot(
  context: RepositoryContext,
  wish: CheckoutWish,
): Promise<Worktree> {
  if (context.excludes !== null && wish.branch !== null)
    return showInCheckout(context, wish.branch, wish.commit);
  const folder = slotFolder(context, wish.slot);
  const found = await worktreeAt(context.commonDir, folder);
  if (found?.isWhole === true && (await adopt(context, found, wish)))
    return { ...found, branch: wish.branch, head: headOf(wish) };
  const isReused = found?.isWhole === true && (await reuse(context, found, wish));
  if (!isReused) await context.oneByOne(() => create(context, folder, wish));
  const made = await worktreeAt(context.commonDir, folder);
  if (made === null) throw unverified(wish, "git does not know the folder as a worktree");
  await verify(context, made, wish);
  return made;
}

/** Folder of a slot. @throws UserError when the name would lead out of the worktrees folder. */
export function slotFolder(context: RepositoryContext, slot: string): string {
  const folder = path.join(context.worktreesFolder, slot);
  if (isSlotName(slot)) return folder;
  throw new UserError("workspace/bad-slot", `\`${slot}\` is no name for a workspace folder.`, {
    hints: ["Use letters, digits, dots, dashes and underscores."],
  });
}

export function isSlotName(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name) && !name.includes("..");
}

/**
 * Removes folder and registration, in this order: a registration without a folder is recognised later, a folder
 * without a registration could be anybody's.
 */
export async function removeSlot(context: RepositoryContext, slot: string): Promise<void> {
  const folder = slotFolder(context, slot);
  const registered = await worktreeAt(context.commonDir, folder);
  if (registered === null && !(await mayRemove(context, folder))) throw foreign(folder);
  await fs.promises.rm(folder, { recursive: true, force: true, maxRetries: 3 });
  if (registered !== null)
    await fs.promises.rm(registered.gitDir, { recursive: true, force: true });
}

async function reuse(
  context: RepositoryContext,
  worktree: Worktree,
  wish: CheckoutWish,
): Promise<boolean> {
  for (const name of INTERRUPTED) {
    await fs.promises.rm(path.join(worktree.gitDir, name), { recursive: true, force: true });
  }
  const target = wish.branch === null ? ["--detach"] : ["-B", wish.branch];
  const answer = await context.gitIn(
    worktree.path,
    ["checkout", "-q", "-f", ...target, wish.commit, "--"],
    // A broken index or a missing object is no reason to give up: the slot is made anew.
    { answers: [1, 128, 255] },
  );
  return answer.code === 0;
}

/**
 * When the slot holds the wished files already, clean, only HEAD has to say so: after gates on a task's own commit, and
 * when the next task starts where the last one ended. One `git status` instead of a checkout and a status.
 */
async function adopt(
  context: RepositoryContext,
  worktree: Worktree,
  wish: CheckoutWish,
): Promise<boolean> {
  if (!holdsNothingBegun(worktree.gitDir)) return false;
  const isOnBranch = worktree.head.startsWith("ref: refs/heads/") && worktree.branch !== null;
  const at = isOnBranch ? await tipOf(context, worktree.branch) : worktree.head;
  if (at === null || !(await isSameTree(context, at, wish.commit))) return false;
  if (!wasSeenClean(context, worktree.path, at) && !(await isCleanAt(context, worktree.path, at)))
    return false;
  if (wish.branch !== null && !(await standsAt(context, wish.branch, wish.commit))) return false;
  return writeHead(worktree.gitDir, headOf(wish));
}

async function isCleanAt(
  context: RepositoryContext,
  folder: string,
  head: CommitSha,
): Promise<boolean> {
  // A broken index: the slot is made anew.
  const status = await readStatus(context, folder).catch(() => null);
  return status?.head === head && status.dirtyPaths.length === 0;
}

async function isSameTree(
  context: RepositoryContext,
  one: CommitSha,
  other: CommitSha,
): Promise<boolean> {
  if (one === other) return true;
  const [a, b] = await Promise.all([
    context.objects.findCommit(one),
    context.objects.findCommit(other),
  ]);
  return a !== null && a.tree === b?.tree;
}

/** True when the branch is there or can be made there; one that is elsewhere is for git to move. */
async function standsAt(
  context: RepositoryContext,
  branch: string,
  commit: CommitSha,
): Promise<boolean> {
  const tip = await tipOf(context, branch);
  return (
    tip === commit || (tip === null && context.refs.move(`refs/heads/${branch}`, null, commit))
  );
}

function headOf(wish: CheckoutWish): string {
  return wish.branch === null ? wish.commit : `ref: refs/heads/${wish.branch}`;
}

function holdsNothingBegun(gitDir: string): boolean {
  const names = new Set(fs.readdirSync(gitDir));
  return [...INTERRUPTED, ...BEGUN].every((name) => !names.has(name));
}

/** As git does it: the lock file is the new HEAD. False: somebody else has the lock. */
function writeHead(gitDir: string, head: string): boolean {
  const lock = path.join(gitDir, "HEAD.lock");
  try {
    fs.writeFileSync(lock, `${head}\n`, { flag: "wx" });
  } catch {
    return false;
  }
  fs.renameSync(lock, path.join(gitDir, "HEAD"));
  return true;
}

async function create(
  context: RepositoryContext,
  folder: string,
  wish: CheckoutWish,
): Promise<void> {
  // `--no-track` speaks of a new branch (without it eight at once collide on the config file); git refuses it beside
  // `--detach`.
  const target = wish.branch === null ? ["--detach"] : ["--no-track", "-B", wish.branch];
  await fs.promises.mkdir(context.worktreesFolder, { recursive: true });
  for (let left = CREATION_TRIES; left > 0; left -= 1) {
    await removeSlot(context, wish.slot);
    const answer = await context.git(
      ["worktree", "add", "-q", ...target, "--", folder, wish.commit],
      { answers: left > 1 ? [1, 128, 255] : [] },
    );
    if (answer.code === 0) return;
  }
}

async function verify(
  context: RepositoryContext,
  worktree: Worktree,
  wish: CheckoutWish,
): Promise<void> {
  const folder = await realPath(slotFolder(context, wish.slot));
  if (worktree.path !== folder) throw unverified(wish, `it is in ${worktree.path}`);
  if (!worktree.isWhole) throw unverified(wish, "its `.git` file does not lead back to it");
  const status = await cleanStatus(context, worktree.path);
  if (status.head !== wish.commit) throw unverified(wish, `HEAD is ${status.head ?? "unborn"}`);
  if (status.branch !== wish.branch) {
    throw unverified(wish, `HEAD is on ${status.branch ?? "no branch"}`);
  }
  if (status.dirtyPaths.length === 0) return;
  throw new UserError(
    "workspace/not-clean",
    `The fresh checkout in ${worktree.path} is not clean: ${status.dirtyPaths.slice(0, STRAY_PATHS_SHOWN).join(", ")}.`,
    {
      hints: [
        "Usually line endings or a filter in `.gitattributes` rewrite these files on checkout: `git add --renormalize .` and commit.",
        `Look at it with \`git -C ${worktree.path} diff\`.`,
      ],
    },
  );
}

/** Most workspaces are left clean: the second and third process are for the others. */
async function cleanStatus(context: RepositoryContext, folder: string): Promise<CheckoutStatus> {
  const status = await readStatus(context, folder);
  if (status.dirtyPaths.length === 0) return status;
  // Twice -f: also repositories that were cloned into the workspace.
  await context.gitIn(folder, ["clean", "-ffdq"], { answers: [1] });
  return readStatus(context, folder);
}

/** A folder nobody registered: ours if it is empty or its `.git` file leads into our repository. */
async function mayRemove(context: RepositoryContext, folder: string): Promise<boolean> {
  if (!(await exists(folder))) return true;
  const names = await fs.promises.readdir(folder).catch(() => null);
  if (names !== null && names.length === 0) return true;
  const pointer = /^gitdir: (.*)/.exec((await readText(path.join(folder, ".git"))) ?? "")?.[1];
  if (pointer === undefined) return false;
  const target = await realPath(path.resolve(folder, pointer.trim()));
  return target.startsWith(`${context.commonDir}/worktrees/`);
}

function foreign(folder: string): UserError {
  return new UserError(
    "workspace/folder-in-use",
    `${folder} holds files that Cairn did not make.`,
    {
      hints: ["Move the folder away, or choose another place for worktrees in the configuration."],
    },
  );
}

function unverified(wish: CheckoutWish, what: string): UserError {
  const wanted = wish.branch === null ? wish.commit.slice(0, 9) : `\`${wish.branch}\``;
  return new UserError(
    "workspace/not-verified",
    `The workspace ${wish.slot} does not show ${wanted}: ${what}.`,
    { hints: ["Run `cairn clean` and resume; if it comes back, `git worktree list` tells more."] },
  );
}
