import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { explainStoreError, isBusy } from "./store-errors.ts";

/** Who is at work in a repository. */
export interface LockHolder {
  readonly pid: number;
  readonly run: string;
  /** As typed: `cairn run docs/M4.md`. */
  readonly command: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** Boot and clock ticks of the process' start; absent: by an older version, or not to be known. */
  readonly start?: string;
}

/** The right to be this repository's engine; ends with the process, `kill -9` included. */
export interface RunLock {
  release(): void;
}

export type LockAttempt =
  | { readonly lock: RunLock }
  /** `heldBy` is null while the holder has not yet written who it is. */
  | { readonly lock: null; readonly heldBy: LockHolder | null };

// A reader that asks who holds the lock touches it for an instant; an engine that starts then tries again.
const TRIES_MAX = 25;
const PAUSE_MS = 20;

/**
 * Takes the one engine's lock of the `.cairn` folder, or answers who has it; does not wait for a live holder.
 * @throws UserError when the folder cannot be written.
 */
export function tryLock(folder: string, holder: LockHolder): LockAttempt {
  const file = join(folder, "lock.db");
  try {
    mkdirSync(folder, { recursive: true });
    for (let tries = 1; ; tries += 1) {
      const database = exclusive(file);
      if (database !== null) return { lock: hold(database, folder, holder) };
      const heldBy = readHolder(folder);
      const live = heldBy !== null && isAlive(heldBy.pid);
      if (live || tries >= TRIES_MAX) return { lock: null, heldBy: live ? heldBy : null };
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
    }
  } catch (error) {
    throw explainStoreError(error, file);
  }
}

/** Who is this repository's engine now; null when nobody is. Never waits, changes nothing. */
export function engineHolder(folder: string): LockHolder | null {
  const holder = readHolder(folder);
  // The lock is the truth; the file beside it only says whose it is, and outlives a killed holder.
  return holder !== null && isAlive(holder.pid) && isLocked(join(folder, "lock.db"))
    ? holder
    : null;
}

// A connection that nobody refers to is closed by the garbage collector, and its lock with it.
const held = new Set<DatabaseSync>();

function hold(database: DatabaseSync, folder: string, holder: LockHolder): RunLock {
  held.add(database);
  const side = join(folder, "engine.json");
  writeFileSync(`${side}.new`, `${JSON.stringify(holder)}\n`);
  renameSync(`${side}.new`, side);
  return {
    release: () => {
      if (!database.isOpen) return;
      rmSync(side, { force: true });
      held.delete(database);
      database.close();
    },
  };
}

function exclusive(file: string): DatabaseSync | null {
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    database.exec("BEGIN EXCLUSIVE");
    return database;
  } catch (error) {
    database.close();
    if (isBusy(error)) return null;
    throw error;
  }
}

function isLocked(file: string): boolean {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file, { readOnly: true, timeout: 0 });
    database.prepare("SELECT count(*) FROM sqlite_schema").get();
    return false;
  } catch (error) {
    return isBusy(error);
  } finally {
    database?.close();
  }
}

function readHolder(folder: string): LockHolder | null {
  try {
    const value: unknown = JSON.parse(readFileSync(join(folder, "engine.json"), "utf8"));
    return isHolder(value) ? value : null;
  } catch {
    return null;
  }
}

function isHolder(value: unknown): value is LockHolder {
  return (
    typeof value === "object" &&
    value !== null &&
    "pid" in value &&
    Number.isInteger(value.pid) &&
    "run" in value &&
    typeof value.run === "string" &&
    "command" in value &&
    typeof value.command === "string" &&
    "startedAt" in value &&
    typeof value.startedAt === "number"
  );
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
