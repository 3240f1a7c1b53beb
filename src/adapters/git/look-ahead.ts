import type { CommitSha } from "../../core/shared/names.ts";
import type {
  Candidate,
  ForecastBranch,
  ForecastFound,
  MergedTips,
} from "../../ports/repository.ts";
import { dateOf } from "./author-date.ts";
import { treeOf } from "./candidates.ts";
import type { TreeMerger } from "./merge-trees.ts";
import type { RepositoryContext } from "./repository-context.ts";

// No part of any history; dates and names are fixed so that the same look writes the same object.
const NOBODY = "cairn <cairn@cairn.invalid> 0 +0000";

/**
 * Which of these pairs would conflict: the first is merged onto the tip (once for all its pairs), the second onto that,
 * each over its own fork point. A branch that does not even fit on the tip alone says nothing about its pairs.
 */
export async function forecast(
  context: RepositoryContext,
  merger: TreeMerger,
  onto: CommitSha,
  branches: readonly ForecastBranch[],
  pairs: readonly (readonly [string, string | null])[],
): Promise<readonly ForecastFound[]> {
  const byKey = new Map(branches.map((branch) => [branch.key, branch]));
  const alone = new Map<
    string,
    Promise<{ readonly on: CommitSha } | { readonly paths: readonly string[] }>
  >();
  const found: ForecastFound[] = [];
  for (const [a, b] of pairs) {
    const first = byKey.get(a);
    const second = b === null ? null : byKey.get(b);
    if (first === undefined || second === undefined) continue;
    const known = alone.get(a) ?? onTip(context, merger, onto, first);
    alone.set(a, known);
    const one = await known;
    if ("paths" in one || second === null) {
      found.push({ a, b, paths: second === null && "paths" in one ? one.paths : [] });
      continue;
    }
    const both = await merger.merge(second.forkPoint, one.on, second.head);
    found.push({ a, b, paths: both.kind === "conflict" ? both.paths : [] });
  }
  return found;
}

async function onTip(
  context: RepositoryContext,
  merger: TreeMerger,
  onto: CommitSha,
  { forkPoint, head }: ForecastBranch,
): Promise<{ readonly on: CommitSha } | { readonly paths: readonly string[] }> {
  if (forkPoint === onto) return { on: head };
  const merged = await merger.merge(forkPoint, onto, head);
  if (merged.kind === "conflict") return { paths: merged.paths };
  return { on: await asCommit(context, merged.tree, [onto]) };
}

/**
 * The commit a stacked task starts from: the tips on top of `onto`, in their order, each merged over its own fork
 * point. Its parents are `onto` and the tips; a single tip that stands on `onto` is that commit by itself.
 */
export async function mergeTips(
  context: RepositoryContext,
  merger: TreeMerger,
  request: {
    readonly onto: CommitSha;
    readonly tips: readonly { readonly forkPoint: CommitSha; readonly head: CommitSha }[];
    readonly message: string;
  },
): Promise<MergedTips> {
  const { onto, tips, message } = request;
  let on = onto;
  for (const { forkPoint, head } of tips) {
    if (forkPoint === on) {
      on = head;
      continue;
    }
    const merged = await merger.merge(forkPoint, on, head);
    if (merged.kind === "conflict") return { kind: "conflict", paths: merged.paths };
    on = await asCommit(context, merged.tree, [on]);
  }
  if (tips.length === 1 && tips[0]?.head === on) return { kind: "clean", commit: on };
  const [tree, dates] = await Promise.all([treeOf(context, on), lastDate(context, onto, tips)]);
  const { name, email } = context.committer;
  const committer = `${name} <${email}> ${dates}`;
  const parents = [onto, ...tips.map(({ head }) => head)];
  const draft = { tree, parents, author: committer, committer, message };
  return { kind: "clean", commit: await context.objects.writeCommit(draft) };
}

/** A commit on `tip` that takes a landing back: a three-way merge over the landing, with what was before it as theirs. */
export async function buildRevert(
  context: RepositoryContext,
  merger: TreeMerger,
  request: {
    readonly landed: CommitSha;
    readonly before: CommitSha;
    readonly tip: CommitSha;
    readonly message: string;
  },
): Promise<Candidate> {
  const { landed, before, tip, message } = request;
  const [tipTree, beforeTree] = await Promise.all([treeOf(context, tip), treeOf(context, before)]);
  // As a child of the landing: an older git finds its own base, and what was before it would be "merged already".
  const theirs = await asCommit(context, beforeTree, [landed]);
  const merged =
    tip === landed
      ? ({ kind: "clean", tree: beforeTree } as const)
      : await merger.merge(landed, tip, theirs);
  if (merged.kind === "conflict") {
    const { paths, messages } = merged;
    return { kind: "conflict", paths, messages };
  }
  if (merged.tree === tipTree) return { kind: "empty" };
  const changes = await context.differ.changes(tipTree, merged.tree);
  const last = await context.objects.commit(tip);
  const { name, email } = context.committer;
  const committer = `${name} <${email}> ${dateOf(last.committer)}`;
  const draft = { tree: merged.tree, parents: [tip], author: committer, committer, message };
  const commit = await context.objects.writeCommit(draft);
  const changedPaths = changes.map((change) => change.path);
  return { kind: "clean", commit, tree: merged.tree, changedPaths };
}

function asCommit(
  context: RepositoryContext,
  tree: string,
  parents: readonly CommitSha[],
): Promise<CommitSha> {
  const message = "Branches on top of each other, to look ahead.";
  return context.objects.writeCommit({ tree, parents, author: NOBODY, committer: NOBODY, message });
}

/** The newest date of what it is made of: no clock, so that the same tips give the same commit. */
async function lastDate(
  context: RepositoryContext,
  onto: CommitSha,
  tips: readonly { readonly head: CommitSha }[],
): Promise<string> {
  const commits = await Promise.all(
    [onto, ...tips.map(({ head }) => head)].map((id) => context.objects.commit(id)),
  );
  const dates = commits.map(({ committer }) => dateOf(committer));
  return (
    dates.toSorted((a, b) => Number(b.split(" ")[0]) - Number(a.split(" ")[0]))[0] ?? "0 +0000"
  );
}
