import type { ConflictedFile } from "../core/merge/conflicts/facts.ts";
import type { ChangedFile } from "../core/review/stops/changed-file.ts";
import type { HistoryCommit } from "../core/execute/tdd/history.ts";
import type { Work } from "../core/run/outcomes.ts";
import type { CommitSha } from "../core/shared/names.ts";
import type { Resolver } from "./resolver.ts";

export interface WorkspaceRequest {
  /** Folder name below the worktrees folder: `w1`. */
  readonly slot: string;
  readonly branch: string;
  /** Commit the branch starts from. */
  readonly base: CommitSha;
  /**
   * `reuse`: the branch is this task's own (an earlier attempt) and is checked out as it is;
   * `restart`: it is put back to `base`, the old tip kept under `refs/cairn/old/`;
   * `create`: it must not exist, except at `base`.
   */
  readonly mode: "create" | "reuse" | "restart";
}

export interface Workspace {
  readonly path: string;
  readonly branch: string;
  readonly base: CommitSha;
  readonly head: CommitSha;
}

/** What git says about a workspace after a session, in the words of the core. */
export type WorkFacts = Work;

export interface Breach {
  readonly ref: string;
  readonly was: CommitSha | null;
  readonly became: CommitSha | null;
  readonly keptAs: string;
  /** It was put back by an earlier call, of which nobody may have heard. */
  readonly earlier?: true;
}

export interface FilesEdit {
  /** Commit the new one stands on. */
  readonly onto: CommitSha;
  /** One entry for each path. */
  readonly files: readonly {
    /** Relative to the repository, with `/`. */
    readonly path: string;
    /** The new text; null leaves the file alone. `text` is null where there is none. Pure. */
    readonly edit: (text: string | null) => string | null;
  }[];
  readonly message: string;
}

export type Candidate =
  | {
      readonly kind: "clean";
      readonly commit: CommitSha;
      readonly tree: string;
      readonly changedPaths: readonly string[];
      /** Conflicts that were settled by rule, with the rule's name; absent: there was none. */
      readonly resolved?: readonly { readonly path: string; readonly by: string }[];
    }
  /** The branch brings nothing that the base has not got. */
  | { readonly kind: "empty" }
  | {
      readonly kind: "conflict";
      readonly paths: readonly string[];
      readonly messages: string;
      /** What is needed to class the conflict, one for each path; absent where nobody classes it. */
      readonly files?: readonly ConflictedFile[];
    }
  /** The landing check failed: a path outside the branch's own diff would change, or a blob is not the branch's. */
  | { readonly kind: "refused"; readonly paths: readonly string[]; readonly why: string };

export interface CandidateRequest {
  /** Tip of the branch that would grow. */
  readonly onto: CommitSha;
  /** Recorded fork point of the task branch: always given, never guessed. */
  readonly forkPoint: CommitSha;
  readonly head: CommitSha;
  readonly method: "squash" | "merge";
  readonly message: string;
  /**
   * Asked in order about each conflicted text, behind what was recorded for the same three blobs. The merge is clean
   * only where every conflict was settled; the landing check holds for it as for any other.
   */
  readonly resolvers?: readonly Resolver[];
  /** Author and dates come from this commit, so that the same inputs give the same commit id. */
  readonly authorOf: CommitSha;
}

export interface ForecastBranch {
  readonly key: string;
  readonly forkPoint: CommitSha;
  readonly head: CommitSha;
}

export interface ForecastFound {
  readonly a: string;
  readonly b: string | null;
  readonly paths: readonly string[];
}

export type MergedTips =
  | { readonly kind: "clean"; readonly commit: CommitSha }
  | { readonly kind: "conflict"; readonly paths: readonly string[] };

/** A branch that is brought onto a newer base. */
export interface BranchUpdate {
  readonly onto: CommitSha;
  readonly forkPoint: CommitSha;
  readonly head: CommitSha;
  /** Tree of the candidate that was checked: what the branch is afterwards. */
  readonly tree: string;
  readonly method: "rebase" | "merge";
  /** Of the merge, where there is one. */
  readonly message: string;
}

