import fs from "node:fs";
import path from "node:path";

/** A checkout of the repository, as git's own files register it. */
export interface Worktree {
  /** Real path of the folder, whether or not it is there. */
  readonly path: string;
  readonly gitDir: string;
  readonly isMain: boolean;
  /** Branch its HEAD is on, or that a rebase in it will go back to; null when detached or unreadable. */
  readonly branch: string | null;
  /** HEAD as it stands: `ref: …` or a commit id; empty when unreadable. */
  readonly head: string;
  readonly lockedBecause: string | null;
  /** The folder is there and its `.git` file points back. */
  readonly isWhole: boolean;
}

// Synchronous within: these files are tiny, and a trip to the thread pool takes ten times as long as reading one.

/**
 * All checkouts, the main one first. Reads files instead of asking `git worktree list`: this is asked before every
 * move of a branch, and a process costs ten times as much.
 */
export async function readWorktrees(commonDir: string): Promise<readonly Worktree[]> {
  const folder = path.join(commonDir, "worktrees");
  const linked = readFolder(folder).map((name) => readLinked(path.join(folder, name)));
  return Promise.resolve([readMain(commonDir), ...linked.filter((one) => one !== null)]);
}

/** The checkout registered for this folder; null: none. */
export async function worktreeAt(commonDir: string, folder: string): Promise<Worktree | null> {
  const real = await realPath(folder);
  const all = await readWorktrees(commonDir);
  return all.find((one) => one.path === real || one.path === folder) ?? null;
}

/** Path with links resolved as far as it exists. */
export async function realPath(folder: string): Promise<string> {
  return Promise.resolve(resolveLinks(folder));
}

function resolveLinks(folder: string): string {
  try {
    return fs.realpathSync.native(folder);
  } catch {
    const parent = path.dirname(folder);
    return parent === folder ? folder : path.join(resolveLinks(parent), path.basename(folder));
  }
}

function readFolder(folder: string): readonly string[] {
  try {
    return fs.readdirSync(folder);
  } catch {
    return [];
  }
}

function readMain(commonDir: string): Worktree {
  return {
    path: resolveLinks(path.dirname(commonDir)),
    gitDir: commonDir,
    isMain: true,
    lockedBecause: null,
    isWhole: true,
    ...readHead(commonDir),
  };
}

function readLinked(gitDir: string): Worktree | null {
  const pointer = readNow(path.join(gitDir, "gitdir"))?.trim();
  // git writes `gitdir` before anything that could be in our way; without it there is nothing to be found.
  if (pointer === undefined || pointer === "") return null;
  // Absolute unless the owner asked for relative ones (worktree.useRelativePaths, git 2.48).
  const dotGit = path.resolve(gitDir, pointer);
  const back = /^gitdir: (.*)/.exec(readNow(dotGit) ?? "")?.[1]?.trim();
  const folder = path.dirname(dotGit);
  const pointsBack =
    back !== undefined && resolveLinks(path.resolve(folder, back)) === resolveLinks(gitDir);
  const head = readHead(gitDir);
  return {
    path: resolveLinks(folder),
    gitDir,
    isMain: false,
    lockedBecause: readNow(path.join(gitDir, "locked"))?.trim() ?? null,
    isWhole: pointsBack && head.head !== "" && fs.existsSync(path.join(gitDir, "index")),
    ...head,
  };
}

function readHead(gitDir: string): { branch: string | null; head: string } {
  const head = readNow(path.join(gitDir, "HEAD"))?.trim() ?? "";
  const branch = /^ref: refs\/heads\/(.+)$/.exec(head)?.[1];
  if (branch !== undefined) return { branch, head };
  for (const state of ["rebase-merge", "rebase-apply"]) {
    const name = readNow(path.join(gitDir, state, "head-name"));
    const rebased = /^refs\/heads\/(.+)$/.exec(name?.trim() ?? "")?.[1];
    if (rebased !== undefined) return { branch: rebased, head };
  }
  return { branch: null, head };
}

export async function readText(file: string): Promise<string | null> {
  return Promise.resolve(readNow(file));
}

function readNow(file: string): string | null {
  try {
    return fs.readFileSync(file, "utf8");
  } catch {
    return null;
  }
}

export async function exists(file: string): Promise<boolean> {
  return Promise.resolve(fs.lstatSync(file, { throwIfNoEntry: false }) !== undefined);
}
