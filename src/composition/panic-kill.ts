import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  askForInstantEnd,
  doomedBy,
  openSessions,
} from "../adapters/dispatch/local/open-sessions.ts";
import { findDoomed, killRuns, type DoomedRuns } from "../adapters/process/kill-runs.ts";
import { placeOf } from "../adapters/process/place.ts";
import { liveStarter } from "../adapters/process/starter-note.ts";
import { sendSignal, type Swept } from "../adapters/process/sweep.ts";
import { PLANNER_FOLDER, PLANNER_NOTE } from "./planner-folder.ts";
import { SCRATCH_FOLDER, scratchNote } from "./scratch-name.ts";

// In a panic this runs before anything else: nothing here may load schemas, SQLite or git.

/** Where the repository's runs live. */
export interface PanicPlace {
  readonly root: string;
  readonly cairnFolder: string;
  /** The engine: it is told, not killed. */
  readonly enginePid: number | null;
  /** Names of runs beside those that have a folder: from the log, where that was read already. */
  readonly runs: readonly string[];
}

/** A program of ours beside the engine that starts sessions or commands: `cairn plan`, a measuring. */
interface Starter {
  readonly name: string;
  /** Where it wrote down which process it is. */
  readonly note: string;
  /** Where its own sessions are written down; null: it has none. */
  readonly cairnFolder: string | null;
}

/**
 * Kills every process of every run, planner and measuring of this repository, without a word before; answers which were
 * found, and which survived. Nothing is killed that is not known to be of this very `.cairn` folder.
 */
export async function killEverything(place: PanicPlace): Promise<Swept> {
  const { cairnFolder } = place;
  const starters = startersOf(place);
  const killed = starters.flatMap((starter) => killStarter(starter, place));
  const runs = [...new Set([...namesIn(join(cairnFolder, "runs")), ...place.runs])];
  const planners = starters.flatMap((starter) =>
    starter.cairnFolder === null ? [] : { name: starter.name, cairnFolder: starter.cairnFolder },
  );
  const sessions = [
    ...runs.flatMap((run) => openSessions(cairnFolder, run)),
    ...planners.flatMap((planner) => openSessions(planner.cairnFolder, planner.name)),
  ];
  const inLock = runInLock(place);
  const engine =
    place.enginePid === null || inLock === null ? null : { pid: place.enginePid, run: inLock };
  const names = new Set([
    ...runs,
    ...starters.map(({ name }) => name),
    ...(inLock === null ? [] : [inLock]),
  ]);
  const places = [cairnFolder, ...planners.map((planner) => planner.cairnFolder)].map(placeOf);
  const doomed = withEngineSpared(doomedBy({ names, places, engine }, sessions), place);
  // Counted before anybody is told: a host may be quicker than the sweep.
  const found = findDoomed(doomed);
  for (const folder of sessions) askQuietly(folder);
  const { ended, left } = await killRuns(doomed);
  return { ended: [...new Set([...killed, ...found, ...ended])], left };
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
function runInLock({ cairnFolder }: PanicPlace): string | null {
  return /"run":"([^"]+)"/.exec(readText(join(cairnFolder, "engine.json")) ?? "")?.[1] ?? null;
}

function startersOf({ root, cairnFolder }: PanicPlace): readonly Starter[] {
  const own = join(cairnFolder, "tmp");
  const planners = [own, tmpdir()].flatMap((parent) =>
    namesIn(parent)
      .filter((name) => PLANNER_FOLDER.test(name))
      .map((name) => ({ name, folder: join(parent, name) }))
      .filter(({ folder }) => isOurOwn(folder) && (parent === own || isCopyOf(folder, root)))
      .map(({ name, folder }) => ({
        name,
        note: join(folder, PLANNER_NOTE),
        cairnFolder: join(folder, "cairn"),
      })),
  );
  const scratches = namesIn(own)
    .map((file) => file.replace(/\.json$/, ""))
    .filter((name) => SCRATCH_FOLDER.test(name))
    .map((name) => ({ name, note: scratchNote(cairnFolder, name), cairnFolder: null }));
  return [...planners, ...scratches];
}

/** Others may make folders of such a name where everybody may write. */
function isOurOwn(folder: string): boolean {
  const stat = lstatSync(folder, { throwIfNoEntry: false });
  return stat?.isDirectory() === true && stat.uid === process.getuid?.();
}

/** A planner's copy borrows the objects of the repository it was made from. */
function isCopyOf(folder: string, root: string): boolean {
  const lent = readText(join(folder, "repository/.git/objects/info/alternates"));
  return lent?.startsWith(`${root}/`) === true;
}

/** Pid of what was killed; none where the note is not that of a live process, or that is the engine's or this one. */
function killStarter({ note }: Starter, { cairnFolder, enginePid }: PanicPlace): readonly number[] {
  const pid = liveStarter(note, cairnFolder)?.pid ?? null;
  if (pid === null || pid === enginePid || pid === process.pid) return [];
  return sendSignal(pid, "SIGKILL") ? [pid] : [];
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
