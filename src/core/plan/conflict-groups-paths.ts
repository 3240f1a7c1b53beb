import { patternMatcher } from "./conflict-groups-pattern.ts";

/** Something several issues touch: a path, a folder or a pattern, with the issues (by index, ascending). */
export interface Overlap {
  readonly label: string;
  readonly nodes: readonly number[];
  /** Those that name it by itself, where others only name something in it. */
  readonly named?: readonly number[];
}

/** Further down nobody tells files apart. */
const DEPTH_MAX = 32;
/** Patterns of one folder that are tried on a path; what is named after them counts as written only. */
const PATTERNS_MAX = 50;
/** A longer pattern counts as written. */
const PATTERN_CHARS_MAX = 120;
const PATH_CHARS_MAX = 300;

/**
 * What at least two of the lists have in common. A folder (`src/auth`, `src/auth/**`) holds everything below it, a
 * pattern (`src/*.ts`) what fits it; of two patterns only equal ones, or one inside the other's folder, are told.
 */
export function overlapsOf(lists: readonly (readonly string[])[]): readonly Overlap[] {
  const places = new Map<string, Place>();
  for (const [node, files] of lists.entries()) {
    for (const file of files) {
      const place = placeOf(file);
      if (place === null) continue;
      const known = places.get(place.id) ?? place;
      known.nodes.add(node);
      places.set(place.id, known);
    }
  }
  const patterns = patternsByFolder(places);
  // What lies inside is added at the end: a folder's own names are what the others are held against.
  const inside = [...places.values()].flatMap((place) =>
    holdersOf(place, places, patterns).map((holder) => [holder, [...place.nodes]] as const),
  );
  const named = new Map(inside.map(([holder]) => [holder, [...holder.nodes]]));
  for (const [holder, nodes] of inside) for (const node of nodes) holder.nodes.add(node);
  return [...places.values()]
    .filter(({ nodes }) => nodes.size > 1)
    .map((place) => {
      const own = named.get(place);
      const overlap = { label: place.label, nodes: ascending(place.nodes) };
      return own === undefined ? overlap : { ...overlap, named: ascending(own) };
    });
}

function ascending(nodes: Iterable<number>): readonly number[] {
  return [...nodes].toSorted((a, b) => a - b);
}

interface Place {
  /** The path itself; folders without what says "everything below". */
  readonly id: string;
  /** As the first issue wrote it. */
  readonly label: string;
  readonly nodes: Set<number>;
  /** Folder in which the pattern begins; null for a plain path. */
  readonly patternIn: string | null;
}

function placeOf(written: string): Place | null {
  const label = written.replace(/^(?:\.?\/)+/u, "").slice(0, PATH_CHARS_MAX);
  const id = label.replace(/(?:\/\*\*)?(?:\/\*?)?$/u, "");
  // `**` and `.` name the whole repository, and so nothing.
  if (id === "" || /^[.*]+$/u.test(id)) return null;
  return { id, label, nodes: new Set(), patternIn: isPattern(id) ? folderOfPattern(id) : null };
}

/** `[id]` and `(group)` are folders of some frameworks: only stars, question marks and braces make a pattern. */
function isPattern(path: string): boolean {
  return path.length <= PATTERN_CHARS_MAX && /[*?{]/u.test(path);
}

function folderOfPattern(pattern: string): string {
  const segments = pattern.split("/");
  const first = segments.findIndex((segment) => /[*?{]/u.test(segment));
  return segments.slice(0, first).join("/");
}

interface Pattern {
  readonly place: Place;
  readonly fits: (names: readonly string[]) => boolean;
}

function patternsByFolder(
  places: ReadonlyMap<string, Place>,
): ReadonlyMap<string, readonly Pattern[]> {
  const byFolder = new Map<string, Pattern[]>();
  for (const place of places.values()) {
    if (place.patternIn === null) continue;
    const patterns = byFolder.get(place.patternIn) ?? [];
    if (patterns.length < PATTERNS_MAX) patterns.push({ place, fits: patternMatcher(place.id) });
    byFolder.set(place.patternIn, patterns);
  }
  return byFolder;
}

/** The folders and patterns that this path or pattern lies in. */
function holdersOf(
  { id, patternIn }: Place,
  places: ReadonlyMap<string, Place>,
  patterns: ReadonlyMap<string, readonly Pattern[]>,
): readonly Place[] {
  const holders: Place[] = [];
  const start = patternIn ?? id;
  const folders = foldersAbove(start);
  // A pattern lies in the folder in which it begins, too.
  for (const folder of patternIn === null || start === "" ? folders : [start, ...folders]) {
    const holder = places.get(folder);
    if (holder !== undefined && holder.patternIn === null) holders.push(holder);
  }
  if (patternIn !== null || patterns.size === 0) return holders;
  const names = id.split("/");
  for (const folder of ["", ...folders]) {
    for (const { place, fits } of patterns.get(folder) ?? []) if (fits(names)) holders.push(place);
  }
  return holders;
}

/** `a/b/c.ts` lies in `a/b` and `a`. */
function foldersAbove(path: string): readonly string[] {
  const folders: string[] = [];
  let end = path.lastIndexOf("/");
  for (let depth = 0; end > 0 && depth < DEPTH_MAX; depth += 1) {
    folders.push(path.slice(0, end));
    end = path.lastIndexOf("/", end - 1);
  }
  return folders;
}
