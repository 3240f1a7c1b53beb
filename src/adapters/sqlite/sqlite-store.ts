import { join } from "node:path";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Command } from "../../core/run/commands.ts";
import type { RunEvent, StoredEvent } from "../../core/run/events.ts";
import type { Instant, RunId } from "../../core/shared/names.ts";
import { BrokenPromise } from "../../errors.ts";
import { SequenceTaken } from "../../ports/event-log.ts";
import type { EventLog, Inbox, RunRow } from "../../ports/event-log.ts";
import { openForReading } from "./open-database.ts";
import { explainStoreError } from "./store-errors.ts";

/** Event log and inbox of one repository, in one file. */
export interface Store extends EventLog, Inbox {
  /** Further calls throw. Open iterations and transactions do not exist between calls. */
  close(): void;
}

/** What reading needs: commands that only look load nothing that keeps secrets out of what is written. */
export type StoreReader = Omit<Store, "append" | "post">;

/** Opens `cairn.db` in `folder` (`.cairn`) for reading. @throws UserError as `openStore` does. */
export function openStoreReader(folder: string): StoreReader {
  return openReadOnly(folder);
}

/** The same with the methods that write; SQLite refuses them. */
export function openReadOnly(folder: string): Store {
  const file = storeFile(folder);
  return new SqliteStore(openForReading(file), { file, clean: (command) => command });
}

export function storeFile(folder: string): string {
  return join(folder, "cairn.db");
}

const RUNS = `
  WITH RECURSIVE names(run) AS (
    SELECT min(run) FROM events
    UNION ALL
    SELECT (SELECT min(run) FROM events WHERE run > names.run) FROM names WHERE run IS NOT NULL
  )
  SELECT run,
    (SELECT at FROM events WHERE events.run = names.run ORDER BY seq LIMIT 1) AS created,
    (SELECT max(seq) FROM events WHERE events.run = names.run) AS last
  FROM names WHERE run IS NOT NULL ORDER BY created DESC, run DESC`;

/** So many events are read as one text: a row and a parse for each of them would take twice the time of a long resume. */
const CHUNK_EVENTS = 300;
const CHUNK = `
  SELECT group_concat('{"seq":' || seq || ',"at":' || at || ',' || substr(event, 2)) AS events
  FROM (SELECT seq, at, event FROM events WHERE run = ? AND seq > ? ORDER BY seq LIMIT ?)`;

export class SqliteStore implements Store {
  readonly #database: DatabaseSync;
  readonly #file: string;
  readonly #clean: (command: Command) => Command;
  readonly #statements = new Map<string, StatementSync>();
  // `data_version` stays as it is for what this connection wrote itself.
  #posted = 0;

  /** `clean` takes secrets out of a command before it is kept. */
  constructor(
    database: DatabaseSync,
    { file, clean }: { readonly file: string; readonly clean: (command: Command) => Command },
  ) {
    this.#database = database;
    this.#file = file;
    this.#clean = clean;
  }

