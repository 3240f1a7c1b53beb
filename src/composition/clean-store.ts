import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { removeStore } from "../adapters/bootstrap/store.ts";
import type { Run } from "../core/run/run.ts";
import { isOpenRun } from "../host/runs.ts";

/** Dependencies that worktrees share under `workspace.bootstrap: link` or `copy`. */
export interface SharedStore {
  readonly path: string;
  /** Why it stays; null: nobody works with it, and whoever does later fills it again. */
  readonly keptBecause: string | null;
  remove(): Promise<void>;
}

/**
 * The store of a repository, where there is one. `byHand`: folders of worktrees that no run made; `keepsWorkspace`: one
 * of a run's is kept as well.
 */
export function findSharedStore(
  cairnFolder: string,
  runs: readonly Run[],
  byHand: readonly string[],
  keepsWorkspace: boolean,
): SharedStore | null {
  const path = join(cairnFolder, "store");
  if (!existsSync(path)) return null;
  return {
    path,
    keptBecause: neededBy(runs, byHand, keepsWorkspace),
    remove: () => removeStore(path),
  };
}

function neededBy(
  runs: readonly Run[],
  byHand: readonly string[],
  keepsWorkspace: boolean,
): string | null {
  const open = runs.find(isOpenRun);
  if (open !== undefined) return `the run ${open.id} is not over`;
  if (keepsWorkspace) return "a workspace that is kept may link into it";
  if (byHand.length === 0) return null;
  return "worktrees that no run made may link into it (cairn worktree cleanup)";
}

/** Worktrees that no run made: those of `cairn worktree`, and where a preflight measures right now. */
export function isByHand(name: string): boolean {
  return name === "tasks" || name.startsWith("scratch-");
}

/** Names of all worktrees that no run made, those of `cairn worktree` among them. */
export function madeByHand(worktreesFolder: string): readonly string[] {
  const scratch = namesIn(worktreesFolder).filter((name) => name !== "tasks" && isByHand(name));
  return [...namesIn(join(worktreesFolder, "tasks")), ...scratch];
}

/** Empty where there is no such folder. */
export function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
