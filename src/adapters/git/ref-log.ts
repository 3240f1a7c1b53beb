import fs from "node:fs";
import path from "node:path";
import type { CommitSha } from "../../core/shared/names.ts";
import type { RepositoryContext } from "./repository-context.ts";

/** What somebody did to a ref last, all their moves in a row taken together. */
export interface RefMove {
  /** Where it stood before; null: nowhere. */
  readonly was: CommitSha | null;
  readonly became: CommitSha;
}

interface LogEntry extends RefMove {
  readonly mail: string;
}

// The last moves are asked for; a log that git never cleans is not read whole.
const TAIL_BYTES = 65_536;
const ENTRIES_MAX = 200;

/** The newest moves of a ref, if they were made under this address; null: somebody else moved it last, or nobody knows. */
export async function lastMove(
  context: RepositoryContext,
  ref: string,
  mail: string,
): Promise<RefMove | null> {
  const entries = await readLog(context, ref);
  const first = entries.findIndex((entry) => entry.mail !== mail);
  const own = first < 0 ? entries : entries.slice(0, first);
  const [newest] = own;
  const oldest = own.at(-1);
  return newest === undefined || oldest === undefined
    ? null
    : { was: oldest.was, became: newest.became };
}

/** The newest move of a ref, whoever made it. */
export async function newestMove(context: RepositoryContext, ref: string): Promise<RefMove | null> {
  return (await readLog(context, ref))[0] ?? null;
}

async function readLog(context: RepositoryContext, ref: string): Promise<readonly LogEntry[]> {
  return readLogFile(context.commonDir, ref) ?? askForLog(context, ref);
}

/** Newest first, from git's own file: a process costs ten times as much. Null where logs are kept another way. */
function readLogFile(commonDir: string, ref: string): readonly LogEntry[] | null {
  if (fs.existsSync(path.join(commonDir, "reftable"))) return null;
  const lines = readTail(path.join(commonDir, "logs", ref)).split("\n");
  return lines
    .map(readEntry)
    .filter((entry) => entry !== null)
    .toReversed();
}

function readEntry(line: string): LogEntry | null {
  const found = /^([0-9a-f]{40,64}) ([0-9a-f]{40,64}) [^<]*<([^>]*)> \d+ [+-]\d{4}/.exec(line);
  const [, was = "", became = "", mail = ""] = found ?? [];
  return found === null ? null : { was: /^0+$/.test(was) ? null : was, became, mail };
}

function readTail(file: string): string {
  const stat = fs.statSync(file, { throwIfNoEntry: false });
  if (stat === undefined) return "";
  if (stat.size <= TAIL_BYTES) return fs.readFileSync(file, "utf8");
  const bytes = Buffer.alloc(TAIL_BYTES);
  const descriptor = fs.openSync(file, "r");
  try {
    const read = fs.readSync(descriptor, bytes, 0, TAIL_BYTES, stat.size - TAIL_BYTES);
    return bytes.subarray(0, read).toString("utf8");
  } finally {
    fs.closeSync(descriptor);
  }
}

/** An entry says where the ref went; where it came from is where the entry before it went. */
async function askForLog(context: RepositoryContext, ref: string): Promise<readonly LogEntry[]> {
  const answer = await context.git(["log", "-g", `-${ENTRIES_MAX}`, "--format=%H %ge", ref, "--"], {
    answers: [128],
  });
  const lines = answer.text.split("\n").filter((line) => line !== "");
  return lines.map((line, index) => {
    const [became = "", mail = ""] = line.split(" ");
    return { became, mail, was: lines[index + 1]?.split(" ")[0] ?? null };
  });
}
