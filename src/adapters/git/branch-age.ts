import type { CommitSha } from "../../core/shared/names.ts";
import type { TaskGit } from "./task-worktrees.ts";

const SECOND_MS = 1_000;

export interface BranchAge {
  /** Milliseconds since 1970 when its newest commit was made. */
  readonly newestAt: number;
  /** Commits that the base lacks. */
  readonly ahead: number;
}

/** When somebody last worked on what ends at `tip`; where all of it is on the base, the tip itself tells. */
export async function branchAge(
  git: TaskGit,
  tip: CommitSha,
  base: CommitSha | null,
): Promise<BranchAge> {
  const own = base === null ? [tip] : [tip, `^${base}`];
  const [made, last] = await Promise.all([datesOf(git, own), datesOf(git, ["--max-count=1", tip])]);
  // Not the tip's alone: a merge may carry the date of the work that it brings.
  return { newestAt: [...made, ...last].reduce((a, b) => Math.max(a, b), 0), ahead: made.length };
}

async function datesOf(git: TaskGit, words: readonly string[]): Promise<readonly number[]> {
  const { text } = await git.in(git.root, ["log", "--format=%ct", ...words, "--"]);
  return text.split("\n").flatMap((line) => (line === "" ? [] : [Number(line) * SECOND_MS]));
}
