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

/** A person's words are kept for ever; the engine, which knows more values, looks at them once more. */
function withoutSecrets(command: Command): Command {
  if (command.text === null) return command;
  return { ...command, text: redactText(command.text, secretValues(process.env)) };
}