/** `committed`: the answer's `dirtyPaths` may be left empty, and markers in files that are not committed out. */
export type InspectScope = "all" | "committed";

/**
 * The git repository of the run. Works without touching the user's checkout, HEAD or index.
 * Every method is idempotent: repeated with the same arguments after a crash it finds its own traces and answers the same.
 */
export interface Repository {
  /** Null when the name does not resolve to a commit. */
  resolve(name: string): Promise<CommitSha | null>;
  treeOf(commit: CommitSha): Promise<string>;
  /** E-mail address of the commit's committer. */
  committerOf(commit: CommitSha): Promise<string>;
  isAncestor(ancestor: CommitSha, descendant: CommitSha): Promise<boolean>;
  /** Creates the branch at `at`; answers its tip, wherever it is, when it existed. */
  ensureBranch(branch: string, at: CommitSha): Promise<CommitSha>;
  /** Moves by compare-and-swap. `already`: it is at `to`. `stale`: it is elsewhere; nothing moved. */
  moveBranch(
    branch: string,
    from: CommitSha,
    to: CommitSha,
  ): Promise<"moved" | "already" | "stale">;
  deleteBranch(branch: string, at: CommitSha): Promise<void>;
  /** Verified: right base, branch and directory, clean. @throws UserError `workspace/branch-exists` in mode `create`. */
  prepareWorkspace(request: WorkspaceRequest): Promise<Workspace>;
  /** Detached checkout of exactly `commit`, clean but for ignored files; creates the slot if needed. Answers its path. */
  checkoutForGates(slot: string, commit: CommitSha): Promise<string>;
  /** What lies in the workspace and on its branch. `scope` may save the look at files that nobody asks about. */
  inspectWork(
    path: string,
    branch: string,
    forkPoint: CommitSha,
    scope?: InspectScope,
  ): Promise<WorkFacts>;
  /**
   * What differs between two commits, path by path in byte order; texts of the paths that `wantsText` accepts.
   * Works without a checkout.
   */
  changesBetween(
    from: CommitSha,
    to: CommitSha,
    wantsText: (path: string) => boolean,
  ): Promise<readonly FileChange[]>;
  /** What a blob (`FileChange.unread`) holds, binary or not, as UTF-8; null: it is longer than `bytesMax`. */
  blobText(blob: string, bytesMax: number): Promise<string | null>;
  /**
   * Text of a file in a checkout as it lies there, committed or not; `file` is relative, with `/`. Null: there is none,
   * it is no plain file, longer than `bytesMax`, or lies outside of the checkout, also by way of a link.
   */
  readTextAt(path: string, file: string, bytesMax: number): Promise<string | null>;
  /**
   * The commits of `head` that neither `forkPoint` nor one of `without` has, oldest first, side lines before the merges
   * that bring them; at most 1,000, the newest. Paths of a merge are those that none of its parents has as they are.
   */
  historyOf(
    forkPoint: CommitSha,
    head: CommitSha,
    without: readonly CommitSha[],
  ): Promise<readonly HistoryCommit[]>;
  /** The plain files of a commit that `wants` accepts, in byte order, with their texts; what is no text is left out. */
  filesAt(commit: CommitSha, wants: (path: string) => boolean): Promise<readonly FileText[]>;
  /**
   * A commit on `onto` whose tree is its own, but for `paths`, which are as in `from`: absent where they are not there.
   * Built without a checkout; nothing refers to it. Same arguments: same id.
   */
  treeWith(onto: CommitSha, from: CommitSha, paths: readonly string[]): Promise<CommitSha>;
  /** Commits everything that is dirty; answers the new tip (or the old one when nothing was). */
  commitAll(path: string, message: string): Promise<CommitSha>;
  /** Throws away what is not committed and puts the branch back to `commit`. */
  restore(path: string, branch: string, commit: CommitSha): Promise<void>;
  /** Throws away what is not committed on the branch, unless a merge is under way in the workspace: then nothing. */
  restoreUnlessMerging(path: string, branch: string): Promise<void>;
  /** Puts branch and tree back to `commit` if either differs; cheap when neither does. */
  restoreIfMoved(path: string, branch: string, commit: CommitSha): Promise<void>;
  /** Begins a merge of `other` into the branch in its workspace; conflict markers stay in the tree. Finished already: `merged`. */
  beginMerge(path: string, other: CommitSha, message: string): Promise<"merged" | "conflict">;
  buildCandidate(request: CandidateRequest): Promise<Candidate>;
  /**
   * Records how these conflicts were settled, as `merged`, the commit that landed, has the files: from then on, in this
   * run and all others of the repository, the same three blobs are merged to that text. A file of which the commit
   * before `merged` no longer had our side, or that is no plain file, is left out. Repeated: nothing more.
   */
  recordResolutions(
    merged: CommitSha,
    files: readonly Pick<ConflictedFile, "path" | "base" | "ours" | "theirs">[],
  ): Promise<void>;
  /** The updated tip, built without a checkout; moves nothing. Same request: same id. */
  buildUpdate(request: BranchUpdate): Promise<CommitSha>;
  /**
   * A commit that changes text files, built without a checkout; moves nothing. A file is left alone where no plain text
   * file lies there, or where git would ignore a new one. Null where nothing would change. Same commit, same edits: same
   * id.
   */
  commitFiles(edit: FilesEdit): Promise<CommitSha | null>;
  /**
   * Which of these pairs of branches would conflict when merged one onto the other on `onto`; b null: the branch alone.
   * Answers every pair whose branches are given, clean ones with no paths. Moves nothing.
   */
  forecast(
    onto: CommitSha,
    branches: readonly ForecastBranch[],
    pairs: readonly (readonly [string, string | null])[],
  ): Promise<readonly ForecastFound[]>;
  /** The commit a stacked task starts from: the tips on top of `onto`, in their order. Same request: same id. */
  mergeTips(request: {
    readonly onto: CommitSha;
    readonly tips: readonly { readonly forkPoint: CommitSha; readonly head: CommitSha }[];
    readonly message: string;
  }): Promise<MergedTips>;
  /**
   * A commit on `tip` that takes back what the branch got when it went from `before` to `landed`; `empty` where nothing
   * of it is left. Moves nothing. Same request: same id.
   */
  buildRevert(request: {
    readonly landed: CommitSha;
    readonly before: CommitSha;
    readonly tip: CommitSha;
    readonly message: string;
  }): Promise<Candidate>;
  /** Merge commit `--no-ff` of `head` into `target`, built without a checkout. */
  buildLanding(target: CommitSha, head: CommitSha, message: string): Promise<Candidate>;
  /** Protected refs as they stand: full ref name -> commit. */
  protectedRefs(patterns: readonly string[]): Promise<Readonly<Record<string, CommitSha>>>;
  /**
   * Puts back by compare-and-swap every protected ref that left `before` for commits of this session (its committer e-mail);
   * keeps those commits under `refs/cairn/breach/`. Moves by anybody else are left alone. `null`: nobody noted how the
   * refs stood; then only what their own logs say is put back, and what was put back earlier is not told again.
   * A ref that came to stand on `judged`, the commit that gates were run on meanwhile, is put back whoever moved it.
   */
  undoBreaches(
    before: Readonly<Record<string, CommitSha>> | null,
    patterns: readonly string[],
    committer: string,
    judged?: CommitSha,
  ): Promise<readonly Breach[]>;
  /** True when the branch is checked out in some worktree, with its path. */
  checkedOutAt(branch: string): Promise<string | null>;
  /** Fast-forwards a clean checkout of `branch` at `path` to `to`. */
  fastForwardCheckout(path: string, to: CommitSha): Promise<"moved" | "dirty" | "not-fast-forward">;
  removeWorkspace(slot: string): Promise<void>;
}

/** One path that differs between two commits. Its texts: at most 1 MB each, and 64 MB of one answer. */
export type FileChange = ChangedFile;

export interface FileText {
  readonly path: string;
  readonly text: string;
}
