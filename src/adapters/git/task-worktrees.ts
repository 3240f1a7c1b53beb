import fs from "node:fs";
import path from "node:path";
import type { CommitSha } from "../../core/shared/names.ts";
import { gitEnvironment, withSetting, type Identity } from "./git-environment.ts";
import { readRecursionLock, removeRecursionLock } from "./recursion-lock.ts";
import { runGit, type GitAnswer } from "./run-git.ts";
import { readStatus, type CheckoutStatus } from "./status.ts";
import { readTaskNote, writeTaskNote, type TaskNote } from "./task-note.ts";
import { readWorktrees, realPath, type Worktree } from "./worktrees.ts";

/** A folder below the one for worktrees, as git and the disk know it. */
export interface FoundWorktree {
  readonly path: string;
  /** Null: the folder is there, and git has no worktree in it. */
  readonly registered: Worktree | null;
  readonly isThere: boolean;
  readonly note: TaskNote | null;
  /** Run and branch of a run's own worktree. */
  readonly run: string | null;
  readonly runBranch: string | null;
  /** Milliseconds since 1970 when it was made and when its HEAD last moved; null: it is gone. */
  readonly createdAt: number | null;
  readonly usedAt: number | null;
}

/** git in the checkouts of one repository, with the person's name on what is committed anew. */
export interface TaskGit {
  readonly root: string;
  readonly commonDir: string;
  in(folder: string, args: readonly string[], answers?: readonly number[]): Promise<GitAnswer>;
}

/** @throws GitFailed where there is no repository. */
export async function openTaskGit(root: string, person: Identity): Promise<TaskGit> {
  const plain = gitEnvironment(person);
  // What these do in the background would be a surprise in a tool that promises to leave all as it was.
  const settings = [
    ["rebase.autoStash", "false"],
    ["rebase.updateRefs", "false"],
    ["rebase.autoSquash", "false"],
  ] as const;
  let env = plain;
  for (const [key, value] of settings) env = withSetting(env, key, value);
  const common = await runGit({
    args: ["rev-parse", "--path-format=absolute", "--git-common-dir"],
    cwd: root,
    env,
  });
  return {
    root,
    commonDir: await realPath(common.text.replace(/\n$/, "")),
    in: (folder, args, answers = []) => runGit({ cwd: folder, env, args, answers }),
  };
}

/** Every worktree in a folder or one level below, whoever made it; sorted by path. */
export async function worktreesBelow(
  git: TaskGit,
  folder: string,
): Promise<readonly FoundWorktree[]> {
  const top = await realPath(folder);
  const registered = (await readWorktrees(git.commonDir)).filter(
    (one) => !one.isMain && one.path.startsWith(`${top}/`),
  );
  const known = new Set(registered.map((one) => one.path));
  // Folders that git has forgotten: only where its worktrees lie, and only if they were some.
  const stray = foldersIn(path.join(top, "tasks"))
    .filter((place) => !known.has(place))
    .map((place) => foundAt(place, null));
  const all = await Promise.all([...registered.map((one) => foundAt(one.path, one)), ...stray]);
  return all.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

async function foundAt(place: string, registered: Worktree | null): Promise<FoundWorktree> {
  const lock = registered === null ? null : await readRecursionLock(registered.gitDir);
  const isThere = fs.existsSync(place);
  const stamps =
    registered === null
      ? [timeOf(place)]
      : [
          timeOf(path.join(registered.gitDir, "gitdir")),
          timeOf(path.join(registered.gitDir, "logs/HEAD")),
        ];
  const times = stamps.filter((at) => at !== null);
  return {
    path: place,
    registered,
    isThere,
    note: registered === null ? null : readTaskNote(registered.gitDir),
    run: lock?.run ?? null,
    runBranch: lock?.branch ?? null,
    createdAt: times.length === 0 ? null : Math.min(...times),
    usedAt: times.length === 0 ? null : Math.max(...times),
  };
}

/** Says whose a fresh worktree is. Until then it is an orphan; after it, nobody takes it for a run's. */
export async function signWorktree(gitDir: string, note: TaskNote): Promise<void> {
  writeTaskNote(gitDir, note);
  await removeRecursionLock(gitDir);
}

/** What is not committed there; null: the worktree is broken or gone. */
export async function statusAt(
  git: TaskGit,
  found: Pick<FoundWorktree, "path" | "registered">,
): Promise<CheckoutStatus | null> {
  if (found.registered?.isWhole !== true) return null;
  const gitIn = (folder: string, args: readonly string[]): Promise<GitAnswer> =>
    git.in(folder, args);
  return readStatus({ gitIn }, found.path).catch(() => null);
}

/** Commits the branch has over the base, and the other way round; null: one of them is not there. */
export async function aheadBehind(
  git: TaskGit,
  branch: string,
  base: string,
): Promise<{ readonly ahead: number; readonly behind: number } | null> {
  const range = `refs/heads/${branch}...${base}`;
  const args = ["rev-list", "--left-right", "--count", "--end-of-options", range, "--"];
  const answer = await git.in(git.root, args, [128]);
  const found = /^(\d+)\t(\d+)/.exec(answer.text);
  return found === null ? null : { ahead: Number(found[1]), behind: Number(found[2]) };
}

/** Nearest common commit; null: none. */
export async function mergeBase(
  git: TaskGit,
  one: CommitSha,
  other: CommitSha,
): Promise<CommitSha | null> {
  const answer = await git.in(git.root, ["merge-base", one, other], [1, 128]);
  return answer.code === 0 ? answer.text.trim() : null;
}

/** Keeps a tip that nothing else holds, under `refs/cairn/old/`; answers the ref. */
export async function keepTip(git: TaskGit, branch: string, tip: CommitSha): Promise<string> {
  const ref = `refs/cairn/old/${branch}-${tip.slice(0, 9)}`;
  await git.in(git.root, ["update-ref", ref, tip]);
  return ref;
}

function foldersIn(folder: string): readonly string[] {
  try {
    return fs
      .readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => path.join(folder, entry.name));
  } catch {
    return [];
  }
}

function timeOf(file: string): number | null {
  return fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? null;
}
