import { createHash } from "node:crypto";
import { createReadStream, lstatSync, readlinkSync, type Stats } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { gitEnvironment } from "../adapters/git/git-environment.ts";
import { runGit } from "../adapters/git/run-git.ts";
import { COMMITTER } from "./session-environment.ts";

/** Bytes of dirty files that are read; further ones are told apart by size and time. */
const READ_MAX = 256 * 1024 * 1024;

/**
 * What a program could have changed in a checkout: files, branches, tags, where HEAD stands. Of a file that is dirty
 * already, its content counts too. Ignored files do not: builds, caches and logs change by themselves while somebody
 * works here, there may be a hundred thousand of them, and a planner's copy of the repository has none.
 */
export async function footprint(folder: string): Promise<readonly string[]> {
  const env = gitEnvironment(COMMITTER);
  const git = async (...args: readonly string[]): Promise<string> =>
    (await runGit({ cwd: folder, env, args, answers: [1, 128] })).text;
  const [head, refs, status] = await Promise.all([
    git("symbolic-ref", "--quiet", "HEAD"),
    git("for-each-ref", "--format=%(refname) %(objectname)", "refs/heads", "refs/tags"),
    git("status", "--porcelain=v1", "-z", "--no-renames", "--untracked-files=all"),
  ]);
  const dirty = status.split("\0").filter((line) => line !== "" && !isOwn(line.slice(3)));
  return [`HEAD ${head.trim()}`, ...refs.split("\n"), ...(await withContents(folder, dirty))];
}

/** Names of what is in one footprint only. */
export function differences(
  before: readonly string[],
  after: readonly string[],
): readonly string[] {
  const [was, is] = [new Set(before), new Set(after)];
  const changed = [
    ...after.filter((line) => !was.has(line)),
    ...before.filter((line) => !is.has(line)),
  ];
  return [...new Set(changed.map((line) => nameIn(line)))];
}

/** Where the planner's own copy may be; a repository need not ignore it. */
function isOwn(file: string): boolean {
  return file.startsWith(".cairn/tmp/");
}

/** Status lines, each with what stands for its content behind a NUL. */
async function withContents(folder: string, lines: readonly string[]): Promise<readonly string[]> {
  const marked: string[] = [];
  let left = READ_MAX;
  for (const line of lines) {
    const file = join(folder, line.slice(3));
    const stats = lstatSync(file, { throwIfNoEntry: false });
    marked.push(`${line}\0${await contentOf(file, stats, left)}`);
    if (stats?.isFile() === true && stats.size <= left) left -= stats.size;
  }
  return marked;
}

async function contentOf(file: string, stats: Stats | undefined, left: number): Promise<string> {
  if (stats === undefined) return "gone";
  const look = `${stats.size} ${stats.mtimeMs}`;
  try {
    if (stats.isSymbolicLink()) return readlinkSync(file);
    // A folder here is a repository of its own.
    if (!stats.isFile() || stats.size > left) return stats.isDirectory() ? "folder" : look;
    const hash = createHash("sha256");
    await pipeline(createReadStream(file), hash);
    return `${stats.mode} ${hash.digest("hex")}`;
  } catch {
    // Not for this user to read, or gone meanwhile.
    return look;
  }
}

/** `refs/heads/main` of a branch's line, the path of a status line. */
function nameIn(line: string): string {
  if (line.startsWith("HEAD ")) return "HEAD";
  const [shown = line] = line.split("\0");
  return shown.startsWith("refs/") ? (shown.split(" ")[0] ?? shown) : shown.slice(3);
}
