import type { CommitSha } from "../../core/shared/names.ts";
import type { Candidate, MergedTips } from "../../ports/repository.ts";
import { dateOf } from "./author-date.ts";
import { treeOf } from "./candidates.ts";
import { keep } from "./keep-commits.ts";
import type { TreeMerger } from "./merge-trees.ts";
import type { RepositoryContext } from "./repository-context.ts";

// No part of any history; dates and names are fixed so that the same look writes the same object.
const NOBODY = "cairn <cairn@cairn.invalid> 0 +0000";

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
    on = await onTop(context, merged.tree, on);
  }
  if (tips.length === 1 && tips[0]?.head === on) return { kind: "clean", commit: on };
  const [tree, dates] = await Promise.all([treeOf(context, on), lastDate(context, onto, tips)]);
  const { name, email } = context.committer;
  const committer = `${name} <${email}> ${dates}`;
  const parents = [onto, ...tips.map(({ head }) => head)];
  const draft = { tree, parents, author: committer, committer, message };
  const commit = await context.objects.writeCommit(draft);
  await keep(context, commit);
  return { kind: "clean", commit };
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
  const theirs = await onTop(context, beforeTree, landed);
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
  await keep(context, commit);
  const changedPaths = changes.map((change) => change.path);
  return { kind: "clean", commit, tree: merged.tree, changedPaths };
}

function onTop(context: RepositoryContext, tree: string, on: CommitSha): Promise<CommitSha> {
  const message = "A tree on top of a commit, on the way to another.";
  const draft = { tree, parents: [on], author: NOBODY, committer: NOBODY, message };
  return context.objects.writeCommit(draft);
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
