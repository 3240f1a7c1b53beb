import type { CommitSha } from "../../core/shared/names.ts";
import { BrokenPromise } from "../../errors.ts";
import type { Candidate, CandidateRequest } from "../../ports/repository.ts";
import { dateOf } from "./author-date.ts";
import {
  baseAsLanded,
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
  // git merges while everything else is looked at; over a wrong base for nothing.
  const [attempt, facts, author, isOwnFork] = await Promise.all([
    onto === forkPoint ? noMerge(merger, onto) : merger.merge(forkPoint, onto, head),
    ownChanges(context, request),
    context.objects.commit(request.authorOf),
    isAncestor(context, forkPoint, head),
  ]);
  // Any other commit makes a merge that looks clean and takes back what the base has got since.
  if (!isOwnFork) {
    const why = `${forkPoint.slice(0, 9)}, recorded as the fork point, is not part of the branch.`;
    return { kind: "refused", paths: [], why };
  }
  const { ontoTree, headTree, own } = facts;
  // Nothing moved meanwhile: the branch's own tree is the result.
  const first = attempt ?? ({ kind: "clean", tree: headTree } as const);
  const merged =
    first.kind === "clean" ? { ...first, resolved: null } : await resolved(context, request, first);
  if (merged.kind === "conflict") return merged;
  if (merged.tree === ontoTree) return { kind: "empty" };
  // The commit is written while the check reads; where it is refused nothing ever points at it.
  const [landed, commit] = await Promise.all([
    context.differ.changes(ontoTree, merged.tree),
    context.objects.writeCommit({
      tree: merged.tree,
      parents: request.method === "merge" ? [onto, head] : [onto],
      author: author.author,
      committer: `${context.committer.name} <${context.committer.email}> ${dateOf(author.author)}`,
      message: request.message,
    }),
  ]);
  const refused = await refuse(context, { own, landed }, { forkPoint, onto, head });
  if (refused !== null) return refused;
  await keep(context, commit);
  const changedPaths = landed.map((change) => change.path);
  const byRule = merged.resolved === null ? {} : { resolved: merged.resolved };
  return { kind: "clean", commit, tree: merged.tree, changedPaths, ...byRule };
}

async function ownChanges(
  context: RepositoryContext,
  { onto, forkPoint, head }: CandidateRequest,
): Promise<{ ontoTree: string; headTree: string; own: LandingDiffs["own"] }> {
  const [ontoTree, forkTree, headTree] = await Promise.all(
    [onto, forkPoint, head].map((commit) => treeOf(context, commit)),
  );
  if (ontoTree === undefined || forkTree === undefined || headTree === undefined)
    throw new BrokenPromise("A commit without a tree.");
  const [own] = await Promise.all([
    context.differ.changes(forkTree, headTree),
    prepareToWrite(context),
  ]);
  return { ontoTree, headTree, own };
}

/** The base has not moved: then the next branch will find that it has. */
async function noMerge(merger: TreeMerger, onto: CommitSha): Promise<null> {
  await merger.prepare(onto);
  return null;
}

/** What writes is started while git reads, or the first landing waits for one child after the other. */
async function prepareToWrite({ objects, refs }: RepositoryContext): Promise<void> {
  objects.prepare();
  refs.prepare();
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
  sides: Pick<LandingDiffs, "own" | "landed">,
  commits: { readonly forkPoint: CommitSha; readonly onto: CommitSha; readonly head: CommitSha },
): Promise<Candidate | null> {
  const known = baseAsLanded(sides);
  if (known !== null && objectToLanding({ ...sides, base: known }).length === 0) return null;
  const [forkTree, ontoTree] = await Promise.all([
    treeOf(context, commits.forkPoint),
    treeOf(context, commits.onto),
  ]);
  // All that the base has got since may be thousands of paths: it is read only where something needs an explanation.
  const diffs = { ...sides, base: await context.differ.changes(forkTree, ontoTree) };
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
    // As far as a merge looks; what the owner has set for looking at differences is smaller, and would refuse good ones.
    "-l7000",
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
