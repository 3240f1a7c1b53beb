import { existsSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { SCHEMA_VERSION, schemaVersion } from "../adapters/sqlite/migrate.ts";
import { explainStoreError, isDamage } from "../adapters/sqlite/store-errors.ts";
import type { StateCheckJson } from "../api/state-checks-json.ts";
import type { StoredEvent } from "../core/run/events.ts";
import { emptyRun, evolve } from "../core/run/evolve.ts";
import { recordOf } from "../core/run/invariant-record.ts";
import { checkAll, checkInvariants } from "../core/run/invariants.ts";
import type { Run } from "../core/run/run.ts";
import { UserError } from "../errors.ts";
import { note, off, fine } from "./state-tools-words.ts";

/** The log as it lies, read without changing a byte of it. */
export interface ReadLog {
  readonly checks: readonly StateCheckJson[];
  /** Runs whose whole log folds, newest first. */
  readonly runs: readonly Run[];
}

const BUSY_TIMEOUT_MS = 5_000;
const DAMAGES_SHOWN = 5;

/** Checks the file and every run in it. `deep`: the invariants after every step, not only at the end. */
export function readLog(file: string, deep: boolean): ReadLog {
  if (!existsSync(file)) return { checks: [fine("log", "nothing was run here yet")], runs: [] };
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file, { readOnly: true, timeout: BUSY_TIMEOUT_MS });
    return readAll(database, file, deep);
  } catch (error) {
    const known = explainStoreError(error, file);
    if (isDamage(error)) return { checks: [damaged(file, [String(error)])], runs: [] };
    if (!(known instanceof UserError)) throw error;
    const [mend = "Look at the folder."] = known.hints;
    return {
      checks: [off("log", known.message, "Nothing more can be said without it.", mend)],
      runs: [],
    };
  } finally {
    database?.close();
  }
}

function readAll(database: DatabaseSync, file: string, deep: boolean): ReadLog {
  const version = schemaVersion(database);
  if (version > SCHEMA_VERSION) {
    const words = `${file} has schema version ${version}; this program knows ${SCHEMA_VERSION}.`;
    return {
      checks: [off("schema", words, "A newer Cairn has written it.", "Install that Cairn again.")],
      runs: [],
    };
  }
  if (version === 0)
    return { checks: [fine("log", `${file} is still empty: nothing was run here yet`)], runs: [] };
  const verdicts = database
    .prepare("PRAGMA quick_check(20)")
    .all()
    .map((row) => String(row["quick_check"]));
  if (verdicts.length !== 1 || verdicts[0] !== "ok")
    return { checks: [damaged(file, verdicts)], runs: [] };
  const names = database
    .prepare("SELECT run, min(at) AS first FROM events GROUP BY run ORDER BY first DESC, run DESC")
    .all()
    .map((row) => String(row["run"]));
  const checks: StateCheckJson[] = [
    fine("log", `${file}, schema version ${version}, the database is whole`),
  ];
  const runs: Run[] = [];
  for (const name of names) {
    const read = readRun(database, name, deep);
    checks.push(...read.checks);
    if (read.run !== null) runs.push(read.run);
  }
  return { checks: [...checks, ...inboxChecks(database, runs)], runs };
}

interface ReadRun {
  readonly checks: readonly StateCheckJson[];
  readonly run: Run | null;
}

