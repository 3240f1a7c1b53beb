import type { CommitSha } from "../../core/shared/names.ts";
import type { RepositoryContext } from "./repository-context.ts";
import { fields } from "./run-git.ts";

export interface CheckoutStatus {
  /** Null before the first commit. */
  readonly head: CommitSha | null;
  readonly branch: string | null;
  /** Modified or untracked, not ignored; at most `DIRTY_PATHS_MAX`. */
  readonly dirtyPaths: readonly string[];
  /** The tracked ones among them. */
  readonly modifiedPaths: readonly string[];
  readonly hasUnmerged: boolean;
}

// Enough for every use (a commit takes all of them anyway); an agent that unpacked an archive must not fill the log.
export const DIRTY_PATHS_MAX = 2_000;

/** One `git status`. `untracked: "all"` names each file; `normal` names a new folder once, which is quicker. */
export async function readStatus(
  context: Pick<RepositoryContext, "gitIn">,
  folder: string,
  untracked: "all" | "normal" | "no" = "normal",
): Promise<CheckoutStatus> {
  const answer = await context.gitIn(folder, [
    "status",
    "--porcelain=v2",
    "--branch",
    "-z",
    "--no-renames",
    "--ignore-submodules=none",
    `--untracked-files=${untracked}`,
  ]);
  return parseStatus(answer.text);
}

/** Reads porcelain v2 with NUL ends. Renames are off, so every record is one field. */
export function parseStatus(text: string): CheckoutStatus {
  let head: CommitSha | null = null;
  let branch: string | null = null;
  let hasUnmerged = false;
  const dirty: string[] = [];
  const modified: string[] = [];
  for (const record of fields(text)) {
    const oid = /^# branch\.oid ([0-9a-f]+)$/.exec(record)?.[1];
    const name = /^# branch\.head (.+)$/s.exec(record)?.[1];
    const path = pathOf(record);
    if (oid !== undefined) head = oid;
    else if (name !== undefined) branch = name === "(detached)" ? null : name;
    else if (path !== null) {
      dirty.push(path);
      if (!record.startsWith("?")) modified.push(path);
      if (record.startsWith("u ")) hasUnmerged = true;
    }
  }
  return {
    head,
    branch,
    dirtyPaths: dirty.slice(0, DIRTY_PATHS_MAX),
    modifiedPaths: modified.slice(0, DIRTY_PATHS_MAX),
    hasUnmerged,
  };
}

/** `1` changed: eight fields before the path; `u` unmerged: ten; `?` untracked: one. */
function pathOf(record: string): string | null {
  const before = { "1": 8, u: 10, "?": 1 }[record.charAt(0)];
  if (before === undefined || record.charAt(1) !== " ") return null;
  return record.split(" ").slice(before).join(" ");
}
