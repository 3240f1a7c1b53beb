import { randomUUID } from "node:crypto";
import fs from "node:fs/promises";
import path from "node:path";
import type { CommitSha, RunId } from "../../core/shared/names.ts";
import type { Repository } from "../../ports/repository.ts";
import { mailOf, protectedRefs, undoBreaches } from "./breaches.ts";
import * as branches from "./branches.ts";
import { buildCandidate, buildLanding, treeOf } from "./candidates.ts";
import { blobText, changesBetween } from "./changes-between.ts";
import { checkoutExcludes } from "./checkout-excludes.ts";
import { removeSlot } from "./checkout-slot.ts";
import { writeCommitGraph } from "./commit-graph.ts";
import { commitFiles } from "./commit-files.ts";
import { filesAt } from "./files-at.ts";
import { gitEnvironment, withSetting, type Identity } from "./git-environment.ts";
import { mergeModeOf, readGitVersion, type MergeMode } from "./git-version.ts";
import { historyOf } from "./history-of.ts";
import { leaveCheckout, refuseDirtyCheckout, refuseElsewhere, takeUp } from "./in-checkout.ts";
import { inspectWork } from "./inspect-work.ts";
import {
  findLeftovers,
  removeLeftover,
  type Leftover,
  type LeftoverQuestion,
} from "./leftovers.ts";
import { letGo } from "./keep-commits.ts";
import { openLookout } from "./forecast.ts";
import { buildRevert, mergeTips } from "./look-ahead.ts";
import { openTreeMerger } from "./merge-trees.ts";
import { openObjectStore } from "./object-store.ts";
import { readTextAt } from "./read-text-at.ts";
import { recordResolutions } from "./recorded-resolutions.ts";
import { openRefMover } from "./ref-mover.ts";
import type { RepositoryContext } from "./repository-context.ts";
import { runGit } from "./run-git.ts";
import { readStatus } from "./status.ts";
import { treeWith } from "./tree-with.ts";
import { buildUpdate } from "./update-branch.ts";
import { openTreeDiffer } from "./tree-differ.ts";
import * as edits from "./workspace-edits.ts";
import { checkoutForGates, isAncestor, prepareWorkspace } from "./workspaces.ts";
import { realPath } from "./worktrees.ts";

export interface RepositoryOptions {
  /** The user's main work tree: `mainRoot` of the preflight facts. */
  readonly root: string;
  /** `.cairn` in the main work tree; short-lived files go to its `tmp`. */
  readonly cairnFolder: string;
  /** Where slots are made; `<cairnFolder>/worktrees` unless configured. */
  readonly worktreesFolder?: string;
  /** Tasks work in the user's main checkout instead of slots; gates have slots all the same. */
  readonly inCheckout?: boolean;
  readonly run: RunId;
  /** Committer of everything Cairn commits. */
  readonly committer: Identity;
  /** For tests: the way an older git merges. Default: what the installed one can. */
  readonly mergeMode?: MergeMode;
}

/** The real repository, with what only composition and `cairn clean` ask of it. */
export interface GitRepository extends Repository {
  /** For `cairn clean`: what of ours stands in the repository. */
  findLeftovers(question: LeftoverQuestion): Promise<readonly Leftover[]>;
  /** @throws UserError `clean/unmerged` or `clean/uncommitted` where work would be lost without `force`. */
  removeLeftover(leftover: Leftover, options: { readonly force: boolean }): Promise<void>;
  /** Where tasks work in the checkout: @throws UserError `workspace/checkout-dirty` when they may not begin there. */
  refuseDirtyCheckout(): Promise<void>;
  /** Gives the checkout back to the user as it was; nothing when it is. `isOver`: the run will not go on there. */
  leaveCheckout(isOver: boolean): Promise<void>;
  /** The run is over: what was built on the way may go. */
  letGo(): Promise<void>;
  /** Ends the helper processes and removes short-lived files; helpers also end when this process does. */
  close(): Promise<void>;
}

/** @throws UserError when git is missing or too old, or `root` is no repository. */
export async function openRepository(options: RepositoryOptions): Promise<GitRepository> {
  const context = await openContext(options);
  const repository = inSlots(context);
  return options.inCheckout === true ? inTheCheckout(context, repository) : repository;
}

