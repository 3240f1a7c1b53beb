import type {
  ConflictSide,
  ConflictedFile,
  ConflictedText,
} from "../../core/merge/conflicts/facts.ts";
import { parseMarkedText } from "../../core/merge/conflicts/marked-text.ts";
import { isWrittenByProgram } from "../../core/review/stops/counted-size.ts";
import type { MergedFiles, Resolver } from "../../ports/resolver.ts";
import { blobAt, textAt, textOfBlob } from "./entries-at.ts";
import type { StagedConflict, TreeMerge } from "./read-merge.ts";
import type { RepositoryContext } from "./repository-context.ts";
import { recordedText } from "./recorded-resolutions.ts";
import { writeTree } from "./tree-with.ts";

/** A conflict of texts, or of something else that has no text to settle. */
interface Looked {
  readonly file: ConflictedFile;
  /** Mode of the file in the merged tree. */
  readonly mode: string;
  readonly text: ConflictedText | null;
}

interface Settled {
  readonly by: string;
  readonly text: string;
}

export type SettledConflict =
  | {
      readonly kind: "clean";
      readonly tree: string;
      readonly resolved: readonly { readonly path: string; readonly by: string }[];
    }
  | { readonly kind: "conflict"; readonly files: readonly ConflictedFile[] };

type StoppedMerge = Extract<TreeMerge, { kind: "conflict" }>;

const RECORDED = "recorded resolution";

/**
 * Looks into the files of a merge that stopped, and asks what was recorded and then each resolver in turn. Clean only
 * where every single file was settled; else all stay as they are, with what could have been settled named.
 */
export async function settleConflicts(
  context: RepositoryContext,
  merge: StoppedMerge,
  resolvers: readonly Resolver[],
): Promise<SettledConflict> {
  const looked = await lookInto(context, merge);
  // Where one is no text, nothing that could be said of the others makes the merge clean.
  const settled = looked.every(({ text }) => text !== null)
    ? await settle(context, merge.tree, looked, resolvers)
    : new Map<string, Settled>();
  if (settled.size < looked.length || looked.length === 0) {
    const files = looked.map(({ file }) => ({
      ...file,
      resolvedBy: settled.get(file.path)?.by ?? null,
    }));
    return { kind: "conflict", files };
  }
  const entries: string[] = [];
  for (const { file, mode } of looked) {
    const input = settled.get(file.path)?.text ?? "";
    const blob = await context.git(["hash-object", "-w", "--stdin"], { input });
    entries.push(`${mode} ${blob.text.trim()}\t${file.path}\0`);
  }
  const resolved = [...settled].map(([path, { by }]) => ({ path, by }));
  const tree = await writeTree(context, merge.tree, entries.join(""));
  return { kind: "clean", tree, resolved };
}

/** By path. Goes round again as long as something was settled: a lock file needs its manifest first. */
async function settle(
  context: RepositoryContext,
  tree: string,
  looked: readonly Looked[],
  resolvers: readonly Resolver[],
): Promise<ReadonlyMap<string, Settled>> {
  const settled = new Map<string, Settled>();
  const conflicted = new Set(looked.map(({ file }) => file.path));
  const merged: MergedFiles = {
    async textOf(path) {
      const known = settled.get(path);
      if (known !== undefined) return known.text;
      return conflicted.has(path) ? null : textAt(context, tree, path);
    },
  };
  for (let before = -1; before < settled.size && settled.size < looked.length;) {
    before = settled.size;
    for (const { file, text } of looked) {
      if (text === null || settled.has(file.path)) continue;
      const found = await settleOne(context, file, text, { resolvers, merged });
      if (found !== null) settled.set(file.path, found);
    }
  }
  return settled;
}

async function settleOne(
  context: RepositoryContext,
  file: ConflictedFile,
  text: ConflictedText,
  by: { readonly resolvers: readonly Resolver[]; readonly merged: MergedFiles },
): Promise<Settled | null> {
  const recorded = await recordedText(context, file);
  if (recorded !== null) return { by: RECORDED, text: recorded };
  for (const resolver of by.resolvers) {
    const answer = await resolver.resolve(text, by.merged);
    if (answer !== null) return { by: resolver.name, text: answer };
  }
  return null;
}

async function lookInto(
  context: RepositoryContext,
  merge: StoppedMerge,
): Promise<readonly Looked[]> {
  return Promise.all(merge.conflicts.map((conflict) => lookAt(context, merge.tree, conflict)));
}

async function lookAt(
  context: RepositoryContext,
  tree: string,
  conflict: StagedConflict,
): Promise<Looked> {
  const { path, base, ours, theirs } = conflict;
  const isText = conflict.kind === "contents" || conflict.kind === "add-add";
  const blob = isText ? await blobAt(context, tree, path) : null;
  const mode = ours === null || theirs === null ? "" : mergedMode(base, ours, theirs);
  const texts =
    blob !== null && ours !== null && theirs !== null
      ? await Promise.all(
          [blob, ours.blob, theirs.blob, (base ?? ours).blob].map((one) =>
            textOfBlob(context, one),
          ),
        )
      : [];
  const [marked = null, mine = null, other = null, was = null] = texts;
  const some = mine ?? other ?? marked ?? "";
  const isGenerated = isWrittenByProgram(path, some);
  if (marked === null || mine === null || other === null || was === null) {
    const file = { ...conflict, hunks: 0, lines: 0, isGenerated };
    return { file, mode, text: null };
  }
  return {
    file: { ...conflict, ...sizeOf(marked), isGenerated },
    mode,
    text: { path, base: base === null ? null : was, ours: mine, theirs: other, marked },
  };
}

/** Where the modes themselves do not conflict: the side that changed it has its way. */
function mergedMode(base: ConflictSide | null, ours: ConflictSide, theirs: ConflictSide): string {
  return ours.mode === base?.mode ? theirs.mode : ours.mode;
}

function sizeOf(marked: string): { readonly hunks: number; readonly lines: number } {
  const read = parseMarkedText(marked);
  // A file that shows markers itself: nobody can tell where its conflicts end.
  if (read === null) return { hunks: 1, lines: marked.split("\n").length };
  const lines = read.hunks.reduce((sum, { ours, theirs }) => sum + ours.length + theirs.length, 0);
  return { hunks: read.hunks.length, lines };
}
