import fs from "node:fs/promises";
import path from "node:path";
import type { CommitSha } from "../../core/shared/names.ts";
import type { RepositoryContext } from "./repository-context.ts";
import { fields } from "./run-git.ts";
import { ABSENT } from "./tree-differ.ts";

export type TreeMerge =
  | { readonly kind: "clean"; readonly tree: string }
  | {
      readonly kind: "conflict";
      /** Conflict markers and all. */
      readonly tree: string;
      readonly paths: readonly string[];
      readonly messages: string;
    };

export interface TreeMerger {
  /** Three-way merge of two commits over an explicit base, in the object database alone. */
  merge(base: CommitSha, ours: CommitSha, theirs: CommitSha): Promise<TreeMerge>;
}

const MESSAGES_MAX = 8_000;
// Never part of any history; dates and names are fixed so that the same merge writes the same object.
const NOBODY = "cairn <cairn@cairn.invalid> 0 +0000";

/**
 * Merges with the attributes of our side's tree (`merge=union`, drivers): a merge outside of a work tree ignores them,
 * and git 2.39 has no option for it, so they are laid out alone in a folder that is named as the work tree.
 */
export function openTreeMerger(context: RepositoryContext): TreeMerger {
  const attributes = openAttributesFolder(context);
  return {
    merge: (base, ours, theirs) =>
      attributes.during(ours, (folder) => mergeIn(context, folder, { base, ours, theirs })),
  };
}

async function mergeIn(
  context: RepositoryContext,
  folder: string,
  sides: { readonly base: CommitSha; readonly ours: CommitSha; readonly theirs: CommitSha },
): Promise<TreeMerge> {
  const { base, ours, theirs } = sides;
  const isDirect = context.mergeMode === "merge-base";
  const left = isDirect ? ours : await withParent(context, ours, base);
  const args = isDirect ? [`--merge-base=${base}`, left, theirs] : [left, theirs];
  const answer = await context.git(["merge-tree", "--write-tree", "--messages", "-z", ...args], {
    cwd: folder,
    env: { ...context.env, GIT_DIR: context.commonDir, GIT_WORK_TREE: folder },
    answers: [1],
  });
  // The made-up commit means nothing to a reader, and not much do the others.
  const plainly = (words: string): string =>
    words.replaceAll(left, "the base").replaceAll(theirs, "the branch");
  return readMerge(answer.code, answer.text, plainly);
}

/** Our side's tree with the base as its only parent: so git finds just that base. */
async function withParent(
  context: RepositoryContext,
  ours: CommitSha,
  base: CommitSha,
): Promise<CommitSha> {
  const { tree } = await context.objects.commit(ours);
  return context.objects.writeCommit({
    tree,
    parents: [base],
    author: NOBODY,
    committer: NOBODY,
    message: "Our side of a merge, on its base.",
  });
}

/**
 * Output: tree NUL, then `mode blob stage TAB path` NUL for each conflicted entry, an empty field, then messages as
 * count, paths, kind, words.
 */
function readMerge(code: number, text: string, plainly: (words: string) => string): TreeMerge {
  const parts = fields(text);
  const tree = parts[0] ?? "";
  if (code === 0) return { kind: "clean", tree };
  const gap = parts.indexOf("", 1);
  const entries = parts.slice(1, gap < 0 ? undefined : gap);
  const messages = gap < 0 ? [] : readMessages(parts.slice(gap + 1));
  const paths = new Set(entries.map((entry) => entry.slice(entry.indexOf("\t") + 1)));
  for (const message of messages) {
    // A clash of folders or renames may leave no staged entry behind; its paths stand in the message alone.
    if (message.kind.startsWith("CONFLICT")) for (const name of message.paths) paths.add(name);
  }
  const words = messages
    .filter((one) => one.kind !== "Auto-merging")
    .map((one) => one.words.trim());
  return {
    kind: "conflict",
    tree,
    paths: [...paths].toSorted(),
    messages: plainly(words.join("\n")).slice(0, MESSAGES_MAX),
  };
}

interface MergeMessage {
  readonly paths: readonly string[];
  readonly kind: string;
  readonly words: string;
}

function readMessages(parts: readonly string[]): readonly MergeMessage[] {
  const messages: MergeMessage[] = [];
  for (let at = 0; at < parts.length;) {
    const count = Number(parts[at]);
    if (!Number.isInteger(count)) break;
    messages.push({
      paths: parts.slice(at + 1, at + 1 + count),
      kind: parts[at + 1 + count] ?? "",
      words: parts[at + 2 + count] ?? "",
    });
    at += count + 3;
  }
  return messages;
}

/**
 * A folder with nothing but the `.gitattributes` files of one tree; laid out anew only when one of them changes. What
 * works in it works alone: the next may need another tree's.
 */
function openAttributesFolder(context: RepositoryContext): {
  during<T>(commit: CommitSha, work: (folder: string) => Promise<T>): Promise<T>;
} {
  const folder = path.join(context.scratch, "attributes");
  let shown: string | null = null;
  let last: Promise<unknown> = Promise.resolve();

  async function show(commit: CommitSha): Promise<void> {
    const { tree } = await context.objects.commit(commit);
    if (shown === tree) return;
    const before = shown;
    // Unknown until it is done: a failure in the middle must not be taken for the old state.
    shown = null;
    if (before === null) await layOutAll(context, folder, tree);
    else await layOutChanges(context, folder, before, tree);
    shown = tree;
  }

  return {
    during(commit, work) {
      const next = last.then(async () => {
        await show(commit);
        return work(folder);
      });
      last = next.catch(() => undefined);
      return next;
    },
  };
}

async function layOutAll(context: RepositoryContext, folder: string, tree: string): Promise<void> {
  await fs.rm(folder, { recursive: true, force: true });
  await fs.mkdir(folder, { recursive: true });
  const listing = await context.git(["ls-tree", "-r", "-z", "--full-tree", tree]);
  for (const record of fields(listing.text)) {
    const tab = record.indexOf("\t");
    await layOut(context, folder, record.slice(tab + 1), record.slice(0, tab).split(" ")[2] ?? "");
  }
}

async function layOutChanges(
  context: RepositoryContext,
  folder: string,
  before: string,
  after: string,
): Promise<void> {
  for (const change of await context.differ.changes(before, after)) {
    await layOut(context, folder, change.path, change.after.split(" ")[1] ?? "", change.after);
  }
}

async function layOut(
  context: RepositoryContext,
  folder: string,
  name: string,
  blob: string,
  entry = "",
): Promise<void> {
  if (path.basename(name) !== ".gitattributes") return;
  const file = path.join(folder, name);
  if (entry === ABSENT) {
    await fs.rm(file, { force: true });
    return;
  }
  const bytes = await context.objects.content(blob);
  await fs.mkdir(path.dirname(file), { recursive: true });
  await fs.writeFile(file, bytes ?? "");
}
