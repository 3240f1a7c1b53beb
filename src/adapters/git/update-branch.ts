import type { CommitSha } from "../../core/shared/names.ts";
import type { BranchUpdate } from "../../ports/repository.ts";
import { dateOf } from "./author-date.ts";
import { keep } from "./keep-commits.ts";
import type { TreeMerger } from "./merge-trees.ts";
import type { RepositoryContext } from "./repository-context.ts";

/**
 * The commit that brings a branch onto a newer base, built in the object database: its commits one by one on top of it,
 * or, where they do not go over singly, one merge of the base. Either way its tree is the one that was checked. Same
 * request, same commit.
 */
export async function buildUpdate(
  context: RepositoryContext,
  merger: TreeMerger,
  request: BranchUpdate,
): Promise<CommitSha> {
  const commit = await updatedTip(context, merger, request);
  await keep(context, commit);
  return commit;
}

async function updatedTip(
  context: RepositoryContext,
  merger: TreeMerger,
  request: BranchUpdate,
): Promise<CommitSha> {
  const replayed = request.method === "rebase" ? await replay(context, merger, request) : null;
  if (replayed !== null) return replayed;
  const { author } = await context.objects.commit(request.head);
  return context.objects.writeCommit({
    tree: request.tree,
    parents: [request.head, request.onto],
    author,
    committer: committerOf(context, author),
    message: request.message,
  });
}

/** Null where a commit conflicts on the way, is a merge itself, or the end is not the tree that was checked. */
async function replay(
  context: RepositoryContext,
  merger: TreeMerger,
  request: BranchUpdate,
): Promise<CommitSha | null> {
  const range = `${request.forkPoint}..${request.head}`;
  const listed = await context.git(["rev-list", "--reverse", "--topo-order", range, "--"]);
  let tip = request.onto;
  for (const id of listed.text.split("\n").filter((line) => line !== "")) {
    const { parents, author } = await context.objects.commit(id);
    const [parent] = parents;
    if (parent === undefined || parents.length !== 1) return null;
    const merged = await merger.merge(parent, tip, id);
    if (merged.kind === "conflict") return null;
    tip = await context.objects.writeCommit({
      tree: merged.tree,
      parents: [tip],
      author,
      committer: committerOf(context, author),
      message: await messageOf(context, id),
    });
  }
  const { tree } = await context.objects.commit(tip);
  return tree === request.tree && tip !== request.onto ? tip : null;
}

async function messageOf(context: RepositoryContext, id: CommitSha): Promise<string> {
  const text = (await context.objects.content(`${id}^{commit}`))?.toString("utf8") ?? "";
  const end = text.indexOf("\n\n");
  return end < 0 ? "" : text.slice(end + 2);
}

function committerOf(context: RepositoryContext, author: string): string {
  return `${context.committer.name} <${context.committer.email}> ${dateOf(author)}`;
}
