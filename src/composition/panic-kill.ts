import { readdirSync, readFileSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  askForInstantEnd,
  doomedBy,
  openSessions,
} from "../adapters/dispatch/local/open-sessions.ts";
import { findDoomed, killRuns, type DoomedRuns } from "../adapters/process/kill-runs.ts";
import { readProcess, ticksAt } from "../adapters/process/process-table.ts";
import { sendSignal, type Swept } from "../adapters/process/sweep.ts";
import { PLANNER_FOLDER } from "./planner-folder.ts";
import { SCRATCH_FOLDER } from "./scratch-name.ts";

// In a panic this runs before anything else: nothing here may load schemas, SQLite or git.

/** Half a second: two clocks are compared, and no number comes round again within that. */
const INEXACT_TICKS = 50;

/** Where the repository's runs live. */
export interface PanicPlace {
  readonly root: string;
  readonly cairnFolder: string;
  /** The engine: it is told, not killed. */
  readonly enginePid: number | null;
  /** Names of runs beside those that have a folder: from the log, where that was read already. */
  readonly runs: readonly string[];
}

/** A program of ours beside the engine that starts sessions or commands, named in its folder: `cairn plan`, a measuring. */
interface Starter {
  readonly name: string;
  readonly pid: number;
  readonly folder: string;
  /** Where its own sessions are written down; null: it has none. */
  readonly cairnFolder: string | null;
}

/**
 * Kills every process of every run, planner and measuring of this repository, without a word before; answers which were
 * found, and which survived.
 */
export async function killEverything(place: PanicPlace): Promise<Swept> {
  const starters = startersOf(place);
  for (const starter of starters) if (isAtWork(starter, place)) sendSignal(starter.pid, "SIGKILL");
  const runs = [...new Set([...namesIn(join(place.cairnFolder, "runs")), ...place.runs])];
  const sessions = [
    ...runs.flatMap((run) => openSessions(place.cairnFolder, run)),
    ...starters.flatMap(({ name, cairnFolder }) =>
      cairnFolder === null ? [] : openSessions(cairnFolder, name),
    ),
  ];
  const names = new Set([...runs, ...starters.map(({ name }) => name), ...runsInLock(place)]);
  const doomed = withEngineSpared(doomedBy(names, sessions), place);
  // Counted before anybody is told: a host may be quicker than the sweep.
  const found = findDoomed(doomed);
  for (const folder of sessions) askQuietly(folder);
  const { ended, left } = await killRuns(doomed);
  return { ended: [...new Set([...found, ...ended])], left };
}

function withEngineSpared(doomed: DoomedRuns, { enginePid }: PanicPlace): DoomedRuns {
  const engines = enginePid === null ? [] : [enginePid];
  return { ...doomed, spared: new Set([...doomed.spared, ...engines]) };
}

/** A disk that is full keeps nobody alive. */
function askQuietly(folder: string): void {
  try {
    askForInstantEnd(folder);
  } catch {
    return;
  }
}

/** A run that has measured but not yet begun a session has no folder: the engine's own note names it. */
function runsInLock({ cairnFolder }: PanicPlace): readonly string[] {
  const name = /"run":"([^"]+)"/.exec(readText(join(cairnFolder, "engine.json")) ?? "")?.[1];
  return name === undefined ? [] : [name];
}

function startersOf({ root, cairnFolder }: PanicPlace): readonly Starter[] {
  const own = join(cairnFolder, "tmp");
  const planners = [own, tmpdir()].flatMap((parent) =>
    startersIn(parent, PLANNER_FOLDER)
      .filter(({ folder }) => parent === own || isCopyOf(folder, root))
      .map((starter) => ({ ...starter, cairnFolder: join(starter.folder, "cairn") })),
  );
  return [...planners, ...startersIn(join(cairnFolder, "worktrees"), SCRATCH_FOLDER)];
}

function startersIn(parent: string, pattern: RegExp): readonly Starter[] {
  return namesIn(parent).flatMap((name) => {
    const pid = pattern.exec(name)?.[1];
    const folder = join(parent, name);
    return pid === undefined ? [] : [{ name, pid: Number(pid), folder, cairnFolder: null }];
  });
}

/** A planner's copy borrows the objects of the repository it was made from. */
function isCopyOf(folder: string, root: string): boolean {
  const lent = readText(join(folder, "repository/.git/objects/info/alternates"));
  return lent?.startsWith(`${root}/`) === true;
}

/** The number may have gone to a stranger since: that one is younger than the folder. */
function isAtWork({ pid, folder }: Starter, { enginePid }: PanicPlace): boolean {
  const madeAt = statSync(folder, { throwIfNoEntry: false })?.birthtimeMs;
  const row = readProcess(pid);
  if (row === null || madeAt === undefined || pid === enginePid || pid === process.pid)
    return false;
  return row.startTicks <= ticksAt(madeAt) + INEXACT_TICKS;
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function readText(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return null;
  }
}
