import fs from "node:fs";
import { HAS_PROC } from "./process-table.ts";

/** Scores of one run. */
export interface KinScores {
  readonly first: number;
  readonly last: number;
}

/** What is known of processes that have nothing but a score: never enough by the score alone, others use it too. */
export interface Kin {
  /** As it was recorded when it was given out. */
  readonly score: number;
  /** Start of the first that was given it, in clock ticks since boot: what is older is somebody else's. */
  readonly sinceTicks: number;
  /** Only orphans belong, and what works below these. */
  readonly folders: readonly string[];
}

// Above what desktops, services and browsers give their processes (300 at most).
const LOWEST = 401;
/** Sessions of one host that can be told apart while they live; the first score is that of the owner's commands. */
const SCORES_OF_RUN = 16;
const RUNS_TOLD_APART = 37;

/**
 * The kernel hands `oom_score_adj` on to every child and keeps it through exec, `setsid`, a double fork and an emptied
 * environment; nobody needs rights to raise it. So it is a mark where the variable is gone. Besides, an agent that eats
 * the memory is ended before the engine is.
 */
export function scoresOfRun(run: string, place = ""): KinScores {
  const first = LOWEST + (hash(`${place}/${run}`) % RUNS_TOLD_APART) * SCORES_OF_RUN;
  return { first, last: first + SCORES_OF_RUN - 1 };
}

/** Of gates and installers: many at once have the same, so only the end of the whole run looks for it. */
export function scoreOfCommands(mark: string, place = ""): number {
  return scoresOfRun(runOf(mark), place).first;
}

/** The run a mark's value begins with. */
export function runOf(mark: string): string {
  return mark.slice(0, Math.max(0, mark.indexOf("/")));
}

const taken = new Set<number>();

/** A score no other live session of this process has; null: all are taken. To be given back. */
export function takeScore(run: string, place = ""): number | null {
  const { first, last } = scoresOfRun(run, place);
  for (let score = first + 1; score <= last; score += 1) {
    if (taken.has(score)) continue;
    taken.add(score);
    return score;
  }
  return null;
}

export function giveBackScore(score: number | null): void {
  if (score !== null) taken.delete(score);
}

/** Calls `start`, whose children carry the score; they do not where the system does not let it be raised. */
export function startingWith<T>(score: number | null, start: () => T): T {
  const own = HAS_PROC && score !== null ? scoreOf("self") : null;
  if (own === null || score === null || own >= score || !setOwn(score)) return start();
  try {
    return start();
  } finally {
    setOwn(own);
  }
}

/** True for a process with the score, unless this whole system has it anyway. */
export function hasScore(pid: number, score: number): boolean {
  if (scoreOf(pid) !== score) return false;
  const own = scoreOf("self");
  return own === null || own < score;
}

function scoreOf(pid: number | "self"): number | null {
  try {
    const score = Number(fs.readFileSync(`/proc/${pid}/oom_score_adj`, "latin1"));
    return Number.isInteger(score) ? score : null;
  } catch {
    return null;
  }
}

function setOwn(score: number): boolean {
  try {
    fs.writeFileSync("/proc/self/oom_score_adj", String(score));
    return true;
  } catch {
    return false;
  }
}

/** FNV-1a, 32 bits: the same in every process. */
function hash(text: string): number {
  let value = 0x81_1c_9d_c5;
  for (const byte of Buffer.from(text)) value = Math.imul(value ^ byte, 0x01_00_01_93) >>> 0;
  return value;
}
