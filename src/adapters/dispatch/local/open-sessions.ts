import fs from "node:fs";
import path from "node:path";
import type { RunId } from "../../../core/shared/names.ts";
import { readIfThere, writeAtomic } from "../../process/files.ts";
import type { DoomedRuns } from "../../process/kill-runs.ts";
import { ticksAt } from "../../process/process-table.ts";
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

/** What tells the processes of these sessions from all others. */
export function doomedBy(names: ReadonlySet<string>, sessions: readonly string[]): DoomedRuns {
  const known = sessions.map((folder) => {
    const claim = readJson(path.join(folder, SessionFile.claim));
    const cwd = textOf(readJson(path.join(folder, SessionFile.session))["cwd"]);
    return { folder, cwd, host: pidOf(claim["host"]), leader: pidOf(claim["agent"]) };
  });
  return {
    names,
    // A session in the checkout itself has no folder of its own: engines and the person's programs work there, too.
    folders: known.flatMap(({ folder, cwd }) =>
      cwd === null || folder.startsWith(`${cwd}/`)
        ? []
        : [{ path: cwd, sinceTicks: ticksAt(madeAt(folder)) }],
    ),
    groups: known.flatMap(({ leader }) => leader ?? []),
    spared: new Set(known.flatMap(({ host }) => host ?? [])),
  };
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

function pidOf(identity: unknown): number | null {
  const { pid } = fieldsOf(identity);
  return typeof pid === "number" && Number.isInteger(pid) && pid > 1 ? pid : null;
}
