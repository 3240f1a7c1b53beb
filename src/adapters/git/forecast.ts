import fs from "node:fs/promises";
import path from "node:path";
import type { CommitSha } from "../../core/shared/names.ts";
import type { ForecastBranch, ForecastFound } from "../../ports/repository.ts";
import { openTreeMerger, type TreeMerger } from "./merge-trees.ts";
import { openObjectStore } from "./object-store.ts";
import type { TreeMerge } from "./read-merge.ts";
import type { RepositoryContext } from "./repository-context.ts";
import { runGit } from "./run-git.ts";
import { openTreeDiffer } from "./tree-differ.ts";

type Pair = readonly [string, string | null];
/** A branch on the tip: the commit that both are, or the paths where it does not fit. */
type OnTip = { readonly on: CommitSha } | { readonly paths: readonly string[] };

/**
 * Which of these pairs would conflict: the first is merged onto the tip (once for all its pairs), the second onto that,
 * each over its own fork point. A branch that does not even fit on the tip alone says nothing about its pairs.
 */
async function forecast(
  { context, merger }: Aside,
  onto: CommitSha,
  branches: readonly ForecastBranch[],
  pairs: readonly Pair[],
): Promise<readonly ForecastFound[]> {
  const byKey = new Map(branches.map((branch) => [branch.key, branch]));
  const known = pairs.filter(([a, b]) => byKey.has(a) && (b === null || byKey.has(b)));
  const firsts = new Set(known.map(([a]) => a));
  const needed = new Set(known.filter(([, b]) => b !== null).map(([a]) => a));
  const alone = branches.filter(({ key }) => firsts.has(key));
  const onTip = await eachOnTip(context, merger, { onto, alone, needed });
  return foundIn(merger, known, byKey, onTip);
}

/** `needed`: only those are given a commit for another one to stand on. */
async function eachOnTip(
  context: RepositoryContext,
  merger: TreeMerger,
  look: {
    readonly onto: CommitSha;
    readonly alone: readonly ForecastBranch[];
    readonly needed: ReadonlySet<string>;
  },
): Promise<ReadonlyMap<string, OnTip>> {
  const { onto, alone, needed } = look;
  const onTip = new Map<string, OnTip>();
  // Cut from the tip itself: its own head is the two together.
  for (const { key, forkPoint, head } of alone)
    if (forkPoint === onto) onTip.set(key, { on: head });
  const rest = alone.filter(({ key }) => !onTip.has(key));
  const merges = await merger.mergeMany(
    rest.map(({ forkPoint, head }) => ({ base: forkPoint, ours: onto, theirs: head })),
  );
  for (const [at, { key }] of rest.entries()) {
    const merge = merges[at];
    if (merge === undefined) continue;
    const paths = conflictsOf(merge);
    if (paths.length > 0 || !needed.has(key)) onTip.set(key, { paths });
    else onTip.set(key, { on: await onTop(context, merge.tree, onto) });
  }
  return onTip;
}

async function foundIn(
  merger: TreeMerger,
  pairs: readonly Pair[],
  byKey: ReadonlyMap<string, ForecastBranch>,
  onTip: ReadonlyMap<string, OnTip>,
): Promise<readonly ForecastFound[]> {
  const asked = pairs.map(([a, b]) => {
    const first = onTip.get(a);
    const second = b === null ? undefined : byKey.get(b);
    if (first === undefined || !("on" in first) || second === undefined) return null;
    return { base: second.forkPoint, ours: first.on, theirs: second.head };
  });
  const merges = await merger.mergeMany(asked.filter((sides) => sides !== null));
  let next = 0;
  return pairs.map(([a, b], at) => {
    if (asked[at] !== null) {
      const merge = merges[next];
      next += 1;
      return { a, b, paths: merge === undefined ? [] : conflictsOf(merge) };
    }
    const first = onTip.get(a);
    const paths = b === null && first !== undefined && "paths" in first ? first.paths : [];
    return { a, b, paths };
  });
}

function conflictsOf(merge: TreeMerge): readonly string[] {
  return merge.kind === "conflict" ? merge.paths : [];
}

// No part of any history; dates and names are fixed so that the same look writes the same object.
const NOBODY = "cairn <cairn@cairn.invalid> 0 +0000";

function onTop(context: RepositoryContext, tree: string, on: CommitSha): Promise<CommitSha> {
  const message = "A branch on the tip, to look ahead.";
  const draft = { tree, parents: [on], author: NOBODY, committer: NOBODY, message };
  return context.objects.writeCommit(draft);
}

/** Where forecasts are made. */
export interface Lookout {
  forecast(
    onto: CommitSha,
    branches: readonly ForecastBranch[],
    pairs: readonly Pair[],
  ): Promise<readonly ForecastFound[]>;
  close(): Promise<void>;
}

interface Aside {
  readonly context: RepositoryContext;
  readonly merger: TreeMerger;
  close(): Promise<void>;
}

/** After so many merges the folder is left for a new one: some ten thousand small files. */
const MERGES_MAX = 4_000;

/**
 * Everything a forecast writes lies in a folder of its own: a run looks ahead after every landing, and would leave the
 * repository hundreds of thousands of objects that nobody wants. One forecast at a time.
 */
export function openLookout(context: RepositoryContext): Lookout {
  let aside: Aside | null = null;
  let asked = 0;
  let last: Promise<unknown> = Promise.resolve();
  const leave = async (): Promise<void> => {
    await aside?.close();
    aside = null;
    asked = 0;
  };
  return {
    forecast(onto, branches, pairs) {
      const next = last.then(async () => {
        aside ??= await openAside(context);
        asked += branches.length + pairs.length;
        const found = await forecast(aside, onto, branches, pairs);
        if (asked > MERGES_MAX) await leave();
        return found;
      });
      last = next.catch(leave);
      return next;
    },
    async close() {
      await last;
      await leave();
    },
  };
}

async function openAside(context: RepositoryContext): Promise<Aside> {
  await fs.mkdir(context.scratch, { recursive: true });
  const scratch = await fs.mkdtemp(path.join(context.scratch, "ahead-"));
  const { commonDir } = context;
  const objectsFolder = path.join(scratch, "objects");
  await fs.mkdir(path.join(objectsFolder, "info"), { recursive: true });
  const alternate = quoted(path.join(commonDir, "objects"));
  await fs.writeFile(path.join(objectsFolder, "info", "alternates"), `${alternate}\n`);
  const env = { ...context.env, GIT_OBJECT_DIRECTORY: objectsFolder };
  const objects = openObjectStore({ commonDir, env, scratch });
  const differ = openTreeDiffer(commonDir, env);
  const git: RepositoryContext["git"] = (args, call) =>
    runGit({ cwd: commonDir, env: { ...env, GIT_DIR: commonDir }, ...call, args });
  const other = { ...context, env, scratch, objects, differ, git };
  const merger = openTreeMerger(other);
  return {
    context: other,
    merger,
    async close() {
      await Promise.all([objects.close(), differ.close(), merger.close()]);
      await fs.rm(scratch, { recursive: true, force: true });
    },
  };
}

/** As git reads paths of object folders: a line break would end one. */
function quoted(folder: string): string {
  const escaped = folder.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
  return `"${escaped}"`;
}
