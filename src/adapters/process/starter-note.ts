import fs from "node:fs";
import path from "node:path";
import { placeOf } from "./place.ts";
import { identify, type ProcessRow, readProcess } from "./process-table.ts";

// Read in a panic, before anything else: nothing here may load schemas.

/** Who made a planner's or a measuring's folder: a number in a name may be anybody's by now. */
interface StarterNote {
  readonly pid: number;
  /** Boot and clock ticks of the start. */
  readonly start: string;
  /** Repository it works for: a copied one has copies of notes. */
  readonly place: string;
}

/** Writes down that this process is at work for this `.cairn` folder. */
export function writeStarterNote(file: string, cairnFolder: string): void {
  const identity = identify(process.pid);
  if (identity === null) return;
  const note: StarterNote = { ...identity, place: repositoryOf(cairnFolder) };
  fs.writeFileSync(file, JSON.stringify(note), { mode: 0o600 });
}

/**
 * The live process that wrote the note; null where anything is in doubt: another user's file, another start, another
 * repository, a system on which a start cannot be known.
 */
export function liveStarter(file: string, cairnFolder: string): ProcessRow | null {
  try {
    if (fs.lstatSync(file).uid !== process.getuid?.()) return null;
    const note: unknown = JSON.parse(fs.readFileSync(file, "utf8"));
    if (!isNote(note) || note.place !== repositoryOf(cairnFolder)) return null;
    return identify(note.pid)?.start === note.start ? readProcess(note.pid) : null;
  } catch {
    return null;
  }
}

/** The folder around `.cairn`, which a first planner may find not made yet. */
function repositoryOf(cairnFolder: string): string {
  return placeOf(path.dirname(cairnFolder)).id;
}

function isNote(value: unknown): value is StarterNote {
  if (typeof value !== "object" || value === null) return false;
  if (!("pid" in value && "start" in value && "place" in value)) return false;
  const { pid, start, place } = value;
  return Number.isInteger(pid) && typeof start === "string" && typeof place === "string";
}