  append(
    run: RunId,
    after: number,
    at: Instant,
    events: readonly RunEvent[],
  ): readonly StoredEvent[] {
    return this.#explained(() => {
      this.#database.exec("BEGIN IMMEDIATE");
      try {
        this.#refuseSecondWriter(run, after);
        const stored = events.map((event, index) =>
          this.#insert(run, after + index + 1, at, event),
        );
        this.#database.exec("COMMIT");
        return stored;
      } catch (error) {
        // A full disk has rolled back by itself already.
        if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
        throw error;
      }
    });
  }

  read(run: RunId, after: number, limit = Infinity): readonly StoredEvent[] {
    return this.#explained(() => {
      const events: StoredEvent[] = [];
      for (let from = after; events.length < limit;) {
        const count = Math.min(CHUNK_EVENTS, limit - events.length);
        const chunk = this.#readChunk(run, from, count);
        for (const event of chunk) events.push(event);
        from = chunk.at(-1)?.seq ?? from;
        if (chunk.length < count) break;
      }
      return events;
    });
  }

  #readChunk(run: RunId, after: number, count: number): readonly StoredEvent[] {
    const text = this.#statement(CHUNK).get(run, after, count)?.["events"];
    return asStoredEvents(text) ?? this.#readRows(run, after, count);
  }

  /** One by one, so that a damaged event is named. */
  #readRows(run: RunId, after: number, count: number): readonly StoredEvent[] {
    const rows = this.#statement(
      "SELECT seq, at, event FROM events WHERE run = ? AND seq > ? ORDER BY seq LIMIT ?",
    ).all(run, after, count);
    return rows.map((row) => asStoredEvent(row, run));
  }

  runs(): readonly RunRow[] {
    return this.#explained(() =>
      this.#statement(RUNS)
        .all()
        .map((row) => ({
          run: String(row["run"]),
          createdAt: Number(row["created"]),
          lastSeq: Number(row["last"]),
        })),
    );
  }

  post(run: RunId, at: Instant, command: Command): number {
    return this.#explained(() => {
      const insert = this.#statement("INSERT INTO inbox (run, at, command) VALUES (?, ?, ?)");
      const { lastInsertRowid } = insert.run(run, at, JSON.stringify(this.#clean(command)));
      this.#posted += 1;
      return Number(lastInsertRowid);
    });
  }

  pending(
    run: RunId,
    afterNumber: number,
  ): readonly { readonly number: number; readonly command: Command }[] {
    return this.#explained(() =>
      this.#statement(
        "SELECT number, command FROM inbox WHERE run = ? AND number > ? ORDER BY number",
      )
        .all(run, afterNumber)
        .map((row) => ({
          number: Number(row["number"]),
          command: asCommand(row["command"], run),
        })),
    );
  }

  version(): number {
    return this.#explained(() => {
      const row = this.#statement("PRAGMA data_version").get();
      return Number(row?.["data_version"]) + this.#posted;
    });
  }

  close(): void {
    this.#statements.clear();
    this.#database.close();
  }

  #refuseSecondWriter(run: RunId, after: number): void {
    const row = this.#statement("SELECT max(seq) AS last FROM events WHERE run = ?").get(run);
    const last = Number(row?.["last"] ?? 0);
    if (last > after) throw new SequenceTaken(run, after);
    if (last < after)
      throw new BrokenPromise(`Run ${run} ends at event ${last}; nothing can follow ${after}.`);
  }

  #insert(run: RunId, seq: number, at: Instant, event: RunEvent): StoredEvent {
    this.#statement("INSERT INTO events (run, seq, at, type, event) VALUES (?, ?, ?, ?, ?)").run(
      run,
      seq,
      at,
      event.type,
      JSON.stringify(event),
    );
    return { seq, at, ...event };
  }

  #statement(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }

  #explained<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw explainStoreError(error, this.#file);
    }
  }
}

/** Null: not to be read in one go. */
function asStoredEvents(text: unknown): readonly StoredEvent[] | null {
  if (text === null) return [];
  const parsed = typeof text === "string" ? parseJson(`[${text}]`) : null;
  if (!Array.isArray(parsed)) return null;
  const events: StoredEvent[] = [];
  for (const [index, event] of parsed.entries()) {
    // SQLite promises no order for what it concatenates, though it keeps that of the rows.
    const last = events[index - 1]?.seq ?? 0;
    if (!isStoredEvent(event) || event.seq <= last) return null;
    events.push(event);
  }
  return events;
}

function isStoredEvent(value: unknown): value is StoredEvent {
  return isEvent(value) && "seq" in value && typeof value.seq === "number";
}

function asStoredEvent(row: Record<string, unknown>, run: RunId): StoredEvent {
  const seq = Number(row["seq"]);
  const event = parseJson(row["event"]);
  if (isEvent(event)) return { seq, at: Number(row["at"]), ...event };
  throw new BrokenPromise(`Event ${seq} of run ${run} is not an object with a type.`);
}

// Only this program writes these rows, so the shape is trusted where the schema version is; what an
// older program wrote is brought up to date by the upcasters of the core, not here.
function isEvent(value: unknown): value is RunEvent {
  return isObject(value) && typeof value["type"] === "string";
}

function asCommand(text: unknown, run: RunId): Command {
  const command = parseJson(text);
  if (isCommand(command)) return command;
  throw new BrokenPromise(`The inbox of run ${run} holds something that is not a command.`);
}

function isCommand(value: unknown): value is Command {
  return isObject(value) && typeof value["name"] === "string";
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function parseJson(text: unknown): unknown {
  try {
    return JSON.parse(String(text));
  } catch {
    return null;
  }
}
