import fs from "node:fs";

/** One live process as /proc shows it. Zombies are left out: they are dead and only await their parent. */
export interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  readonly hasTerminal: boolean;
  /** Clock ticks since boot; equal pids with unequal ticks are different processes. */
  readonly startTicks: number;
  readonly command: string;
}

/** A process that cannot be mistaken for a later one with the same number, nor for one before a reboot. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly start: string;
}

/** Without /proc (macOS) a process is known by its number alone, and only groups can be ended. */
export const HAS_PROC = fs.existsSync("/proc/self/stat");
const UNKNOWN_START = "unknown";

/** Every live process with at least this number; empty where there is no /proc. */
export function readProcesses(least = 1): readonly ProcessRow[] {
  const rows: ProcessRow[] = [];
  for (const name of listProc()) {
    const isWanted = /^\d+$/.test(name) && Number(name) >= least;
    const row = isWanted ? readProcess(Number(name)) : null;
    if (row !== null) rows.push(row);
  }
  return rows;
}

/** /proc counts time in hundredths of a second, whatever the kernel does. */
const TICKS_PER_SECOND = 100;

/**
 * True when every process that is younger than this one has a higher number: numbers rise until the highest and begin
 * again, and within a second no machine has given out all of them.
 */
export function areYoungerAbove(pid: number, startTicks: number): boolean {
  const uptime = Number.parseFloat(readText("/proc/uptime") ?? "");
  const last = Number((readText("/proc/loadavg") ?? "").trim().split(" ").at(-1));
  return uptime * TICKS_PER_SECOND - startTicks < TICKS_PER_SECOND && last >= pid;
}

/** Null: no such process, or it is dead and not yet buried. */
export function readProcess(pid: number): ProcessRow | null {
  const read = readStat(pid);
  return read === null || read.isDead ? null : read.row;
}

/** Null when the process is not alive. */
export function identify(pid: number): ProcessIdentity | null {
  if (!HAS_PROC) return answersSignals(pid) ? { pid, start: UNKNOWN_START } : null;
  const row = readProcess(pid);
  return row === null ? null : identityOf(row);
}

/** Identity of a child of this process; its number is its own until this process has taken note of its end. */
export function identifyChild(pid: number): ProcessIdentity | null {
  if (!HAS_PROC) return { pid, start: UNKNOWN_START };
  const read = readStat(pid);
  return read === null ? null : identityOf(read.row);
}

/** True while exactly this process lives, not another one that got its number. */
export function isAlive(identity: ProcessIdentity): boolean {
  return identify(identity.pid)?.start === identity.start;
}

/** An instant in milliseconds since 1970 as clock ticks since boot; 0 where that cannot be known. */
export function ticksAt(instant: number): number {
  const uptime = Number.parseFloat(readText("/proc/uptime") ?? "");
  if (!Number.isFinite(uptime)) return 0;
  const bootedAt = Date.now() - uptime * 1000;
  return Math.max(0, Math.floor(((instant - bootedAt) / 1000) * TICKS_PER_SECOND));
}

/** Clock ticks of the start, where it belongs to this boot; null: from before a reboot. */
export function startTicksOf(identity: ProcessIdentity): number | null {
  const boot = bootId();
  if (!identity.start.startsWith(`${boot}-`)) return null;
  return Number(identity.start.slice(boot.length + 1));
}

/** Value of a variable the process was started with; null: not set, or not readable for this user. */
export function readVariable(pid: number, name: string): string | null {
  const environment = readText(`/proc/${pid}/environ`);
  if (environment === null) return null;
  const entry = environment.split("\0").find((item) => item.startsWith(`${name}=`));
  return entry === undefined ? null : entry.slice(name.length + 1);
}

/** Working directory; null when it cannot be read. A deleted one is answered by its old name. */
export function workingDirectory(pid: number): string | null {
  try {
    return fs.readlinkSync(`/proc/${pid}/cwd`).replace(/ \(deleted\)$/, "");
  } catch {
    return null;
  }
}

/** User id a process runs as; null when it is gone. */
export function ownerOf(pid: number): number | null {
  try {
    return fs.statSync(`/proc/${pid}`).uid;
  } catch {
    return null;
  }
}

/** Longest possible: a name of 16 bytes and fifty numbers. */
const STAT_BYTES_MAX = 2_048;
const statBytes = Buffer.alloc(STAT_BYTES_MAX);

/** One read instead of a file's five calls: a scan reads hundreds of these. */
function readStatText(pid: number): string | null {
  let descriptor: number | null = null;
  try {
    descriptor = fs.openSync(`/proc/${pid}/stat`, "r");
    return statBytes.toString(
      "latin1",
      0,
      fs.readSync(descriptor, statBytes, 0, STAT_BYTES_MAX, 0),
    );
  } catch {
    return null;
  } finally {
    if (descriptor !== null) fs.closeSync(descriptor);
  }
}

function readStat(pid: number): { readonly row: ProcessRow; readonly isDead: boolean } | null {
  const stat = readStatText(pid);
  if (stat === null || stat === "") return null;
  // The name stands in brackets and may itself contain brackets and spaces: count from the last one.
  const close = stat.lastIndexOf(")");
  const fields = stat.slice(close + 2).split(" ");
  const [state = "Z", parent, group, session, terminal] = fields;
  const row = {
    pid,
    parent: Number(parent),
    group: Number(group),
    session: Number(session),
    hasTerminal: terminal !== "0",
    startTicks: Number(fields[19]),
    command: stat.slice(stat.indexOf("(") + 1, close),
  };
  return { row, isDead: state === "Z" || state === "X" };
}

function identityOf(row: ProcessRow): ProcessIdentity {
  return { pid: row.pid, start: `${bootId()}-${row.startTicks}` };
}

function answersSignals(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

let knownBoot: string | null = null;

function bootId(): string {
  knownBoot ??= (readText("/proc/sys/kernel/random/boot_id") ?? "unknown").trim().slice(0, 8);
  return knownBoot;
}

function listProc(): readonly string[] {
  try {
    return fs.readdirSync("/proc");
  } catch {
    return [];
  }
}

function readText(file: string): string | null {
  try {
    return fs.readFileSync(file, "utf8");
  } catch {
    return null;
  }
}
