import type { DatabaseSync } from "node:sqlite";
import type { Command } from "../../core/run/commands.ts";
import { redactText, secretValues } from "../process/redact.ts";
import { openForWriting, openInMemory } from "./open-database.ts";
import { openReadOnly, SqliteStore, storeFile, type Store } from "./sqlite-store.ts";

export type { Store } from "./sqlite-store.ts";

/**
 * Opens `cairn.db` in `folder` (`.cairn`); makes folder and file unless `readonly`.
 * @throws UserError `store/missing` (read-only and nothing there), `store/too-new`, `store/damaged`
 * (set aside already, unless read-only), `store/not-writable`, `store/disk-full`, `store/busy`.
 */
export function openStore(folder: string, options: { readonly readonly?: boolean } = {}): Store {
  if (options.readonly === true) return openReadOnly(folder);
  const file = storeFile(folder);
  return written(openForWriting(folder, file), file);
}

/** The same store without a file, for tests and simulations. */
export function openMemoryStore(): Store {
  return written(openInMemory(), ":memory:");
}

function written(database: DatabaseSync, file: string): Store {
  return new SqliteStore(database, { file, clean: withoutSecrets });
}

/**
 * A person's words are kept for ever, what was typed where the key of a task belongs as well; whoever knows more values
 * has looked at them before, and the engine looks once more.
 */
function withoutSecrets(command: Command): Command {
  const { task, text } = command;
  return {
    ...command,
    task: task === null ? null : redactText(task),
    text: text === null ? null : redactText(text, secretValues(process.env)),
  };
}
