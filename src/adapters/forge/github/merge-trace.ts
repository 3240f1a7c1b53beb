import type { CommitSha } from "../../../core/shared/names.ts";
import type { MergeOutcome, MergeRequest } from "../../../ports/forge.ts";
import type { RemoteBranches, RemoteCommit } from "./branches.ts";

/** Title and the rest of the message, apart: whoever asks may have put the title in front of the rest as well. */
export function wordsOf({ title, message }: Pick<MergeRequest, "title" | "message">): {
  readonly title: string;
  readonly text: string;
} {
  const text = message.startsWith(title) ? message.slice(title.length) : message;
  return { title, text: text.trim() };
}

/**
 * The merge that was asked for, where it stands on the base since `from`; null: it is not there. Told from a person's by
 * its own words: the title and the trailers that name issue and pull request.
 */
export async function ownMerge(
  branches: RemoteBranches,
  request: MergeRequest,
  tip: CommitSha,
): Promise<Extract<MergeOutcome, { kind: "merged" }> | null> {
  const { from, candidate } = request;
  if (tip === from) return null;
  const commits = await branches.since(from, tip);
  const own = commits.find((commit) => isOurs(commit, request));
  if (own === undefined) return null;
  return asMerged(branches, own.commit, candidate, own.tree);
}

/** What was merged, and whether its tree is the one that was checked. */
export async function asMerged(
  branches: RemoteBranches,
  commit: CommitSha,
  candidate: CommitSha,
  tree?: string,
): Promise<Extract<MergeOutcome, { kind: "merged" }>> {
  const [is, should] = [tree ?? (await branches.treeOf(commit)), await branches.treeOf(candidate)];
  return is === should
    ? { kind: "merged", commit }
    : { kind: "merged", commit, isAsChecked: false };
}

function isOurs({ message }: RemoteCommit, request: MergeRequest): boolean {
  const { title, text } = wordsOf(request);
  const lines = message.split("\n").map((line) => line.trimEnd());
  // GitHub puts trailers of its own behind them.
  const trailers = text.split("\n").filter((line) => /^[A-Z][\w-]*: \S/u.test(line));
  const signs = trailers.length > 0 ? trailers : text.split("\n");
  return lines[0] === title && signs.every((line) => lines.includes(line.trimEnd()));
}