function inSlots(context: RepositoryContext): GitRepository {
  const merger = openTreeMerger(context);
  const lookout = openLookout(context);
  let isGraphWritten = false;
  return {
    resolve: (name) => branches.resolveCommit(context, name),
    treeOf: (commit) => treeOf(context, commit),
    committerOf: async (commit) => mailOf((await context.objects.commit(commit)).committer) ?? "",
    isAncestor: (ancestor, descendant) => isAncestor(context, ancestor, descendant),
    async ensureBranch(branch, at) {
      const tip = await branches.ensureBranch(context, branch, at);
      // A run begins with its integration branch: the once in its life that this is worth a process.
      if (!isGraphWritten) await writeCommitGraph(context);
      isGraphWritten = true;
      return tip;
    },
    moveBranch: (branch, from, to) => branches.moveBranch(context, branch, from, to),
    deleteBranch: (branch, at) => branches.deleteBranch(context, branch, at),
    prepareWorkspace: (request) => prepareWorkspace(context, request),
    checkoutForGates: (slot, commit) => checkoutForGates(context, slot, commit),
    inspectWork: (folder, branch, fork, scope) => inspectWork(context, folder, branch, fork, scope),
    changesBetween: (from, to, wantsText) => changesBetween(context, from, to, wantsText),
    blobText: (blob, bytesMax) => blobText(context, blob, bytesMax),
    readTextAt,
    historyOf: (fork, head, without) => historyOf(context, fork, head, without),
    filesAt: (commit, wants) => filesAt(context, commit, wants),
    treeWith: (onto, from, paths) => treeWith(context, onto, from, paths),
    commitAll: (folder, message) => edits.commitAll(context, folder, message),
    restore: (folder, branch, commit) => edits.restore(context, folder, branch, commit),
    restoreUnlessMerging: (folder, branch) => edits.restoreUnlessMerging(context, folder, branch),
    restoreIfMoved: (folder, branch, commit) =>
      edits.restoreIfMoved(context, folder, branch, commit),
    beginMerge: (folder, other, message) => edits.beginMerge(context, folder, other, message),
    buildCandidate: (request) => buildCandidate(context, merger, request),
    recordResolutions: (merged, files) => recordResolutions(context, merged, files),
    buildUpdate: (request) => buildUpdate(context, merger, request),
    commitFiles: (edit) => commitFiles(context, edit),
    forecast: (onto, heads, pairs) => lookout.forecast(onto, heads, pairs),
    mergeTips: (request) => mergeTips(context, merger, request),
    buildRevert: (request) => buildRevert(context, merger, request),
    buildLanding: (target, head, message) =>
      buildLanding(context, merger, { target, head, message }),
    protectedRefs: (patterns) => protectedRefs(context, patterns),
    undoBreaches: (before, patterns, mail, judged) =>
      undoBreaches(context, before, patterns, mail, judged),
    checkedOutAt: async (branch) => (await branches.holdersOf(context, branch))[0]?.path ?? null,
    fastForwardCheckout: (folder, to) => fastForwardCheckout(context, folder, to),
    removeWorkspace: (slot) => context.oneByOne(() => removeSlot(context, slot)),
    findLeftovers: (question) => findLeftovers(context, question),
    removeLeftover: (leftover, how) => removeLeftover(context, leftover, how),
    refuseDirtyCheckout: () => refuseDirtyCheckout(context),
    leaveCheckout: (isOver) => leaveCheckout(context, isOver),
    letGo: () => letGo(context, context.run),
    close: async () => {
      const { objects, differ, refs } = context;
      await Promise.all([objects, differ, refs, merger, lookout].map((child) => child.close()));
      await fs.rm(context.scratch, { recursive: true, force: true });
    },
  };
}

/** The same, with what a run that came to rest had in the checkout laid out again before anybody looks. */
function inTheCheckout(context: RepositoryContext, plain: GitRepository): GitRepository {
  const first = async <T>(work: () => Promise<T>): Promise<T> => {
    await takeUp(context);
    return work();
  };
  return {
    ...plain,
    prepareWorkspace: (request) => first(() => plain.prepareWorkspace(request)),
    inspectWork: (folder, branch, fork, scope) =>
      first(() => plain.inspectWork(folder, branch, fork, scope)),
    readTextAt: (...place) => first(() => plain.readTextAt(...place)),
    commitAll: (folder, message) =>
      first(async () => {
        await refuseElsewhere(context);
        return plain.commitAll(folder, message);
      }),
    restore: (...place) => first(() => plain.restore(...place)),
    restoreUnlessMerging: (...place) => first(() => plain.restoreUnlessMerging(...place)),
    restoreIfMoved: (...place) => first(() => plain.restoreIfMoved(...place)),
    beginMerge: (...merge) => first(() => plain.beginMerge(...merge)),
  };
}

async function openContext(options: RepositoryOptions): Promise<RepositoryContext> {
  const env = gitEnvironment(options.committer);
  const root = await realPath(options.root);
  const [version, common] = await Promise.all([
    runGit({ args: ["--version"], cwd: root, env }),
    runGit({ args: ["rev-parse", "--path-format=absolute", "--git-common-dir"], cwd: root, env }),
  ]);
  const commonDir = await realPath(common.text.trim());
  const scratch = path.join(options.cairnFolder, "tmp", `git-${randomUUID()}`);
  const excludes = options.inCheckout === true ? checkoutExcludes(options.cairnFolder) : null;
  const rootEnv = excludes === null ? env : withSetting(env, "core.excludesFile", excludes);
  let queue: Promise<unknown> = Promise.resolve();
  return {
    root,
    commonDir,
    worktreesFolder: await realPath(
      options.worktreesFolder ?? path.join(options.cairnFolder, "worktrees"),
    ),
    scratch,
    excludes,
    run: options.run,
    committer: options.committer,
    mergeMode: options.mergeMode ?? mergeModeOf(readGitVersion(version.text)),
    env,
    git: (args, call) =>
      runGit({ cwd: commonDir, env: { ...env, GIT_DIR: commonDir }, ...call, args }),
    gitIn: (folder, args, call) =>
      runGit({ env: folder === root ? rootEnv : env, ...call, cwd: folder, args }),
    objects: openObjectStore({ commonDir, env, scratch }),
    differ: openTreeDiffer(commonDir, env),
    refs: openRefMover(commonDir, env),
    oneByOne(work) {
      const next = queue.then(work);
      queue = next.catch(() => undefined);
      return next;
    },
  };
}

async function fastForwardCheckout(
  context: RepositoryContext,
  folder: string,
  to: CommitSha,
): Promise<"moved" | "dirty" | "not-fast-forward"> {
  const status = await readStatus(context, folder, "no");
  if (status.head === to) return "moved";
  if (status.dirtyPaths.length > 0) return "dirty";
  if (status.head === null || !(await isAncestor(context, status.head, to)))
    return "not-fast-forward";
  // 1, 128: an untracked file lies where a new one would be written; an ignored one is a person's all the same.
  const merge = ["merge", "-q", "--ff-only", "--no-stat", "--no-overwrite-ignore", to];
  return (await context.gitIn(folder, merge, { answers: [1, 128] })).code === 0 ? "moved" : "dirty";
}
