import { spawn } from "node:child_process";
import fs from "node:fs/promises";
import path from "node:path";
import type { CommitSha } from "../../core/shared/names.ts";
import type { WorkFacts } from "../../ports/repository.ts";
import { tipOf } from "./branches.ts";
import type { RepositoryContext } from "./repository-context.ts";
import { readStatus, type CheckoutStatus } from "./status.ts";
import { ABSENT, type TreeChange } from "./tree-differ.ts";
import { fields } from "./run-git.ts";
import { isAncestor } from "./workspaces.ts";
import { worktreeAt } from "./worktrees.ts";

// Nobody writes that much by hand; a generated file of this size holds no conflict worth reading it for.
const MARKER_FILE_BYTES_MAX = 2 * 1024 * 1024;
const COMMITS_MAX = 1_000;

/**
 * What a session left. The branch's tip counts, wherever HEAD is; with the workspace gone (`missing`) only committed
 * work can be named. A branch that is gone too is at its fork point.
 */
export async function inspectWork(
  context: RepositoryContext,
  folder: string,
  branch: string,
  forkPoint: CommitSha,
): Promise<WorkFacts> {
  const [status, tip] = await Promise.all([statusOf(context, folder), tipOf(context, branch)]);
  const head = tip ?? forkPoint;
  const changes = await changesBetween(context, forkPoint, head);
  const [descends, commits, changedLines, patchId, markers] = await Promise.all([
    isAncestor(context, forkPoint, head),
    commitsBetween(context, forkPoint, head),
    countLines(context, forkPoint, head, changes.length),
    patchIdOf(context, forkPoint, head, changes.length),
    findMarkers(context, folder, changes, status?.modifiedPaths ?? []),
  ]);
  return {
    head,
    onBranch: status?.branch ?? null,
    missing: status === null,
    descends,
    commits,
    changedPaths: changes.map((change) => change.path),
    changedLines,
    dirtyPaths: status?.dirtyPaths ?? [],
    markers,
    patchId,
  };
}

/** Differences between the trees of two commits. */
export async function changesBetween(
  context: RepositoryContext,
  before: CommitSha,
  after: CommitSha,
): Promise<readonly TreeChange[]> {
  const [old, now] = await Promise.all([
    context.objects.commit(before),
    context.objects.commit(after),
  ]);
  return context.differ.changes(old.tree, now.tree);
}

async function statusOf(
  context: RepositoryContext,
  folder: string,
): Promise<CheckoutStatus | null> {
  const worktree = await worktreeAt(context.commonDir, folder);
  return worktree?.isWhole === true ? readStatus(context, worktree.path, "all") : null;
}

async function commitsBetween(
  context: RepositoryContext,
  from: CommitSha,
  to: CommitSha,
): Promise<WorkFacts["commits"]> {
  if (from === to) return [];
  const answer = await context.git([
    "rev-list",
    "--topo-order",
    "--reverse",
    "--no-commit-header",
    "--format=%H %s",
    `--max-count=${COMMITS_MAX}`,
    to,
    `^${from}`,
    "--",
  ]);
  const lines = answer.text.split("\n").filter((line) => line !== "");
  return lines.map((line) => {
    const space = line.indexOf(" ");
    return { sha: line.slice(0, space), subject: line.slice(space + 1) };
  });
}

/** Added and removed lines; a binary file counts as one. */
async function countLines(
  context: RepositoryContext,
  from: CommitSha,
  to: CommitSha,
  changes: number,
): Promise<number> {
  if (changes === 0) return 0;
  const answer = await context.git([
    "diff-tree",
    "-r",
    "--numstat",
    "-z",
    "--no-renames",
    from,
    to,
    "--",
  ]);
  const counts = fields(answer.text).map((record) => {
    const [added = "-", removed = "-"] = record.split("\t");
    return added === "-" ? 1 : Number(added) + Number(removed);
  });
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Stable patch-id: equal for the same change on another base. One `diff-tree` feeding one `patch-id`. */
async function patchIdOf(
  context: RepositoryContext,
  from: CommitSha,
  to: CommitSha,
  changes: number,
): Promise<string> {
  if (changes === 0) return "";
  const env = { ...context.env, GIT_DIR: context.commonDir };
  const options = { cwd: context.commonDir, env };
  const args = [
    "diff-tree",
    "-r",
    "-p",
    "--full-index",
    "--no-renames",
    "--no-ext-diff",
    "--no-textconv",
  ];
  const patch = spawn("git", [...args, from, to, "--"], {
    ...options,
    stdio: ["ignore", "pipe", "ignore"],
  });
  const reader = spawn("git", ["patch-id", "--stable"], {
    ...options,
    stdio: ["pipe", "pipe", "ignore"],
  });
  patch.stdout.pipe(reader.stdin);
  reader.stdin.on("error", () => undefined);
  let text = "";
  reader.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  await Promise.all([ended(patch), ended(reader)]);
  return text.split(" ")[0]?.trim() ?? "";
}

function ended(child: ReturnType<typeof spawn>): Promise<void> {
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", () => resolve());
  });
}

/** Changed files that hold both ends of a conflict: committed ones, and modified ones as they lie. */
async function findMarkers(
  context: RepositoryContext,
  folder: string,
  changes: readonly TreeChange[],
  modified: readonly string[],
): Promise<readonly string[]> {
  const found = new Set<string>();
  for (const change of changes) {
    if (change.after === ABSENT) continue;
    const blob = change.after.split(" ")[1] ?? "";
    const object = await context.objects.find(blob);
    // A submodule's commit is not here at all.
    if (object?.type !== "blob" || object.bytes > MARKER_FILE_BYTES_MAX) continue;
    const bytes = await context.objects.content(blob);
    if (bytes !== null && hasMarkers(bytes)) found.add(change.path);
  }
  for (const name of modified) {
    const bytes = await readSmall(path.join(folder, name));
    if (bytes === null) continue;
    if (hasMarkers(bytes)) found.add(name);
    else found.delete(name);
  }
  return [...found].toSorted();
}

async function readSmall(file: string): Promise<Buffer | null> {
  const stat = await fs.lstat(file).catch(() => null);
  if (stat === null || !stat.isFile() || stat.size > MARKER_FILE_BYTES_MAX) return null;
  return fs.readFile(file).catch(() => null);
}

/** Both ends must be there: a heading underlined with `=======` or a quoted mail is no conflict. */
function hasMarkers(bytes: Buffer): boolean {
  const text = bytes.toString("latin1");
  return /^<{7} /m.test(text) && /^>{7} /m.test(text);
}
