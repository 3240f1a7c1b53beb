import fs from "node:fs/promises";
import path from "node:path";
import type { CommitSha } from "../../core/shared/names.ts";
import { dateOf } from "./author-date.ts";
import type { RepositoryContext } from "./repository-context.ts";
import { ABSENT } from "./tree-differ.ts";

/** A commit on `onto` with `paths` as they are in `from`, made in the object database through an index of its own. */
export async function treeWith(
  context: RepositoryContext,
  onto: CommitSha,
  from: CommitSha,
  paths: readonly string[],
): Promise<CommitSha> {
  const [base, other] = await Promise.all([
    context.objects.commit(onto),
    context.objects.commit(from),
  ]);
  const wanted = new Set(paths);
  const changes = await context.differ.changes(base.tree, other.tree);
  const taken = changes.filter((change) => wanted.has(change.path));
  // Removals first: a file may stand where a folder was.
  const lines = taken
    .toSorted((a, b) => Number(b.after === ABSENT) - Number(a.after === ABSENT))
    .map(({ path: name, after }) => `${after === ABSENT ? GONE : after}\t${name}\0`);
  const { name, email } = context.committer;
  const committer = `${name} <${email}> ${dateOf(base.committer)}`;
  return context.objects.writeCommit({
    tree: await writeTree(context, base.tree, lines.join("")),
    parents: [onto],
    author: committer,
    committer,
    message: `measure: ${taken.length} of ${paths.length} paths as in ${from}`,
  });
}

/** As `update-index --index-info` wants to be told of a path that goes. */
const GONE = `0 ${"0".repeat(40)}`;

/** A tree with other entries, in the form of `update-index -z --index-info`; written through an index of its own. */
export async function writeTree(
  context: RepositoryContext,
  tree: string,
  indexInfo: string,
): Promise<string> {
  await fs.mkdir(context.scratch, { recursive: true });
  const folder = await fs.mkdtemp(path.join(context.scratch, "tree-"));
  try {
    const env = {
      ...context.env,
      GIT_DIR: context.commonDir,
      GIT_INDEX_FILE: path.join(folder, "index"),
    };
    await context.git(["read-tree", tree], { env });
    await context.git(["update-index", "-z", "--index-info"], { env, input: indexInfo });
    return (await context.git(["write-tree"], { env })).text.trim();
  } finally {
    await fs.rm(folder, { recursive: true, force: true });
  }
}
