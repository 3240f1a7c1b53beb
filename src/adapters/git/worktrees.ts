import fs from "node:fs/promises";
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

/**
 * All checkouts, the main one first. Reads files instead of asking `git worktree list`: this is asked before every
 * move of a branch, and a process costs ten times as much.
 */
export async function readWorktrees(commonDir: string): Promise<readonly Worktree[]> {
  const folder = path.join(commonDir, "worktrees");
  const names: readonly string[] = await fs.readdir(folder).catch(() => []);
  const linked = await Promise.all(names.map((name) => readLinked(path.join(folder, name))));
  return [await readMain(commonDir), ...linked.filter((one) => one !== null)];
}

/** The checkout registered for this folder; null: none. */
export async function worktreeAt(commonDir: string, folder: string): Promise<Worktree | null> {
  const real = await realPath(folder);
  const all = await readWorktrees(commonDir);
  return all.find((one) => one.path === real || one.path === folder) ?? null;
}

/** Path with links resolved as far as it exists. */
export async function realPath(folder: string): Promise<string> {
  try {
    return await fs.realpath(folder);
  } catch {
    const parent = path.dirname(folder);
    return parent === folder ? folder : path.join(await realPath(parent), path.basename(folder));
  }
}

async function readMain(commonDir: string): Promise<Worktree> {
  return {
    path: await realPath(path.dirname(commonDir)),
    gitDir: commonDir,
    isMain: true,
    lockedBecause: null,
    isWhole: true,
    ...(await readHead(commonDir)),
  };
}

async function readLinked(gitDir: string): Promise<Worktree | null> {
  const pointer = (await readText(path.join(gitDir, "gitdir")))?.trim();
  // git writes `gitdir` before anything that could be in our way; without it there is nothing to be found.
  if (pointer === undefined || pointer === "") return null;
  // Absolute unless the owner asked for relative ones (worktree.useRelativePaths, git 2.48).
  const dotGit = path.resolve(gitDir, pointer);
  const back = /^gitdir: (.*)/.exec((await readText(dotGit)) ?? "")?.[1]?.trim();
  const folder = path.dirname(dotGit);
  const pointsBack =
    back !== undefined && (await realPath(path.resolve(folder, back))) === (await realPath(gitDir));
  const head = await readHead(gitDir);
  return {
    path: await realPath(folder),
    gitDir,
    isMain: false,
    lockedBecause: (await readText(path.join(gitDir, "locked")))?.trim() ?? null,
    isWhole: pointsBack && head.head !== "" && (await exists(path.join(gitDir, "index"))),
    ...head,
  };
}

async function readHead(gitDir: string): Promise<{ branch: string | null; head: string }> {
  const head = (await readText(path.join(gitDir, "HEAD")))?.trim() ?? "";
  const branch = /^ref: refs\/heads\/(.+)$/.exec(head)?.[1];
  if (branch !== undefined) return { branch, head };
  for (const state of ["rebase-merge", "rebase-apply"]) {
    const name = await readText(path.join(gitDir, state, "head-name"));
    const rebased = /^refs\/heads\/(.+)$/.exec(name?.trim() ?? "")?.[1];
    if (rebased !== undefined) return { branch: rebased, head };
  }
  return { branch: null, head };
}

export async function readText(file: string): Promise<string | null> {
  return fs.readFile(file, "utf8").catch(() => null);
}

export async function exists(file: string): Promise<boolean> {
  return fs.lstat(file).then(
    () => true,
    () => false,
  );
}
