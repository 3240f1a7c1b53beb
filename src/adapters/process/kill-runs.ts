import { setTimeout as wait } from "node:timers/promises";
import { mayBeKin, runOf, scoresOfRun } from "./kin-score.ts";
import { HAS_PROC, readProcesses, readVariable, type ProcessRow } from "./process-table.ts";
import { GATE_MARK, SESSION_MARK } from "./session-names.ts";
import { addDescendants, isStray, isUnmarkedKin, sendSignal, type Swept } from "./sweep.ts";

/** What is to die at once, and what tells it from everything else. */
export interface DoomedRuns {
  /** Runs, planners, measurings: whatever begins the value of a mark. */
  readonly names: ReadonlySet<string>;
  /** Folders that sessions work in, and since when (clock ticks since boot): what is older there is somebody else's. */
  readonly folders: readonly { readonly path: string; readonly sinceTicks: number }[];
  /** Leaders of process groups, for systems on which nothing else can be known. */
  readonly groups: readonly number[];
  /** Hosts and engines: they write down what happened. */
  readonly spared: ReadonlySet<number>;
}

// One scan may miss a process in the middle of exec, or a child with a number that was passed already.
const EMPTY_SCANS = 2;
// A process that cannot be killed (stuck in the kernel) must not hold a panic for ever.
const ROUNDS_MAX = 60;
const PAUSE_MS = 10;

/** Live processes of these runs by mark, by score, by folder and by descent; never this one, its parent or pid 1. */
export function findDoomed(doomed: DoomedRuns): readonly number[] {
  const spared = new Set([process.pid, process.ppid, 1, ...doomed.spared]);
  const rows = readProcesses().filter((row) => !spared.has(row.pid));
  const scores = [...doomed.names].map(scoresOfRun);
  const found = new Set<number>();
  for (const row of rows) if (isDoomed(row, doomed, scores)) found.add(row.pid);
  addDescendants(rows, found);
  return [...found];
}

/** Kills all of them without a word before, again and again until nothing is found any more. */
export async function killRuns(doomed: DoomedRuns): Promise<Swept> {
  const ended = new Set<number>();
  if (!HAS_PROC) for (const leader of doomed.groups) sendSignal(-leader, "SIGKILL");
  let empty = 0;
  let left: readonly number[] = [];
  for (let round = 0; round < ROUNDS_MAX && empty < EMPTY_SCANS; round += 1) {
    if (round > 0) await wait(PAUSE_MS);
    left = findDoomed(doomed);
    empty = left.length === 0 ? empty + 1 : 0;
    for (const pid of left) {
      ended.add(pid);
      sendSignal(pid, "SIGKILL");
    }
  }
  return { ended: [...ended], left };
}

function isDoomed(
  row: ProcessRow,
  doomed: DoomedRuns,
  scores: readonly ReturnType<typeof scoresOfRun>[],
): boolean {
  for (const name of [SESSION_MARK, GATE_MARK]) {
    const mark = readVariable(row.pid, name);
    if (mark !== null && doomed.names.has(runOf(mark))) return true;
  }
  if (mayBeKin(row.pid) && scores.some((score) => isUnmarkedKin(row, score))) return true;
  return doomed.folders.some(
    ({ path, sinceTicks }) => row.startTicks >= sinceTicks && isStray(row, path),
  );
}
