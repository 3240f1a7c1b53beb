import fs from "node:fs";
import path from "node:path";
import { z } from "zod";
import type { RunId } from "../../core/shared/names.ts";
import { writeAtomic } from "../process/files.ts";
import { readText, realPath } from "./worktrees.ts";

// In the worktree's own git folder: neither `git status` nor `git clean` nor an agent's `git add -A` sees it.
const LOCK_FILE = "cairn.lock";

/** Which task a workspace belongs to. */
export interface RecursionLock {
  readonly run: RunId;
  readonly slot: string;
  readonly branch: string;
}

const recursionLockSchema = z.object({ run: z.string(), slot: z.string(), branch: z.string() });

/** Writes it where it is not there already. */
export async function writeRecursionLock(gitDir: string, lock: RecursionLock): Promise<void> {
  const text = `${JSON.stringify(lock)}\n`;
  const file = path.join(gitDir, LOCK_FILE);
  if ((await readText(file)) !== text) writeAtomic(file, text);
}

export async function readRecursionLock(gitDir: string): Promise<RecursionLock | null> {
  const text = await readText(path.join(gitDir, LOCK_FILE));
  try {
    return text === null ? null : (recursionLockSchema.safeParse(JSON.parse(text)).data ?? null);
  } catch {
    return null;
  }
}

export async function removeRecursionLock(gitDir: string): Promise<void> {
  await fs.promises.rm(path.join(gitDir, LOCK_FILE), { force: true });
}

/**
 * The task whose workspace `directory` lies in; null outside of workspaces. Asked when the command line starts: an
 * agent that runs Cairn on its own task would start itself again.
 */
export async function findRecursionLock(directory: string): Promise<RecursionLock | null> {
  for (let folder = await realPath(directory); ; folder = path.dirname(folder)) {
    const pointer = await readText(path.join(folder, ".git"));
    const gitDir = /^gitdir: (.*)/.exec(pointer ?? "")?.[1]?.trim();
    const lock =
      gitDir === undefined ? null : await readRecursionLock(path.resolve(folder, gitDir));
    if (lock !== null) return lock;
    if (path.dirname(folder) === folder) return null;
  }
}
