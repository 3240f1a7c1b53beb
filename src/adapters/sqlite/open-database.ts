import { existsSync, mkdirSync, renameSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { ExitCode, UserError } from "../../errors.ts";
import { migrate, refuseNewer, schemaVersion } from "./migrate.ts";
import { engineHolder } from "./run-lock.ts";
import { explainStoreError, isBusy, isDamage } from "./store-errors.ts";

/** How long a writer waits for another one, in milliseconds. */
const BUSY_TIMEOUT_MS = 5_000;
// Switching a new file to WAL needs it alone, and SQLite does not wait for that by itself.
const WAL_TRIES_MAX = 100;
const WAL_PAUSE_MS = 20;

/** Opens the database for writing; creates folder and file, checks and migrates it. */
export function openForWriting(folder: string, file: string): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    mkdirSync(folder, { recursive: true });
    database = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS });
    prepareForWriting(database, file);
    return database;
  } catch (error) {
    database?.close();
    throw isDamage(error) ? setAside(folder, file, error) : explainStoreError(error, file);
  }
}

/** Opens an existing database for reading only. */
export function openForReading(file: string): DatabaseSync {
  if (!existsSync(file)) {
    throw new UserError("store/missing", `Nothing has been run here yet: ${file} does not exist.`, {
      hints: ["Start with `cairn plan SOURCE`, then `cairn run SOURCE`."],
      exitCode: ExitCode.failures,
    });
  }
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file, { readOnly: true, timeout: BUSY_TIMEOUT_MS });
    refuseNewer(database, file);
    if (schemaVersion(database) === 0) throw unfinished(file);
    return database;
  } catch (error) {
    database?.close();
    throw explainStoreError(error, file);
  }
}

export function openInMemory(): DatabaseSync {
  const database = new DatabaseSync(":memory:");
  migrate(database, ":memory:");
  return database;
}

function prepareForWriting(database: DatabaseSync, file: string): void {
  switchToWal(database);
  // FULL: a commit is on the disk when the call returns, power loss included.
  database.exec("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;");
  refuseNewer(database, file);
  const verdict = database.prepare("PRAGMA quick_check(1)").get()?.["quick_check"];
  if (verdict !== "ok") throw new DamageFound(String(verdict));
  migrate(database, file);
}

function switchToWal(database: DatabaseSync): void {
  for (let tries = 1; ; tries += 1) {
    try {
      database.exec("PRAGMA journal_mode = WAL");
      return;
    } catch (error) {
      if (!isBusy(error) || tries >= WAL_TRIES_MAX) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, WAL_PAUSE_MS);
    }
  }
}

/** `quick_check` found something; carries SQLite's code for damage so that it is treated like one found by itself. */
class DamageFound extends Error {
  readonly errcode = 11;
}

/** Renames the damaged file with its companions, so that the next start makes a new one; answers the error to throw. */
function setAside(folder: string, file: string, cause: unknown): UserError {
  const details = { cause, exitCode: ExitCode.failures };
  const holder = engineHolder(folder);
  if (holder !== null && holder.pid !== process.pid) {
    return new UserError(
      "store/damaged",
      `${file} is damaged, and process ${holder.pid} uses it.`,
      {
        ...details,
        hints: [`End process ${holder.pid}, then run \`cairn resume\`: it sets the file aside.`],
      },
    );
  }
  const kept = freeName(`${file}.damaged-`);
  for (const suffix of ["", "-wal", "-shm"]) {
    if (existsSync(file + suffix)) renameSync(file + suffix, kept + suffix);
  }
  return new UserError(
    "store/damaged",
    `${file} was damaged; it was set aside as ${kept}. Branches, commits and pull requests are not touched.`,
    {
      ...details,
      hints: [
        "Start the same milestone again with `cairn run SOURCE`: what is already merged is found in git and on the forge.",
        "Keep the file until then; `sqlite3 FILE .recover` may read parts of it.",
      ],
    },
  );
}

function freeName(prefix: string): string {
  for (let n = 1; ; n += 1) if (!existsSync(`${prefix}${n}`)) return `${prefix}${n}`;
}

function unfinished(file: string): UserError {
  return new UserError("store/missing", `Nothing has been run here yet: ${file} is still empty.`, {
    hints: ["Start with `cairn plan SOURCE`, then `cairn run SOURCE`."],
    exitCode: ExitCode.failures,
  });
}
