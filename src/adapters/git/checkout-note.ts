import fs from "node:fs";
import path from "node:path";
import { z } from "zod";
import type { CommitSha, RunId } from "../../core/shared/names.ts";
import { readIfThere, writeAtomic } from "../process/files.ts";

/** Where the user's checkout stood before a run worked in it. In the git folder, so that no checkout shows it. */
export interface CheckoutNote {
  readonly run: RunId;
  /** HEAD as it was: `ref: …` or a commit id. */
  readonly home: string;
  /** Task branch it was put on last. */
  readonly branch: string;
}

/** What a task had in the checkout when the run came to rest, to be laid out again when it goes on. */
export interface ParkedWork {
  readonly run: RunId;
  readonly branch: string;
  readonly head: CommitSha;
  /** Commit on top of `head` that holds what was not committed, and its ref; null: nothing was. */
  readonly saved: { readonly commit: CommitSha; readonly ref: string } | null;
  /** Other side of a merge that was under way. */
  readonly merging: CommitSha | null;
}

const noteSchema = z.object({ run: z.string(), home: z.string().min(1), branch: z.string() });
const parkedSchema = z.object({
  run: z.string(),
  branch: z.string(),
  head: z.string(),
  saved: z.object({ commit: z.string(), ref: z.string() }).nullable(),
  merging: z.string().nullable(),
});

const noteFile = (gitDir: string): string => path.join(gitDir, "cairn-checkout.json");
const parkedFile = (gitDir: string): string => path.join(gitDir, "cairn-parked.json");

/** Null: the checkout is the user's. */
export function readNote(gitDir: string): CheckoutNote | null {
  return read(noteFile(gitDir), noteSchema);
}

export function writeNote(gitDir: string, note: CheckoutNote): void {
  writeAtomic(noteFile(gitDir), `${JSON.stringify(note)}\n`);
}

export function removeNote(gitDir: string): void {
  fs.rmSync(noteFile(gitDir), { force: true });
}

export function readParked(gitDir: string): ParkedWork | null {
  return read(parkedFile(gitDir), parkedSchema);
}

export function writeParked(gitDir: string, parked: ParkedWork): void {
  writeAtomic(parkedFile(gitDir), `${JSON.stringify(parked)}\n`);
}

export function removeParked(gitDir: string): void {
  fs.rmSync(parkedFile(gitDir), { force: true });
}

function read<T>(file: string, schema: z.ZodType<T>): T | null {
  try {
    const text = readIfThere(file);
    return text === null ? null : (schema.safeParse(JSON.parse(text)).data ?? null);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
