import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { ExitCode, UserError } from "../../errors.ts";

/** Frozen files, in order; the n-th makes schema version n. */
const MIGRATIONS = ["0001-events-and-inbox.sql"] as const;

/** Version of the schema this program writes. */
export const SCHEMA_VERSION = MIGRATIONS.length;

/**
 * Brings the schema up to `SCHEMA_VERSION`, each step in a transaction of its own.
 * @throws UserError `store/too-new` when a newer program has written the file.
 */
export function migrate(database: DatabaseSync, file: string): void {
  refuseNewer(database, file);
  for (const [index, name] of MIGRATIONS.entries()) {
    if (schemaVersion(database) > index) continue;
    applyOnce(database, index, name);
  }
}

/** @throws UserError `store/too-new` when a newer program has written the file. */
export function refuseNewer(database: DatabaseSync, file: string): void {
  const found = schemaVersion(database);
  if (found <= SCHEMA_VERSION) return;
  throw new UserError(
    "store/too-new",
    `${file} was written by a newer Cairn: its schema is version ${found}, this program knows ${SCHEMA_VERSION}.`,
    {
      hints: ["Install the newer Cairn again; nothing in the file was changed."],
      exitCode: ExitCode.failures,
    },
  );
}

export function schemaVersion(database: DatabaseSync): number {
  return Number(database.prepare("PRAGMA user_version").get()?.["user_version"] ?? 0);
}

function applyOnce(database: DatabaseSync, index: number, name: string): void {
  const sql = readFileSync(join(import.meta.dirname, "migrations", name), "utf8");
  database.exec("BEGIN IMMEDIATE");
  try {
    // Another process may have been first while this one waited for the lock.
    if (schemaVersion(database) === index) {
      database.exec(sql);
      database.exec(`PRAGMA user_version = ${index + 1}`);
    }
    database.exec("COMMIT");
  } catch (error) {
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}
