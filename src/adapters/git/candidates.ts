import type { CommitSha } from "../../core/shared/names.ts";
import { BrokenPromise } from "../../errors.ts";
import type { Candidate, CandidateRequest } from "../../ports/repository.ts";
import { dateOf } from "./author-date.ts";
import {
  objectToLanding,
  withoutRenamed,
  type LandingDiffs,
  type Renames,
} from "./landing-check.ts";
import { keep } from "./keep-commits.ts";
import type { TreeMerger } from "./merge-trees.ts";
import type { TreeMerge } from "./read-merge.ts";
import type { RepositoryContext } from "./repository-context.ts";
import { fields } from "./run-git.ts";
import { settleConflicts, type SettledConflict } from "./settle-conflicts.ts";
import { isAncestor } from "./workspaces.ts";

const PATHS_SHOWN = 10;

/** Builds the commit that would land, in the object database, and checks it. Moves nothing. */
export async function buildCandidate(
  context: RepositoryContext,
  merger: TreeMerger,
  request: CandidateRequest,
): Promise<Candidate> {
  const { onto, forkPoint, head } = request;
  const [ontoTree, forkTree, headTree, author, isOwnFork] = await Promise.all([
    treeOf(context, onto),
    treeOf(context, forkPoint),
    treeOf(context, head),
    context.objects.commit(request.authorOf),
    isAncestor(context, forkPoint, head),
  ]);
  // Any other commit makes a merge that looks clean and takes back what the base has got since.
  if (!isOwnFork) {
    const why = `${forkPoint.slice(0, 9)}, recorded as the fork point, is not part of the branch.`;
    return { kind: "refused", paths: [], why };
  }
  // The check's two other sides are read while git merges.
  const [attempt, own, base] = await Promise.all([
    // Nothing moved meanwhile: the branch's own tree is the result.
    ontoTree === forkTree
      ? ({ kind: "clean", tree: headTree } as const)
      : merger.merge(forkPoint, onto, head),
    context.differ.changes(forkTree, headTree),
    context.differ.changes(forkTree, ontoTree),
  ]);
  const merged =
    attempt.kind === "clean"
      ? { ...attempt, resolved: null }
      : await resolved(context, request, attempt);
  if (merged.kind === "conflict") return merged;
  if (merged.tree === ontoTree) return { kind: "empty" };
  const landed = await context.differ.changes(ontoTree, merged.tree);
  const diffs = { own, base, landed };
  const refused = await refuse(context, diffs, { forkPoint, onto, head });
  if (refused !== null) return refused;
  const commit = await context.objects.writeCommit({
    tree: merged.tree,
    parents: request.method === "merge" ? [onto, head] : [onto],
    author: author.author,
    committer: `${context.committer.name} <${context.committer.email}> ${dateOf(author.author)}`,
    message: request.message,
  });
  await keep(context, commit);
  const changedPaths = landed.map((change) => change.path);
  const byRule = merged.resolved === null ? {} : { resolved: merged.resolved };
  return { kind: "clean", commit, tree: merged.tree, changedPaths, ...byRule };
}

/** Conflicts that are settled by rule, all of them, are none. */
async function resolved(
  context: RepositoryContext,
  request: CandidateRequest,
  conflict: Extract<TreeMerge, { kind: "conflict" }>,
): Promise<Extract<SettledConflict, { kind: "clean" }> | Extract<Candidate, { kind: "conflict" }>> {
  const { paths, messages } = conflict;
  const settled = await settleConflicts(context, conflict, request.resolvers ?? []);
  return settled.kind === "clean"
    ? settled
    : { kind: "conflict", paths, messages, files: settled.files };
}

/**
 * The merge commit `--no-ff` that would land `head` on `target`. Its base is git's own: both branches are Cairn's or
 * the owner's, and everything between them was merged, never copied.
 */
export async function buildLanding(
  context: RepositoryContext,
  merger: TreeMerger,
  request: { readonly target: CommitSha; readonly head: CommitSha; readonly message: string },
): Promise<Candidate> {
  const { target, head, message } = request;
  const bases = await context.git(["merge-base", target, head], { answers: [1] });
  const forkPoint = bases.text.trim();
  if (forkPoint === "") {
    return { kind: "refused", paths: [], why: "The two branches have no commit in common." };
  }
  if (forkPoint === head) return { kind: "empty" };
  const method = "merge";
  return buildCandidate(context, merger, {
    onto: target,
    forkPoint,
    head,
    method,
    message,
    authorOf: head,
  });
}

export async function treeOf(context: RepositoryContext, commit: CommitSha): Promise<string> {
  const found = await context.objects.findCommit(commit);
  if (found !== null) return found.tree;
  throw new BrokenPromise(`Commit ${commit} is not in the repository.`);
}

async function refuse(
  context: RepositoryContext,
  diffs: LandingDiffs,
  commits: { readonly forkPoint: CommitSha; readonly onto: CommitSha; readonly head: CommitSha },
): Promise<Candidate | null> {
  const strict = objectToLanding(diffs);
  if (strict.length === 0) return null;
  const [own, base] = await Promise.all([
    renamesBetween(context, commits.forkPoint, commits.head),
    renamesBetween(context, commits.forkPoint, commits.onto),
  ]);
  const left = withoutRenamed(strict, diffs, { own, base });
  if (left.length === 0) return null;
  const paths = left.map((objection) => objection.path);
  const outside = left.filter((objection) => objection.why === "outside").length;
  const shown = `${paths.slice(0, PATHS_SHOWN).join(", ")}${paths.length > PATHS_SHOWN ? ", …" : ""}`;
  const why =
    outside > 0
      ? `The merge would change ${shown}, which the branch did not touch.`
      : `The merge would not bring the branch's version of ${shown}.`;
  return { kind: "refused", paths, why };
}

/** New path -> old path. */
async function renamesBetween(
  context: RepositoryContext,
  from: CommitSha,
  to: CommitSha,
): Promise<Renames["own"]> {
  const answer = await context.git([
    "diff-tree",
    "-r",
    "-M",
    "-z",
    "--name-status",
    "--diff-filter=R",
    from,
    to,
    "--",
  ]);
  const parts = fields(answer.text);
  const renames = new Map<string, string>();
  for (let at = 0; at + 2 < parts.length; at += 3)
    renames.set(parts[at + 2] ?? "", parts[at + 1] ?? "");
  return renames;
}