function readRun(database: DatabaseSync, name: string, deep: boolean): ReadRun {
  const broken = (words: string): ReadRun => ({ checks: [unfit(name, words)], run: null });
  const run = emptyRun(name);
  // Begun before the first event, so that no effect counts as begun already.
  if (deep) recordOf(run);
  const rows = database
    .prepare("SELECT seq, at, type, event FROM events WHERE run = ? ORDER BY seq")
    .iterate(name);
  let batch: StoredEvent[] = [];
  try {
    for (const row of rows) {
      const event = eventOf(row);
      if (typeof event === "string") return broken(event);
      if (event.seq !== run.seq + 1)
        return broken(`event ${run.seq + 1} is missing: ${event.seq} follows ${run.seq}`);
      // What was appended together carries one time, and holds only as a whole.
      if (deep && batch[0] !== undefined && batch[0].at !== event.at) {
        inspect(run, batch);
        batch = [];
      }
      evolve(run, event);
      if (deep) batch.push(event);
    }
    if (deep) inspect(run, batch);
    checkAll(run);
  } catch (error) {
    return broken(error instanceof Error ? error.message.replace(/\.$/, "") : String(error));
  }
  const how = deep ? "every event folds and holds" : "every event folds, the state holds";
  return { checks: [fine(`run ${name}`, `${run.seq} events, ${run.status}; ${how}`)], run };
}

function inspect(run: Run, batch: readonly StoredEvent[]): void {
  for (const event of batch) checkInvariants(run, event);
}

/** Words where the row is no event. */
function eventOf(row: Record<string, unknown>): StoredEvent | string {
  const seq = Number(row["seq"]);
  const value = parsed(row["event"]);
  if (!isEvent(value)) return `event ${seq} is not an object with a type`;
  if (value.type !== row["type"])
    return `event ${seq} says it is ${value.type}, its row says ${String(row["type"])}`;
  return { ...value, seq, at: Number(row["at"]) };
}

function isEvent(value: unknown): value is StoredEvent {
  return (
    typeof value === "object" && value !== null && "type" in value && typeof value.type === "string"
  );
}

function parsed(text: unknown): unknown {
  try {
    return JSON.parse(String(text));
  } catch {
    return null;
  }
}

function inboxChecks(database: DatabaseSync, runs: readonly Run[]): readonly StateCheckJson[] {
  const waiting = runs.flatMap((run) => {
    const rows = database
      .prepare("SELECT number, command FROM inbox WHERE run = ? AND number > ? ORDER BY number")
      .all(run.id, run.commandsTaken);
    return rows.map((row) => ({
      run,
      number: Number(row["number"]),
      command: parsed(row["command"]),
    }));
  });
  const bad = waiting.filter(({ command }) => !isCommand(command));
  const good = waiting.length - bad.length;
  return [
    ...bad.map(({ run, number }) =>
      off(
        "inbox",
        `Entry ${number} for the run ${run.id} is not a command.`,
        "The engine would stop at it.",
        "Report it with the file; give up the run: cairn cancel --run",
      ),
    ),
    good === 0
      ? fine("inbox", "nothing waits")
      : note(
          "inbox",
          `${good} command(s) wait for ${[...new Set(waiting.map(({ run }) => run.id))].join(", ")}`,
          "They take effect when the run goes on: cairn resume",
        ),
  ];
}

function isCommand(value: unknown): boolean {
  return (
    typeof value === "object" && value !== null && "name" in value && typeof value.name === "string"
  );
}

function unfit(name: string, words: string): StateCheckJson {
  return off(
    `run ${name}`,
    `The log of ${name} does not hold: ${words}.`,
    "Its state cannot be trusted from there on; branches and commits are not touched by that.",
    "Keep a copy of .cairn, and report it; begin the milestone again: cairn run SOURCE",
  );
}

function damaged(file: string, verdicts: readonly string[]): StateCheckJson {
  const shown = verdicts.slice(0, DAMAGES_SHOWN).join("; ");
  return off(
    "log",
    `${file} is damaged: ${shown}.`,
    "Nothing in it can be trusted. Branches, commits and pull requests are not touched by that.",
    `The next start keeps it aside as ${freeName(file)} and begins a new one: cairn run SOURCE`,
  );
}

/** Where the writing side would put it. */
function freeName(file: string): string {
  for (let n = 1; ; n += 1) if (!existsSync(`${file}.damaged-${n}`)) return `${file}.damaged-${n}`;
}
