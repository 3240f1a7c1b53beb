import path from "node:path";
import { z } from "zod";
import type { CommitSha, Instant } from "../../core/shared/names.ts";
import { readIfThere, writeAtomic } from "../process/files.ts";

/** What a worktree that a person asked for was made for. In its own git folder, and gone with it. */
export interface TaskNote {
  /** As typed, without `#`. */
  readonly key: string;
  readonly title: string | null;
  readonly branch: string;
  /** What it was based on, as named: a branch as a rule. */
  readonly base: string;
  /** Commit the branch started from; after a rebase the one it stands on. */
  readonly from: CommitSha;
  readonly createdAt: Instant;
}

const taskNoteSchema = z.object({
  key: z.string().min(1),
  title: z.string().nullable(),
  branch: z.string().min(1),
  base: z.string().min(1),
  from: z.string().min(1),
  createdAt: z.number(),
});

const noteFile = (gitDir: string): string => path.join(gitDir, "cairn-task.json");

/** Null: its making was interrupted, or it is nobody's of ours. */
export function readTaskNote(gitDir: string): TaskNote | null {
  try {
    const text = readIfThere(noteFile(gitDir));
    return text === null ? null : (taskNoteSchema.safeParse(JSON.parse(text)).data ?? null);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

export function writeTaskNote(gitDir: string, note: TaskNote): void {
  writeAtomic(noteFile(gitDir), `${JSON.stringify(note)}\n`);
}
