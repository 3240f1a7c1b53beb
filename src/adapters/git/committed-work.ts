import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { CommitSha } from "../../core/shared/names.ts";
import type { WorkFacts } from "../../ports/repository.ts";
import { PatchReader, summarisePatch, type PatchSummary } from "./patch.ts";
import type { RepositoryContext } from "./repository-context.ts";
import { ABSENT, PATCH_ARGUMENTS, type TreeChange } from "./tree-differ.ts";
import { isAncestor } from "./workspaces.ts";

/** What two commits say about the work between them: never changes, so it is read once. */
export type CommittedWork = Pick<
  WorkFacts,
  "descends" | "commits" | "changedPaths" | "changedLines" | "patchId" | "markers"
>;

// Nobody writes that much by hand; a generated file of this size holds no conflict worth reading it for.
export const MARKER_FILE_BYTES_MAX = 2 * 1024 * 1024;
const COMMITS_MAX = 1_000;
/** Up to here history is walked commit by commit; a process is dearer only than that. */
const WALKED_MAX = 24;
/** Above either, a patch is not held in memory but read as it comes, from a process of its own. */
const PATCH_BYTES_MAX = 1024 * 1024;
const PATCH_FILES_MAX = 200;
/** A task is asked about at its two or three newest heads. */
const KEPT_MAX = 64;

const known = new WeakMap<RepositoryContext, Map<string, Promise<CommittedWork>>>();

/** What the branch at `head` holds beyond `forkPoint`. */
export function committedWork(
  context: RepositoryContext,
  forkPoint: CommitSha,
  head: CommitSha,
): Promise<CommittedWork> {
  const kept = known.get(context) ?? new Map<string, Promise<CommittedWork>>();
  known.set(context, kept);
  const name = `${forkPoint}..${head}`;
  const found = kept.get(name);
  if (found !== undefined) return found;
  const read = readWork(context, forkPoint, head);
  kept.set(name, read);
  // Trouble is not remembered.
  read.catch(() => kept.delete(name));
  const [oldest] = kept.keys();
  if (kept.size > KEPT_MAX && oldest !== undefined) kept.delete(oldest);
  return read;
}

async function readWork(
  context: RepositoryContext,
  forkPoint: CommitSha,
  head: CommitSha,
): Promise<CommittedWork> {
  const [old, now] = await Promise.all([
    context.objects.commit(forkPoint),
    context.objects.commit(head),
  ]);
  const changes = await context.differ.changes(old.tree, now.tree);
  const [descends, commits, summary, markers] = await Promise.all([
    isAncestor(context, forkPoint, head),
    commitsBetween(context, forkPoint, head),
    summaryOf(context, old.tree, now.tree, changes),
    findCommittedMarkers(context, changes),
  ]);
  const changedPaths = changes.map((change) => change.path);
  return { descends, commits, changedPaths, markers, ...summary };
}

async function commitsBetween(
  context: RepositoryContext,
  from: CommitSha,
  to: CommitSha,
): Promise<WorkFacts["commits"]> {
  return (await walkLine(context, from, to)) ?? listCommits(context, from, to);
}

/** A short line of plain commits, oldest first; null: anything else. */
async function walkLine(
  context: RepositoryContext,
  from: CommitSha,
  to: CommitSha,
): Promise<WorkFacts["commits"] | null> {
  const line: WorkFacts["commits"][number][] = [];
  for (let sha = to; sha !== from;) {
    const commit = await context.objects.findCommit(sha);
    const [parent, second] = commit?.parents ?? [];
    if (commit?.subject == null || parent === undefined || second !== undefined) return null;
    line.push({ sha, subject: commit.subject });
    if (line.length > WALKED_MAX) return null;
    sha = parent;
  }
  return line.toReversed();
}

async function listCommits(
  context: RepositoryContext,
  from: CommitSha,
  to: CommitSha,
): Promise<WorkFacts["commits"]> {
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

async function summaryOf(
  context: RepositoryContext,
  before: string,
  after: string,
  changes: readonly TreeChange[],
): Promise<PatchSummary> {
  if (changes.length === 0) return { changedLines: 0, patchId: "" };
  if (await isSmall(context, changes))
    return summarisePatch(await context.differ.patch(before, after));
  return summariseAsItComes(context, before, after);
}

async function isSmall(
  context: RepositoryContext,
  changes: readonly TreeChange[],
): Promise<boolean> {
  if (changes.length > PATCH_FILES_MAX) return false;
  const blobs = changes
    .flatMap((change) => [change.before, change.after])
    .filter((entry) => entry !== ABSENT)
    .map((entry) => entry.split(" ")[1] ?? "");
  const found = await Promise.all(blobs.map((blob) => context.objects.find(blob)));
  const bytes = found.reduce((sum, object) => sum + (object?.bytes ?? 0), 0);
  return bytes <= PATCH_BYTES_MAX;
}

async function summariseAsItComes(
  context: RepositoryContext,
  before: string,
  after: string,
): Promise<PatchSummary> {
  const child = spawn("git", ["diff-tree", ...PATCH_ARGUMENTS, before, after, "--"], {
    cwd: context.commonDir,
    env: { ...context.env, GIT_DIR: context.commonDir },
    stdio: ["ignore", "pipe", "ignore"],
  });
  const failed = once(child, "error").then(([error]) => {
    throw error;
  });
  const reader = new PatchReader();
  const read = async (): Promise<PatchSummary> => {
    const lines = createInterface({ input: child.stdout.setEncoding("latin1") });
    for await (const line of lines) reader.take(line);
    return reader.end();
  };
  return Promise.race([read(), failed]);
}

/** Changed files that hold both ends of a conflict. */
async function findCommittedMarkers(
  context: RepositoryContext,
  changes: readonly TreeChange[],
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const change of changes) {
    if (change.after === ABSENT) continue;
    const blob = change.after.split(" ")[1] ?? "";
    const object = await context.objects.find(blob);
    // A submodule's commit is not here at all.
    if (object?.type !== "blob" || object.bytes > MARKER_FILE_BYTES_MAX) continue;
    const bytes = await context.objects.content(blob);
    if (bytes !== null && hasMarkers(bytes)) found.push(change.path);
  }
  return found;
}

/** Both ends must be there: a heading underlined with `=======` or a quoted mail is no conflict. */
export function hasMarkers(bytes: Buffer): boolean {
  const text = bytes.toString("latin1");
  return /^<{7} /m.test(text) && /^>{7} /m.test(text);
}
