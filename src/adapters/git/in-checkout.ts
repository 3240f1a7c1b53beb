import fs from "node:fs";
import path from "node:path";
import type { CommitSha } from "../../core/shared/names.ts";
import { UserError } from "../../errors.ts";
import { tipOf } from "./branches.ts";
import { writeExcludes } from "./checkout-excludes.ts";
import {
  readNote,
  readParked,
  removeNote,
  removeParked,
  writeNote,
  writeParked,
  type CheckoutNote,
} from "./checkout-note.ts";
import { removeRecursionLock } from "./recursion-lock.ts";
import type { RepositoryContext } from "./repository-context.ts";
import { readStatus } from "./status.ts";
import { exists, readText, worktreeAt, type Worktree } from "./worktrees.ts";

// What an agent may have begun in the checkout and left. Before the run there was none of it.
const BEGUN = [
  "MERGE_HEAD",
  "CHERRY_PICK_HEAD",
  "REVERT_HEAD",
  "rebase-merge",
  "rebase-apply",
  "sequencer",
  "BISECT_LOG",
  "BISECT_START",
  "SQUASH_MSG",
  "MERGE_MSG",
  "AUTO_MERGE",
];
const PATHS_SHOWN = 5;

/**
 * Puts the user's checkout on a task's branch, at `commit`. What is not committed there is saved under
 * `refs/cairn/set-aside/` first; untracked files that lay there before the run, and ignored ones, stay as they are.
 * @throws UserError `workspace/checkout-dirty` when work of the user's is in the way.
 */
export async function showInCheckout(
  context: RepositoryContext,
  branch: string,
  commit: CommitSha,
): Promise<Worktree> {
  const main = await enter(context, branch);
  if ((await saveWork(context, main, branch)) !== null) await discard(context, main);
  await checkOut(context, ["-B", branch, commit]);
  return { ...main, branch, head: `ref: refs/heads/${branch}` };
}

/** @throws UserError `workspace/checkout-dirty` when a run may not begin to work in the checkout. */
export async function refuseDirtyCheckout(context: RepositoryContext): Promise<void> {
  const main = await mainWorktree(context);
  if (isAway(readNote(main.gitDir), main)) return;
  const { modifiedPaths } = await readStatus(context, context.root, "no");
  const isBegun = await holdsBegun(main.gitDir);
  if (modifiedPaths.length > 0 || isBegun) throw dirty(modifiedPaths);
}

/**
 * Brings the user's own branch back (or the commit, where HEAD was detached). What a task has not committed is saved,
 * and laid out again by `takeUp` unless the run is over. Nothing happens when the checkout is the user's already.
 */
export async function leaveCheckout(context: RepositoryContext, isOver: boolean): Promise<void> {
  const main = await mainWorktree(context);
  const note = readNote(main.gitDir);
  // Its ref keeps what was parked.
  if (isOver && readParked(main.gitDir)?.run === context.run) removeParked(main.gitDir);
  if (note === null) return;
  if (isAway(note, main)) {
    const { head } = await readStatus(context, context.root, "no");
    const merging = (await readText(path.join(main.gitDir, "MERGE_HEAD")))?.trim() ?? null;
    const saved = await saveWork(context, main, note.branch);
    if (!isOver && head !== null)
      writeParked(main.gitDir, {
        run: note.run,
        branch: note.branch,
        head,
        saved: saved?.commit === null ? null : saved,
        merging,
      });
    if (saved !== null) await discard(context, main);
    const own = /^ref: refs\/heads\/(.+)$/.exec(note.home)?.[1];
    await checkOut(context, own === undefined ? ["--detach", note.home] : [own]);
  }
  await removeRecursionLock(main.gitDir);
  removeNote(main.gitDir);
}

/** Lays out again what the run had in the checkout when it came to rest. */
export async function takeUp(context: RepositoryContext): Promise<void> {
  const gitDir = context.commonDir;
  const parked = readParked(gitDir);
  if (parked === null || parked.run !== context.run) return;
  const tip = await tipOf(context, parked.branch);
  if (tip !== null) await showInCheckout(context, parked.branch, tip);
  const { saved, merging } = parked;
  if (tip === parked.head && merging !== null) {
    // Conflicts are laid out anew; what was half resolved stays in its ref.
    const merge = ["merge", "-q", "--no-edit", "--no-verify", "--no-stat", "--no-commit", merging];
    await context.gitIn(context.root, merge, { answers: [1, 2] });
  } else if (tip === parked.head && saved !== null) {
    await context.gitIn(context.root, ["read-tree", "-m", "-u", "HEAD", saved.commit]);
    await context.gitIn(context.root, ["reset", "-q"], { answers: [1] });
    await context.git(["update-ref", "-d", saved.ref]);
  }
  removeParked(gitDir);
}

