import { spawnSync } from "node:child_process";
import { setTimeout as wait } from "node:timers/promises";
import { runOf, scoresOfRun, type Kin } from "./kin-score.ts";
import { isFrom, type Place } from "./place.ts";
import {
  HAS_PROC,
  identify,
  readProcesses,
  readVariable,
  type ProcessIdentity,
  type ProcessRow,
} from "./process-table.ts";
import { GATE_MARK, SESSION_MARK } from "./session-names.ts";
import { addDescendants, isStray, isUnmarkedKin, sendSignal, type Swept } from "./sweep.ts";

/** What is to die at once, and what tells it from everything else. */
export interface DoomedRuns {
  /** Runs, planners, measurings: whatever begins the value of a mark. */
  readonly names: ReadonlySet<string>;
  /** `.cairn` folders they are of: in a copied repository names are the same. */
  readonly places: readonly Place[];
  /** First processes of sessions that have not ended: their groups, sessions and descendants are doomed. */
  readonly leaders: readonly ProcessIdentity[];
  /** Scores of sessions that have not ended, and of the commands of runs that are at work. */
  readonly kin: readonly Kin[];
  /** Folders that sessions work in, and since when (clock ticks since boot): what is older there is somebody else's. */
  readonly folders: readonly { readonly path: string; readonly sinceTicks: number }[];
  /** Leaders of process groups and when they began (milliseconds since 1970), where nothing else can be known. */
  readonly groups: readonly { readonly leader: number; readonly startedAt: number }[];
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
  const leaders = new Set(
    doomed.leaders.flatMap((it) => (identify(it.pid)?.start === it.start ? it.pid : [])),
  );
  const found = new Set<number>();
  for (const row of rows) if (isDoomed(row, doomed, leaders)) found.add(row.pid);
  addDescendants(rows, found);
  return [...found];
}

/** Kills all of them without a word before, again and again until nothing is found any more. */
export async function killRuns(doomed: DoomedRuns): Promise<Swept> {
  const ended = new Set<number>();
  if (!HAS_PROC)
    for (const { leader, startedAt } of doomed.groups)
      if (hasBegunAt(leader, startedAt)) sendSignal(-leader, "SIGKILL");
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

function isDoomed(row: ProcessRow, doomed: DoomedRuns, leaders: ReadonlySet<number>): boolean {
  if ([row.pid, row.group, row.session].some((pid) => leaders.has(pid))) return true;
  for (const name of [SESSION_MARK, GATE_MARK]) {
    const mark = readVariable(row.pid, name);
    if (mark !== null && doomed.names.has(runOf(mark)) && isFrom(row.pid, doomed.places))
      return true;
  }
  if (doomed.kin.some((kin) => isUnmarkedKin(row, kin))) return true;
  return doomed.folders.some(
    ({ path, sinceTicks }) => row.startTicks >= sinceTicks && isStray(row, path),
  );
}

/**
 * The score of a run's commands says something only while one of them lives or its engine does, and only of what is
 * younger. `engine`: the one that is at work; null: none is.
 */
export function kinOfCommands(
  names: ReadonlySet<string>,
  place: Place,
  engine: { readonly pid: number; readonly run: string } | null,
): readonly Kin[] {
  const since = new Map<string, number>();
  const note = (run: string, ticks: number): void => {
    if (names.has(run)) since.set(run, Math.min(ticks, since.get(run) ?? ticks));
  };
  for (const row of readProcesses()) {
    if (row.pid === engine?.pid) note(engine.run, row.startTicks);
    const mark = readVariable(row.pid, GATE_MARK);
    if (mark !== null && isFrom(row.pid, [place])) note(runOf(mark), row.startTicks);
  }
  const folders = [`${place.root}/.cairn/worktrees`];
  return [...since].map(([run, sinceTicks]) => {
    return { score: scoresOfRun(run, place.id).first, sinceTicks, folders };
  });
}

/** `ps` knows whole seconds; between a claim and its first process lies a moment. */
const BEGINS_WITHIN_MS = 5_000;

/** Without /proc a number is only as good as its start: in doubt the group is left. */
function hasBegunAt(pid: number, instant: number): boolean {
  const began = startOf(pid);
  return began !== null && Math.abs(began - instant) <= BEGINS_WITHIN_MS;
}

/** When a process began, by `ps`, in milliseconds since 1970; null: gone, or not to be known. */
export function startOf(pid: number): number | null {
  const env = { PATH: process.env["PATH"], LC_ALL: "C" };
  const { stdout } = spawnSync("ps", ["-o", "lstart=", "-p", String(pid)], {
    env,
    encoding: "utf8",
  });
  const began = Date.parse((stdout ?? "").trim());
  return Number.isNaN(began) ? null : began;
}
