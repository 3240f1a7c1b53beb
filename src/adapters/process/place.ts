import fs from "node:fs";
import path from "node:path";
import { readVariable, workingDirectory } from "./process-table.ts";
import { PLACE_MARK } from "./session-names.ts";

// Read in a panic, before anything else: nothing here may load schemas.

/** One `.cairn` folder, told from every copy of it. */
export interface Place {
  /** Equal only for the same folder at the same path: value of the variable beside a mark. */
  readonly id: string;
  /** Processes of versions without that variable are known by working below this. */
  readonly root: string;
}

/** Runs have equal names in a copied repository, so a name alone says nothing about whose a process is. */
export function placeOf(cairnFolder: string): Place {
  const real = realOf(cairnFolder);
  const stat = fs.statSync(real, { throwIfNoEntry: false });
  return {
    id: hash64(`${real}\0${stat?.dev ?? 0}\0${stat?.ino ?? 0}`),
    root: path.dirname(real),
  };
}

/** Place of a session's folder, which stands in `.cairn/runs/<run>/sessions/`. */
export function placeOfSession(folder: string): Place {
  return placeOf(path.resolve(folder, "../../../.."));
}

/** Place of a work tree, by where it stands or by the repository it is linked to; null: of none. */
export function placeOfWorkTree(directory: string): Place | null {
  const real = realOf(directory);
  const end = real.lastIndexOf("/.cairn/");
  if (end >= 0) return placeOf(real.slice(0, end + "/.cairn".length));
  if (fs.existsSync(path.join(real, ".cairn"))) return placeOf(path.join(real, ".cairn"));
  const root = /^gitdir: (.+)\/\.git\/worktrees\/[^/]+$/m.exec(readText(`${real}/.git`))?.[1];
  const cairnFolder = root === undefined ? null : path.join(root, ".cairn");
  return cairnFolder !== null && fs.existsSync(cairnFolder) ? placeOf(cairnFolder) : null;
}

/** Whether a process with a mark was started from one of these. */
export function isFrom(pid: number, places: readonly Place[]): boolean {
  const id = readVariable(pid, PLACE_MARK);
  if (id !== null) return places.some((place) => place.id === id);
  return isBelow(
    workingDirectory(pid),
    places.map(({ root }) => root),
  );
}

/** Whether a directory is one of the folders or stands in one; null: it could not be read. */
export function isBelow(directory: string | null, folders: readonly string[]): boolean {
  return (
    directory !== null &&
    folders.some((folder) => directory === folder || directory.startsWith(`${folder}/`))
  );
}

function realOf(file: string): string {
  try {
    return fs.realpathSync(file);
  } catch {
    return path.resolve(file);
  }
}

function readText(file: string): string {
  try {
    return fs.readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

/** FNV-1a, 64 bits: loading a cryptographic one would take longer than the rest. */
function hash64(text: string): string {
  let value = 0xcb_f2_9c_e4_84_22_23_25n;
  for (const byte of Buffer.from(text))
    value = BigInt.asUintN(64, (value ^ BigInt(byte)) * 0x1_00_00_00_01_b3n);
  return value.toString(16).padStart(16, "0");
}