/** @throws UserError when the checkout is not on the task's branch: a commit there would not be the task's. */
export async function refuseElsewhere(context: RepositoryContext): Promise<void> {
  const main = await mainWorktree(context);
  const note = readNote(main.gitDir);
  if (isAway(note, main) && main.branch === note.branch) return;
  throw new UserError(
    "workspace/checkout-moved",
    `${context.root} is not on the branch of the task any more.`,
    { hints: ["Retry the task, or put the checkout back on its branch, then `cairn resume`."] },
  );
}

/** Remembers where the user's checkout stands, once, before it is put elsewhere. */
async function enter(context: RepositoryContext, branch: string): Promise<Worktree> {
  const main = await mainWorktree(context);
  const note = readNote(main.gitDir);
  const { run } = context;
  if (isAway(note, main)) {
    writeNote(main.gitDir, { ...note, run, branch });
    return main;
  }
  await refuseDirtyCheckout(context);
  if (context.excludes !== null) await writeExcludes(context, context.excludes);
  writeNote(main.gitDir, { run, home: main.head, branch });
  return main;
}

/** True while the checkout stands where a run put it. One the user took home by hand is the user's again. */
function isAway(note: CheckoutNote | null, main: Worktree): note is CheckoutNote {
  return note !== null && (main.head !== note.home || main.branch === note.branch);
}

async function mainWorktree(context: RepositoryContext): Promise<Worktree> {
  const found = await worktreeAt(context.commonDir, context.root);
  if (found?.isMain === true && found.head !== "") return found;
  throw new UserError(
    "workspace/no-checkout",
    `${context.root} is not the main checkout of its repository.`,
    { hints: ["Leave out `--no-worktree`: then Cairn works in worktrees of its own."] },
  );
}

async function holdsBegun(gitDir: string): Promise<boolean> {
  for (const name of BEGUN) {
    // A message alone may be left from long ago.
    if (!name.endsWith("_MSG") && (await exists(path.join(gitDir, name)))) return true;
  }
  return false;
}

interface Saved {
  readonly commit: CommitSha;
  readonly ref: string;
}

/** Keeps what is not committed as a commit under a ref. Null: there is nothing, and nothing is begun. */
async function saveWork(
  context: RepositoryContext,
  main: Worktree,
  branch: string,
): Promise<Saved | null> {
  const status = await readStatus(context, context.root, "all");
  if (status.dirtyPaths.length === 0 && !(await holdsBegun(main.gitDir))) return null;
  const git = async (...args: readonly string[]): Promise<string> =>
    (await context.gitIn(context.root, args)).text.trim();
  await git("add", "-A", "--", ":/");
  const tree = await git("write-tree");
  const commit = await git("commit-tree", tree, "-p", "HEAD", "-m", `Set aside from ${branch}`);
  const ref = `refs/cairn/set-aside/${branch}-${commit.slice(0, 9)}`;
  await git("update-ref", ref, commit);
  return { commit, ref };
}

/** Only after `saveWork`: everything new is in the index then, so that git takes it out of the folder, and that alone. */
async function discard(context: RepositoryContext, main: Worktree): Promise<void> {
  await context.gitIn(context.root, ["reset", "-q", "--hard"]);
  for (const name of BEGUN) {
    await fs.promises.rm(path.join(main.gitDir, name), { recursive: true, force: true });
  }
}

/** Never with `-f`: git itself refuses where an untracked or ignored file would be overwritten. */
async function checkOut(context: RepositoryContext, target: readonly string[]): Promise<void> {
  const answer = await context.git(["checkout", "-q", "--no-overwrite-ignore", ...target, "--"], {
    cwd: context.root,
    env: context.env,
    answers: [1, 128],
  });
  if (answer.code === 0) return;
  throw new UserError(
    "workspace/checkout-dirty",
    `git would not put your checkout on ${target.at(-1)?.slice(0, 60) ?? "it"}: ${context.root} stays as it is.`,
    {
      hints: ["Move away the files git names below, then `cairn resume`."],
      quote: answer.stderr.trim(),
    },
  );
}

function dirty(paths: readonly string[]): UserError {
  const words =
    paths.length === 0
      ? "A merge, rebase or the like is under way in your checkout."
      : `Your checkout holds changes that are not committed: ${paths.slice(0, PATHS_SHOWN).join(", ")}.`;
  return new UserError("workspace/checkout-dirty", words, {
    hints: [
      "Commit them, or put them aside with `git stash`; then `cairn resume`.",
      "Without `--no-worktree` Cairn works in worktrees of its own, and your checkout does not matter.",
    ],
  });
}
