/** One worktree as `cairn worktree status --json` prints it. Times are ISO 8601 in UTC. */
export interface WorktreeJson {
  /** `task`: made by `cairn worktree create`; `run`: a task's of a run; `gates`: where gates run; `orphan`: nobody's. */
  readonly kind: "task" | "run" | "gates" | "orphan";
  readonly key: string | null;
  readonly run: string | null;
  readonly path: string;
  readonly branch: string | null;
  /** Branch or commit it is held against. */
  readonly base: string | null;
  readonly ahead: number | null;
  readonly behind: number | null;
  /** Paths that are modified or untracked, not ignored. */
  readonly dirty: number;
  /** Everything on the branch is on its base or the target already, squashed or not; null: cannot be told. */
  readonly merged: boolean | null;
  /** The branch has moved since the worktree was made. */
  readonly hasOwnWork: boolean;
  readonly createdAt: string | null;
  /** When its HEAD last moved. */
  readonly usedAt: string | null;
  readonly bytes: number;
  /** What is wrong with it, or what is under way there; null: nothing. */
  readonly note: string | null;
}

/** What `cairn worktree status --json` prints. */
export interface WorktreesJson {
  readonly schemaVersion: 1;
  /** Where they lie. */
  readonly folder: string;
  readonly worktrees: readonly WorktreeJson[];
  readonly bytes: number;
  readonly maxBytes: number;
}

/** What `cairn worktree create --json` prints. */
export interface CreatedWorktreeJson {
  readonly schemaVersion: 1;
  readonly key: string;
  readonly path: string;
  readonly branch: string;
  readonly base: string;
  readonly commit: string;
  /** It was there already. */
  readonly reused: boolean;
  /** Ref under which the commits of an older branch of that name are kept; null: there was none. */
  readonly keptAs: string | null;
}

/** What `cairn worktree rebase --json` prints. */
export interface RebasedWorktreeJson {
  readonly schemaVersion: 1;
  readonly key: string;
  readonly branch: string;
  readonly onto: string;
  readonly commit: string;
  readonly result: "rebased" | "unchanged" | "conflict";
  /** Files in conflict; everything is as it was then. */
  readonly conflicts: readonly string[];
}

/** What `cairn worktree remove --json` and `cleanup --json` print. */
export interface RemovedWorktreesJson {
  readonly schemaVersion: 1;
  /** Nothing was removed: this is what would be. */
  readonly dryRun: boolean;
  readonly removed: readonly RemovedWorktreeJson[];
  readonly kept: readonly {
    readonly path: string;
    readonly key: string | null;
    readonly why: string;
  }[];
}

export interface RemovedWorktreeJson {
  readonly key: string | null;
  readonly path: string;
  readonly branch: string | null;
  readonly bytes: number;
  readonly why: string;
  /** What became of its branch: deleted, or why it stays. */
  readonly branchDeleted: boolean;
  /** Ref that keeps commits which are on no other branch; null: there are none. */
  readonly keptAs: string | null;
}
