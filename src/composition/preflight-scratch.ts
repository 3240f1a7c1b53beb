import { readdirSync, rmSync } from "node:fs";
import { sweepRun } from "../adapters/gates/gate-runner.ts";
import { openRepository } from "../adapters/git/git-repository.ts";
import { SCRATCH_FOLDER, scratchNote } from "./scratch-name.ts";
import { COMMITTER } from "./session-environment.ts";

/** Worktree of one measuring: names the process, so that what a killed one left is told from a live one's. */
export function scratchName(pid: number, tag: string): string {
  return `scratch-${pid}-${tag}`;
}

interface Folders {
  readonly root: string;
  readonly cairnFolder: string;
  readonly worktreesFolder: string;
}

/** Names of scratch worktrees whose process is gone. */
export function deadScratch(worktreesFolder: string): readonly string[] {
  return namesIn(worktreesFolder).filter((name) => {
    const pid = SCRATCH_FOLDER.exec(name)?.[1];
    return pid !== undefined && !isAlive(Number(pid));
  });
}

/** Ends what measurings that were killed had started, and removes their worktrees; answers their names. */
export async function removeDeadScratch(folders: Folders): Promise<readonly string[]> {
  const dead = deadScratch(folders.worktreesFolder);
  for (const name of dead) {
    await sweepRun(name, folders.cairnFolder);
    rmSync(scratchNote(folders.cairnFolder, name), { force: true });
    const repository = await openRepository({ ...folders, run: name, committer: COMMITTER });
    try {
      await repository.removeWorkspace(name);
    } finally {
      await repository.close();
    }
  }
  return dead;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
