import fs from "node:fs";
import path from "node:path";
import type { RunId } from "../../../core/shared/names.ts";
import { readIfThere, writeAtomic } from "../../process/files.ts";
import { kinOfCommands, type DoomedRuns } from "../../process/kill-runs.ts";
import type { Kin } from "../../process/kin-score.ts";
import { isBelow, type Place } from "../../process/place.ts";
import { startTicksOf, ticksAt, type ProcessIdentity } from "../../process/process-table.ts";
import { SessionFile } from "../../process/session-names.ts";
import { sessionsFolder } from "./attempt-folder.ts";

// Read in a panic, before anything else: nothing here may load schemas.

/** Folders of the run's sessions that have not written how they ended. */
export function openSessions(cairnFolder: string, run: RunId): readonly string[] {
  const parent = sessionsFolder(cairnFolder, run);
  return namesIn(parent)
    .map((name) => path.join(parent, name))
    .filter((folder) => !fs.existsSync(path.join(folder, SessionFile.exit)));
}

/** Asks for the end without grace: whoever then finds the session dead takes it for ended, not for crashed. */
export function askForInstantEnd(folder: string): void {
  writeAtomic(path.join(folder, SessionFile.end), "0", "fleeting");
}

/** Whose sessions are to be told from all others. */
export interface Doom {
  readonly names: ReadonlySet<string>;
  /** Of the `.cairn` folder, first, and of those of planners. */
  readonly places: readonly Place[];
  /** The engine that is at work, and its run. */
  readonly engine: { readonly pid: number; readonly run: string } | null;
}

/** What tells the processes of these sessions from all others. Sessions copied from another repository tell nothing. */
export function doomedBy({ names, places, engine }: Doom, sessions: readonly string[]): DoomedRuns {
  const known = sessions.map(readOpen).filter((session) => isOf(session, places));
  const [home] = places;
  return {
    names,
    places,
    leaders: known.flatMap(({ agent }) => agent ?? []),
    kin: [
      ...known.flatMap(kinOf),
      ...(home === undefined ? [] : kinOfCommands(names, home, engine)),
    ],
    // A session in the checkout itself has no folder of its own: engines and the person's programs work there, too.
    folders: known.flatMap((session) =>
      ownFolder(session).map((at) => ({ path: at, sinceTicks: ticksAt(madeAt(session.folder)) })),
    ),
    groups: known.flatMap(({ agent, startedAt }) =>
      agent === null || startedAt === null ? [] : { leader: agent.pid, startedAt },
    ),
    spared: new Set(known.flatMap(({ host }) => host ?? [])),
  };
}

interface OpenSession {
  readonly folder: string;
  readonly cwd: string | null;
  readonly host: number | null;
  readonly agent: ProcessIdentity | null;
  readonly kin: number | null;
  /** Null: claimed by an older version, or not yet. */
  readonly place: string | null;
  readonly startedAt: number | null;
}

function readOpen(folder: string): OpenSession {
  const claim = readJson(path.join(folder, SessionFile.claim));
  const agent = pidOf(claim["agent"]);
  const start = textOf(fieldsOf(claim["agent"])["start"]);
  return {
    folder,
    cwd: textOf(readJson(path.join(folder, SessionFile.session))["cwd"]),
    host: pidOf(claim["host"]),
    agent: agent === null || start === null ? null : { pid: agent, start },
    kin: numberOf(claim["kin"]),
    place: textOf(claim["place"]),
    startedAt: numberOf(claim["startedAt"]),
  };
}

/** A copied repository has copies of another one's claims. */
function isOf({ place, cwd }: OpenSession, places: readonly Place[]): boolean {
  if (place !== null) return places.some(({ id }) => id === place);
  return isBelow(
    cwd,
    places.map(({ root }) => root),
  );
}

function ownFolder({ folder, cwd }: OpenSession): readonly string[] {
  return cwd === null || folder.startsWith(`${cwd}/`) ? [] : [cwd];
}

function kinOf(session: OpenSession): readonly Kin[] {
  const { kin, agent } = session;
  const sinceTicks = agent === null ? null : startTicksOf(agent);
  if (kin === null || sinceTicks === null) return [];
  return [{ score: kin, sinceTicks, folders: ownFolder(session) }];
}

/** The folder is made just before the session begins. */
function madeAt(folder: string): number {
  return fs.statSync(folder, { throwIfNoEntry: false })?.birthtimeMs ?? Date.now();
}

function namesIn(folder: string): readonly string[] {
  try {
    return fs.readdirSync(folder);
  } catch {
    return [];
  }
}

/** Fields of a JSON object; none where it is not one. */
function readJson(file: string): Readonly<Record<string, unknown>> {
  try {
    return fieldsOf(JSON.parse(readIfThere(file) ?? "null"));
  } catch {
    return {};
  }
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function textOf(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

function numberOf(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}

function pidOf(identity: unknown): number | null {
  const { pid } = fieldsOf(identity);
  return typeof pid === "number" && Number.isInteger(pid) && pid > 1 ? pid : null;
}
