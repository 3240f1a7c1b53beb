import type { IssueType } from "../../plan/issue.ts";
import type { ChangedFile } from "../../review/stops/changed-file.ts";
import { isAgentMail } from "../../shared/agent-mail.ts";
import type { CommitSha } from "../../shared/names.ts";

/** One commit of a task, as git tells of it. */
export interface HistoryCommit {
  readonly sha: CommitSha;
  readonly parents: readonly CommitSha[];
  /** E-mail address. */
  readonly committer: string;
  /** Author and committer as the commit names them, one a line: they are published with it. */
  readonly people?: string;
  readonly subject: string;
  /** Message without its subject, trailers and all. */
  readonly body: string;
  /** Changed paths; of a merge those that none of its parents has as they are. */
  readonly paths: readonly string[];
}

/** A commit with what differs from its first parent; of a merge, nothing. */
export interface CommitChange extends HistoryCommit {
  readonly files: readonly ChangedFile[];
}

/** Everything git has to say about how a task's head came to be. */
export interface TaskHistory {
  readonly issueType: IssueType;
  /** What the work is measured from: the fork point, or the newest commit of the base that was merged in. */
  readonly base: CommitSha;
  readonly head: CommitSha;
  /** Oldest first, without what merges of the base brought. */
  readonly commits: readonly CommitChange[];
  /** What differs between `base` and `head`. */
  readonly whole: readonly ChangedFile[];
}

/** What a commit's own words make of it. */
export type CommitRole = "work" | "chore" | "refactor" | "leftovers" | "autofix" | "merge";

/** Types of commits that say that they change no behaviour; those of the second line may make a test pass all the same. */
const REFACTOR = /^(?:refactor|style|docs|types)(?:\([^)]*\))?!?:/;
const CHORE = /^(?:chore|build|ci|perf)(?:\([^)]*\))?!?:/;

/** By its subject and the trailer that Cairn writes; an agent that writes such a trailer gains nothing by it. */
export function roleOf(commit: HistoryCommit): CommitRole {
  if (commit.parents.length > 1) return "merge";
  if (/^Committed-by: Cairn\b/m.test(commit.body)) {
    const isAutofix = commit.body.includes("gates.autofix") && !isAgentMail(commit.committer);
    return isAutofix ? "autofix" : "leftovers";
  }
  if (REFACTOR.test(commit.subject)) return "refactor";
  return CHORE.test(commit.subject) ? "chore" : "work";
}

/** Parents that merges of a task took in from elsewhere, newest first: what the base may be there, if it is the base's. */
export function mergedParents(
  forkPoint: CommitSha,
  commits: readonly HistoryCommit[],
): readonly CommitSha[] {
  const own = new Set([forkPoint, ...commits.map((commit) => commit.sha)]);
  return commits
    .filter((commit) => commit.parents.length > 1)
    .toReversed()
    .flatMap(({ parents }) => parents.toReversed().filter((parent) => !own.has(parent)));
}
