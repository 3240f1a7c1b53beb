import type { RepositoryContext } from "./repository-context.ts";
import { fields } from "./run-git.ts";

export interface TreeEntry {
  readonly mode: string;
  readonly blob: string;
}

// A text longer than this is not merged by rules that hold it several times in memory.
const TEXT_BYTES_MAX = 8_000_000;

/** Plain files, links and submodules of a tree or commit at these very paths. */
export async function entriesAt(
  context: RepositoryContext,
  tree: string,
  paths: readonly string[],
): Promise<ReadonlyMap<string, TreeEntry>> {
  const literally = { ...context.env, GIT_LITERAL_PATHSPECS: "1" };
  const args = ["ls-tree", "-z", "--full-tree", tree, "--", ...paths];
  const listed = paths.length === 0 ? "" : (await context.git(args, { env: literally })).text;
  return new Map(
    fields(listed).map((record) => {
      const tab = record.indexOf("\t");
      const [mode = "", , blob = ""] = record.slice(0, tab).split(" ");
      return [record.slice(tab + 1), { mode, blob }];
    }),
  );
}

/** The blob at a path of a tree, without a process where git can be asked for the name in one line. */
export async function blobAt(
  context: RepositoryContext,
  tree: string,
  path: string,
): Promise<string | null> {
  const found = await context.objects.find(`${tree}:${path}`);
  if (found !== null) return found.type === "blob" ? found.id : null;
  return (await entriesAt(context, tree, [path])).get(path)?.blob ?? null;
}

/** Null where it is no text, or too long. */
export async function textOfBlob(context: RepositoryContext, blob: string): Promise<string | null> {
  const bytes = await context.objects.content(blob);
  if (bytes === null || bytes.length > TEXT_BYTES_MAX || bytes.includes(0)) return null;
  const text = bytes.toString("utf8");
  return Buffer.from(text, "utf8").equals(bytes) ? text : null;
}

/** Null where no plain text file lies there. */
export async function textAt(
  context: RepositoryContext,
  tree: string,
  path: string,
): Promise<string | null> {
  const entry = (await entriesAt(context, tree, [path])).get(path);
  return entry?.mode.startsWith("100") === true ? textOfBlob(context, entry.blob) : null;
}
