import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** The repository (or linked worktree) that `directory` lies in: where `.cairn.yml` stands; null outside of any. */
export function findRoot(directory: string): string | null {
  for (let folder = directory; ; folder = dirname(folder)) {
    // A folder in the main work tree, a file in a linked one.
    if (existsSync(join(folder, ".git"))) return folder;
    if (dirname(folder) === folder) return null;
  }
}
