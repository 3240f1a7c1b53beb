import type { CommitSha } from "../../core/shared/names.ts";
import type { RepositoryContext } from "./repository-context.ts";
import { writeTree } from "./tree-with.ts";

/** Three-way merge of one text; null where it cannot tell. */
export type MergeTexts = (base: string, ours: string, theirs: string) => string | null;

/**
 * The tree of a merge that stopped, with the conflicted `paths` merged as texts; null where one of them is no plain
 * file on both sides, or the texts cannot be merged either.
 */
export async function mergeAdded(
  context: RepositoryContext,
  merge: { readonly tree: string; readonly paths: readonly string[] },
  sides: { readonly base: CommitSha; readonly ours: CommitSha; readonly theirs: CommitSha },
  mergeTexts: MergeTexts,
): Promise<string | null> {
  const entries: string[] = [];
  for (const path of merge.paths) {
    const [base, ours, theirs] = await Promise.all([
      textAt(context, sides.base, path),
      textAt(context, sides.ours, path),
      textAt(context, sides.theirs, path),
    ]);
    if (ours === null || theirs === null) return null;
    const text = mergeTexts(base ?? "", ours, theirs);
    if (text === null) return null;
    const blob = await context.git(["hash-object", "-w", "--stdin"], { input: text });
    entries.push(`${PLAIN_FILE} ${blob.text.trim()}\t${path}\0`);
  }
  return writeTree(context, merge.tree, entries.join(""));
}

const PLAIN_FILE = "100644";

/** Null where no plain text file lies there. */
async function textAt(
  context: RepositoryContext,
  commit: CommitSha,
  path: string,
): Promise<string | null> {
  const listed = await context.git(["ls-tree", "-z", "--full-tree", commit, "--", path]);
  const [, mode, blob = ""] = /^(\d{6}) blob ([0-9a-f]{40,64})\t/.exec(listed.text) ?? [];
  if (mode !== PLAIN_FILE) return null;
  const bytes = await context.objects.content(blob);
  if (bytes === null || bytes.includes(0)) return null;
  return bytes.toString("utf8");
}
