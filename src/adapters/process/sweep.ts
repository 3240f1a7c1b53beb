import { setTimeout as wait } from "node:timers/promises";
import { hasScore, type Kin } from "./kin-score.ts";
import { isBelow, isFrom, type Place } from "./place.ts";
import {
  areYoungerAbove,
  HAS_PROC,
  ownerOf,
  readProcess,
  readProcesses,
  readVariable,
  workingDirectory,
  type ProcessRow,
} from "./process-table.ts";
import { GATE_MARK, PLACE_MARK, SESSION_MARK } from "./session-names.ts";

/** Which processes belong together because one thing started them. */
export interface Belonging {
  /** Variable every one of them inherited, unless it emptied its environment. */
  readonly mark: { readonly name: string; readonly value: string; readonly isPrefix?: boolean };
  /** Where it was started; absent: the value of the mark is nobody else's. */
  readonly place?: Place;
  /** First process of all: its group, its session and its descendants belong too. */
  readonly leader?: number;
  /** Processes seen to belong earlier, while their parents still lived: pid -> start in ticks. */
  readonly seen?: ReadonlyMap<number, number>;
  /** Nothing older than this belongs (clock ticks since boot). Also saves reading their environments. */
  readonly sinceTicks?: number;
  /** Orphans without a terminal that work below this directory belong, if `sinceTicks` says they are younger. */
  readonly directory?: string;
  /** Whoever has this score and no mark of anybody belongs, where the rest fits as well. */
  readonly kin?: Kin;
}

export interface Swept {
  readonly ended: readonly number[];
  readonly left: readonly number[];
}

// Between two signals: long enough for a process to die of the first, short enough to be no wait.
const BETWEEN_SIGNALS_MS = 150;
// A process that cannot be killed (stuck in the kernel) must not hold a run for ever.
const ROUNDS_MAX = 40;

/** Pids of live processes that belong; never this process, its parent or pid 1. */
export function findBelonging(belonging: Belonging): readonly number[] {
  const spared = new Set([process.pid, process.ppid, 1]);
  const since = belonging.sinceTicks ?? 0;
  const rows = readProcesses(leastNumber(belonging)).filter(
    (row) => !spared.has(row.pid) && row.startTicks >= since,
  );
  const found = new Set(rows.filter((row) => belongs(row, belonging)).map((row) => row.pid));
  addDescendants(rows, found);
  return [...found];
}

/** Most sessions' commands and gates are over within a second: then only the newest processes need a look. */
function leastNumber({ leader, sinceTicks }: Belonging): number {
  if (leader === undefined || sinceTicks === undefined) return 1;
  return areYoungerAbove(leader, sinceTicks) ? leader : 1;
}

/** Adds every row whose parent is among the found, until nothing is added. */
export function addDescendants(rows: readonly ProcessRow[], found: Set<number>): void {
  for (let grew = true; grew;) {
    grew = false;
    for (const row of rows) {
      if (found.has(row.pid) || !found.has(row.parent)) continue;
      found.add(row.pid);
      grew = true;
    }
  }
}

/**
 * Ends everything that belongs: TERM twice, then KILL, until a scan is empty. `patient: false` kills at once.
 * Answers which processes were found; `left` are those that survived every signal.
 */
export async function sweep(
  belonging: Belonging,
  options: { readonly patient: boolean } = { patient: true },
): Promise<Swept> {
  const ended = new Set<number>();
  if (!HAS_PROC && belonging.leader !== undefined) sendSignal(-belonging.leader, "SIGKILL");
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const found = findBelonging(belonging);
    if (found.length === 0) return { ended: [...ended], left: [] };
    const name = options.patient && round < 2 ? "SIGTERM" : "SIGKILL";
    for (const pid of found) {
      ended.add(pid);
      sendSignal(pid, name);
    }
    await wait(options.patient && round < 2 ? BETWEEN_SIGNALS_MS : 20 + round * 10);
  }
  return { ended: [...ended], left: findBelonging(belonging) };
}

/** Sends a signal to a process (or, negative, a group); false when there is none. */
export function sendSignal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}

function belongs(row: ProcessRow, belonging: Belonging): boolean {
  const { leader, seen, mark, directory } = belonging;
  if (leader !== undefined && [row.pid, row.group, row.session].includes(leader)) return true;
  if (seen?.get(row.pid) === row.startTicks) return true;
  const value = readVariable(row.pid, mark.name);
  const isMarked =
    value !== null && (mark.isPrefix ? value.startsWith(mark.value) : value === mark.value);
  if (isMarked && (belonging.place === undefined || isFrom(row.pid, [belonging.place])))
    return true;
  if (belonging.kin !== undefined && isUnmarkedKin(row, belonging.kin)) return true;
  return directory !== undefined && belonging.sinceTicks !== undefined && isStray(row, directory);
}

/**
 * A process that emptied its environment and left its parent, its session and its folder. Below a parent with such a
 * score it is left to that one: another session's command may empty its environment, too.
 */
export function isUnmarkedKin(row: ProcessRow, { score, sinceTicks, folders }: Kin): boolean {
  if (row.startTicks < sinceTicks || !hasScore(row.pid, score)) return false;
  if (ownerOf(row.pid) !== process.getuid?.() || hasScore(row.parent, score)) return false;
  if (!isOrphan(row) && !isBelow(workingDirectory(row.pid), folders)) return false;
  return [SESSION_MARK, GATE_MARK, PLACE_MARK].every(
    (name) => readVariable(row.pid, name) === null,
  );
}

/**
 * A process that emptied its environment and left its parent still works where its session worked. A person's own
 * programs there have a terminal or a living parent, so an orphan without a terminal is asked for.
 */
export function isStray(row: ProcessRow, directory: string): boolean {
  if (row.hasTerminal || !isOrphan(row)) return false;
  if (ownerOf(row.pid) !== process.getuid?.()) return false;
  return isBelow(workingDirectory(row.pid), [directory]);
}

function isOrphan(row: ProcessRow): boolean {
  return row.parent === 1 || isInit(row.parent);
}

/** A user's own systemd adopts orphans in place of pid 1. */
function isInit(pid: number): boolean {
  return readProcess(pid)?.command === "systemd";
}
