import { join } from "node:path";

/** Name of the worktree that a measuring before a run works in; its process is in it. */
export const SCRATCH_FOLDER = /^scratch-(\d{1,10})-[0-9a-z]{1,8}$/;

/** File that says which process that is. */
export function scratchNote(cairnFolder: string, name: string): string {
  return join(cairnFolder, "tmp", `${name}.json`);
}
