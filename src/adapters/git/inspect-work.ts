import fs from "node:fs/promises";
import path from "node:path";
import type { CommitSha } from "../../core/shared/names.ts";
import type { InspectScope, WorkFacts } from "../../ports/repository.ts";
import { tipOf } from "./branches.ts";
import { committedWork, hasMarkers, MARKER_FILE_BYTES_MAX } from "./committed-work.ts";
import type { RepositoryContext } from "./repository-context.ts";
import { noteLook } from "./seen-clean.ts";
import { readStatus, type CheckoutStatus } from "./status.ts";
import { worktreeAt } from "./worktrees.ts";

/**
 * What a session left. The branch's tip counts, wherever HEAD is; with the workspace gone (`missing`) only committed
 * work can be named. A branch that is gone too is at its fork point.
 */
export async function inspectWork(
  context: RepositoryContext,
  folder: string,
  branch: string,
  forkPoint: CommitSha,
  scope: InspectScope = "all",
): Promise<WorkFacts> {
  const [status, tip] = await Promise.all([
    scope === "all" ? statusOf(context, folder) : placeOf(context, folder),
    tipOf(context, branch),
  ]);
  const head = tip ?? forkPoint;
  const work = await committedWork(context, forkPoint, head);
  return {
    head,
    onBranch: status?.branch ?? null,
    missing: status === null,
    ...work,
    dirtyPaths: status?.dirtyPaths ?? [],
    markers: await markersAsTheyLie(folder, work.markers, status?.modifiedPaths ?? []),
  };
}

type Place = Pick<CheckoutStatus, "branch" | "dirtyPaths" | "modifiedPaths">;

async function statusOf(context: RepositoryContext, folder: string): Promise<Place | null> {
  const worktree = await worktreeAt(context.commonDir, folder);
  if (worktree?.isWhole !== true) return null;
  const status = await readStatus(context, worktree.path, "all");
  noteLook(context, worktree.path, status.dirtyPaths.length === 0 ? status.head : null);
  return status;
}

/** Where the workspace stands, from git's own files; nobody asks what lies in it. */
async function placeOf(context: RepositoryContext, folder: string): Promise<Place | null> {
  const worktree = await worktreeAt(context.commonDir, folder);
  if (worktree?.isWhole !== true) return null;
  const branch = worktree.head.startsWith("ref:") ? worktree.branch : null;
  return { branch, dirtyPaths: [], modifiedPaths: [] };
}

/** The committed ones, corrected by modified files as they lie. */
async function markersAsTheyLie(
  folder: string,
  committed: readonly string[],
  modified: readonly string[],
): Promise<readonly string[]> {
  const found = new Set(committed);
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
