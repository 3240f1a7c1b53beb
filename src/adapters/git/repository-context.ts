import type { RunId } from "../../core/shared/names.ts";
import type { Identity } from "./git-environment.ts";
import type { MergeMode } from "./git-version.ts";
import type { ObjectStore } from "./object-store.ts";
import type { RefMover } from "./ref-mover.ts";
import type { Git } from "./run-git.ts";
import type { TreeDiffer } from "./tree-differ.ts";

/** What every part of the adapter works with; made once by `openRepository`. */
export interface RepositoryContext {
  /** Main work tree of the user; only read. */
  readonly root: string;
  /** The `.git` folder all worktrees share. */
  readonly commonDir: string;
  /** Real path of the folder the slots lie in. */
  readonly worktreesFolder: string;
  /** For short-lived files of this one opening, inside `.cairn`; made when needed. */
  readonly scratch: string;
  /** Tasks work in `root` itself: the ignore rules that hide what lay there before. Null: in slots. */
  readonly excludes: string | null;
  readonly run: RunId;
  readonly committer: Identity;
  readonly mergeMode: MergeMode;
  readonly env: Readonly<Record<string, string>>;
  /** A git child in the shared `.git` folder, without a work tree, unless `cwd` or `env` say otherwise. */
  readonly git: Git;
  /** A git child in a checkout. */
  gitIn(folder: string, ...call: Parameters<Git>): ReturnType<Git>;
  readonly objects: ObjectStore;
  readonly differ: TreeDiffer;
  readonly refs: RefMover;
  /** Runs what must not overlap (making and removing worktrees) one after the other. */
  oneByOne<T>(work: () => Promise<T>): Promise<T>;
}
