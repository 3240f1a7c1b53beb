import fs from "node:fs";
import path from "node:path";
import picomatch from "picomatch";
import { UserError } from "../../../errors.ts";

export interface FolderPlaces {
  /** Folder of the repository. */
  readonly root: string;
  /** Where milestone folders lie, with `{m}` for the name: `docs/…/milestones/{m}`. */
  readonly pattern: string;
}

interface Found {
  /** Relative to the repository, with `/`. */
  readonly reference: string;
  /** `m5`, `m4.1`. */
  readonly name: string;
  /** False for `m5-users`. */
  readonly isExact: boolean;
}

interface Search {
  readonly found: readonly Found[];
  /** The repository has more entries than are looked at. */
  readonly isCut: boolean;
}

const ENTRIES_MAX = 20_000;
const DEPTH_MAX = 40;
const PLAN_NAME = /^(?:implementation[-_ ]?)?plan\.(?:md|markdown)$/iu;
const SKIPPED = new Set([".git", "node_modules", ".cairn"]);

/** `m5` for `m5`, `M5`, `5`, `m5/`, `M05`; null for what is no such name. */
export function milestoneName(written: string): string | null {
  const numbers = /^m?(\d{1,6}(?:\.\d{1,6}){0,4})\/?$/iu.exec(written.trim())?.[1];
  return numbers === undefined ? null : `m${numbers.split(".").map(Number).join(".")}`;
}

/** True where a folder of that name is there: then a lone `5` means it, and not issue 5. */
export function hasMilestoneFolder(places: FolderPlaces, name: string): boolean {
  return fitting(search(places), milestoneName(name)).length > 0;
}

/**
 * The folder of a milestone, as a path of the repository.
 * @throws UserError `source/not-found` with the folders that are there, `source/several-folders`.
 */
export function findMilestoneFolder(places: FolderPlaces, name: string): string {
  const seen = search(places);
  const [first, ...others] = fitting(seen, name);
  if (first === undefined) throw notFound(places, name, seen);
  if (others.length === 0) return first.reference;
  const all = [first, ...others].map((folder) => folder.reference);
  throw new UserError(
    "source/several-folders",
    `${all.length} folders are called ${name}: ${all.slice(0, 5).join(", ")}${all.length > 5 ? ", …" : ""}.`,
    { hints: [`Name one by its path: cairn plan ${first.reference}`] },
  );
}

function fitting(seen: Search, name: string | null): readonly Found[] {
  const named = seen.found.filter((folder) => folder.name === name);
  const exact = named.filter((folder) => folder.isExact);
  return exact.length > 0 ? exact : named;
}

function notFound(places: FolderPlaces, name: string, seen: Search): UserError {
  const searched = places.pattern.replaceAll("{m}", name);
  const near = seen.found
    .toSorted((a, b) => distance(a.name, name) - distance(b.name, name))
    .slice(0, 5)
    .map((folder) => `${folder.name} (${folder.reference})`);
  const hints =
    near.length > 0
      ? [`There are: ${near.join(", ")}${seen.found.length > near.length ? ", …" : ""}.`]
      : [
          "There is no milestone folder at all. Name a plan file, or say where the folders lie: sources.milestones in .cairn.yml.",
        ];
  if (seen.isCut)
    hints.push(
      `Only the first ${ENTRIES_MAX} entries were looked at: name the folder by its path.`,
    );
  return new UserError(
    "source/not-found",
    `There is no milestone folder ${name}; looked for ${searched}.`,
    { hints },
  );
}

function distance(one: string, other: string): number {
  const [a, b] = [one, other].map((name) => name.slice(1).split(".").map(Number));
  return Math.abs((a?.[0] ?? 0) - (b?.[0] ?? 0)) + Math.abs((a?.[1] ?? 0) - (b?.[1] ?? 0)) / 1000;
}

/** Walks the part of the repository that the pattern can lie in; links are not followed. */
function search({ root, pattern }: FolderPlaces): Search {
  const realRoot = fs.realpathSync(root);
  const base = startOf(pattern);
  const fits = picomatch(pattern.replaceAll("{m}", "m[0-9]*"), { nocase: true, dot: true });
  const found: Found[] = [];
  const pending = isInside(realRoot, base) ? [base] : [];
  let entries = 0;
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    const named = folder === "" ? null : nameIn(folder);
    if (named !== null && fits(folder)) found.push({ reference: folder, ...named });
    if (folder.split("/").length > DEPTH_MAX) continue;
    const below = foldersIn(path.join(realRoot, folder));
    entries += below.seen;
    if (entries > ENTRIES_MAX) return { found, isCut: true };
    pending.push(...below.names.map((name) => (folder === "" ? name : `${folder}/${name}`)));
  }
  return { found: found.toSorted((a, b) => (a.reference < b.reference ? -1 : 1)), isCut: false };
}

/** The folders of a pattern before its first wildcard. */
function startOf(pattern: string): string {
  const parts = path.posix.normalize(pattern).split("/");
  const first = parts.findIndex((part) => /[*?[\]{}()!+@]/u.test(part));
  return parts.slice(0, first === -1 ? undefined : first).join("/");
}

function isInside(realRoot: string, base: string): boolean {
  try {
    const real = fs.realpathSync(path.join(realRoot, base));
    const inside = path.relative(realRoot, real);
    return inside !== ".." && !inside.startsWith(`..${path.sep}`) && !path.isAbsolute(inside);
  } catch {
    return false;
  }
}

function foldersIn(folder: string): { readonly names: readonly string[]; readonly seen: number } {
  try {
    const entries = fs.readdirSync(folder, { withFileTypes: true });
    const names = entries.flatMap((entry) =>
      entry.isDirectory() && !SKIPPED.has(entry.name) ? [entry.name] : [],
    );
    return { names: names.toSorted().toReversed(), seen: entries.length };
  } catch {
    // Not a folder, or not ours to read: nothing is found there.
    return { names: [], seen: 1 };
  }
}

/** The milestone that the deepest fitting part of a path names. */
function nameIn(reference: string): Omit<Found, "reference"> | null {
  for (const part of reference.split("/").toReversed()) {
    const match = /(?<![a-z0-9])m(\d{1,6}(?:\.\d{1,6}){0,4})(?![a-z0-9])/iu.exec(part);
    const name = match === null ? null : milestoneName(match[0]);
    if (name !== null) return { name, isExact: milestoneName(part) === name };
  }
  return null;
}

/** True for a plan file of a milestone folder; `PLAN.md` is one only in a folder that is called like a milestone. */
export function isPlanName(name: string): boolean {
  return PLAN_NAME.test(name);
}

/** True where a path of the repository is a milestone folder, or the plan file in one. */
export function isMilestoneFolder(root: string, reference: string): boolean {
  const name = path.posix.basename(reference);
  if (isPlanName(name))
    return /^impl/iu.test(name) || isNamed(path.posix.basename(path.posix.dirname(reference)));
  try {
    if (!isInside(fs.realpathSync(root), reference)) return false;
    const entries = fs.readdirSync(path.join(root, reference));
    return isNamed(name) || entries.some((entry) => /^impl/iu.test(entry) && isPlanName(entry));
  } catch {
    return false;
  }
}

function isNamed(part: string): boolean {
  return /^m\d/iu.test(part) && nameIn(part) !== null;
}
