import type { CommitSha } from "../../core/shared/names.ts";
import type { FileChange } from "../../ports/repository.ts";
import type { RepositoryContext } from "./repository-context.ts";
import { fields } from "./run-git.ts";

/** Nobody reviews a longer file line by line; what it says by rule stands near its beginning or nowhere. */
const TEXT_BYTES_MAX = 1024 * 1024;
/** Of all texts of one answer, since it is held in memory. */
const TEXTS_BYTES_MAX = 64 * 1024 * 1024;
/** Where git looks for the NUL byte by which it knows a binary file. */
const SNIFFED_BYTES = 8000;
const SUBMODULE = "160000";

/** How one side of a path stands in its tree. */
interface Side {
  readonly mode: string;
  readonly blob: string;
}

interface Changed {
  readonly path: string;
  readonly before: Side;
  readonly after: Side;
}

/** One of its two is null, and both where nothing was asked for or there is nothing. */
interface ReadSide {
  readonly text: string | null;
  readonly unread: string | null;
}

/** Of a path: lines added and deleted, null for both where it is binary. */
type LineCounts = readonly [added: number | null, deleted: number | null];

/** What differs between two commits, path by path in byte order; texts of the paths that `wantsText` accepts. */
export async function changesBetween(
  context: RepositoryContext,
  from: CommitSha,
  to: CommitSha,
  wantsText: (path: string) => boolean,
): Promise<readonly FileChange[]> {
  const [old, now] = await Promise.all([context.objects.commit(from), context.objects.commit(to)]);
  if (old.tree === now.tree) return [];
  // Nothing of the user's taste, and nothing that what is compared could hide: a `.gitmodules` may ask for `ignore = all`.
  const answer = await context.git([
    "diff-tree",
    "-r",
    "-z",
    "--raw",
    "--numstat",
    "--no-abbrev",
    "--no-renames",
    "--no-ext-diff",
    "--no-textconv",
    "--ignore-submodules=none",
    old.tree,
    now.tree,
    "--",
  ]);
  const { changed, counts } = readAnswer(fields(answer.text));
  const changes: FileChange[] = [];
  let bytesLeft = TEXTS_BYTES_MAX;
  for (const { path, before, after } of changed) {
    const [added, deleted] = counts.get(path) ?? [0, 0];
    const isWanted = wantsText(path);
    const read = async (side: Side): Promise<ReadSide> => {
      if (!isWanted || isAbsent(side)) return { text: null, unread: null };
      const bytes = await bytesOf(context, side, bytesLeft);
      bytesLeft -= bytes?.length ?? 0;
      const isText = bytes !== null && !isBinary(bytes);
      return isText
        ? { text: bytes.toString("utf8"), unread: null }
        : { text: null, unread: side.blob };
    };
    // One after the other: each is a question to the same child, and the sum is held to.
    const [was, is] = [await read(before), await read(after)];
    const unread = { before: was.unread, after: is.unread };
    const isUnread = unread.before !== null || unread.after !== null;
    const texts = { before: was.text, after: is.text };
    changes.push({ path, added, deleted, ...texts, ...(isUnread ? { unread } : {}) });
  }
  return changes;
}

/** What a blob holds, whatever it is, as UTF-8; null: it is not there, or longer than `bytesMax`. */
export async function blobText(
  context: RepositoryContext,
  blob: string,
  bytesMax: number,
): Promise<string | null> {
  const found = await context.objects.find(blob);
  if (found === null || found.bytes > bytesMax) return null;
  // A process of its own: the child that answers short questions would gather a long answer anew with each piece.
  return (await context.git(["cat-file", "blob", found.id], { bytesMax: found.bytes })).text;
}

/** First all `:mode mode blob blob status NUL path NUL`, then all `added TAB deleted TAB path NUL`. */
function readAnswer(parts: readonly string[]): {
  readonly changed: readonly Changed[];
  readonly counts: ReadonlyMap<string, LineCounts>;
} {
  const changed: Changed[] = [];
  let at = 0;
  for (; parts[at]?.startsWith(":") === true; at += 2) {
    const [oldMode = "", newMode = "", oldBlob = "", newBlob = ""] = (parts[at] ?? "")
      .slice(1)
      .split(" ");
    const before = { mode: oldMode, blob: oldBlob };
    changed.push({ path: parts[at + 1] ?? "", before, after: { mode: newMode, blob: newBlob } });
  }
  const counts = new Map<string, LineCounts>();
  for (const part of parts.slice(at)) {
    const [added = "", deleted = "", ...path] = part.split("\t");
    counts.set(path.join("\t"), [countOf(added), countOf(deleted)]);
  }
  return { changed, counts };
}

function countOf(word: string): number | null {
  return word === "-" ? null : Number(word);
}

async function bytesOf(
  context: RepositoryContext,
  side: Side,
  bytesMax: number,
): Promise<Buffer | null> {
  const found = await context.objects.find(side.blob);
  if (found === null || found.bytes > Math.min(TEXT_BYTES_MAX, bytesMax)) return null;
  return context.objects.content(side.blob);
}

/** A submodule's commit is not in this repository; the zeros of an absent side are in none. */
function isAbsent({ mode }: Side): boolean {
  return mode === SUBMODULE || mode === "000000";
}

function isBinary(bytes: Buffer): boolean {
  return bytes.subarray(0, SNIFFED_BYTES).includes(0);
}
