import { existsSync } from "node:fs";
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

/** The store of a repository, where there is one. `byHand`: folders of worktrees that no run made. */
export function findSharedStore(
  cairnFolder: string,
  runs: readonly Run[],
  byHand: readonly string[],
): SharedStore | null {
  const path = join(cairnFolder, "store");
  if (!existsSync(path)) return null;
  return { path, keptBecause: neededBy(runs, byHand), remove: () => removeStore(path) };
}

function neededBy(runs: readonly Run[], byHand: readonly string[]): string | null {
  const open = runs.find(isOpenRun);
  if (open !== undefined) return `the run ${open.id} is not over`;
  if (byHand.length === 0) return null;
  return "worktrees that no run made may link into it (cairn worktree cleanup)";
}
