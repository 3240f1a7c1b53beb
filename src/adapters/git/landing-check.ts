import { ABSENT, type TreeChange } from "./tree-differ.ts";

export interface LandingDiffs {
  /** fork point → head: what the branch does. */
  readonly own: readonly TreeChange[];
  /** fork point → onto: what the base has got since. */
  readonly base: readonly TreeChange[];
  /** onto → candidate: what would change. */
  readonly landed: readonly TreeChange[];
}

/** A path moved by one side, found by likeness: then the other side's edits belong at the new place. */
export interface Renames {
  readonly own: ReadonlyMap<string, string>;
  readonly base: ReadonlyMap<string, string>;
}

export interface LandingObjection {
  readonly path: string;
  readonly why: "outside" | "not-the-branch's";
}

/**
 * What a correct merge can never do, however it came about: change a path that is not the branch's, or put something
 * else than the branch's version where the base had not touched it. Catches a wrong merge base, which looks clean.
 */
export function objectToLanding(diffs: LandingDiffs): readonly LandingObjection[] {
  const own = byPath(diffs.own);
  const base = byPath(diffs.base);
  const landed = byPath(diffs.landed);
  const objections: LandingObjection[] = [];
  for (const path of landed.keys()) if (!own.has(path)) objections.push({ path, why: "outside" });
  for (const [path, change] of own) {
    if (base.has(path)) continue;
    // Not touched by the base: it must end as the branch has it.
    if (landed.get(path)?.after !== change.after)
      objections.push({ path, why: "not-the-branch's" });
  }
  return objections;
}

/**
 * What the base has got since at the branch's own paths, from what would change there; null where that does not tell,
 * because one of them would not change at all.
 */
export function baseAsLanded({
  own,
  landed,
}: Pick<LandingDiffs, "own" | "landed">): LandingDiffs["base"] | null {
  const changed = byPath(landed);
  const base: TreeChange[] = [];
  for (const { path, before } of own) {
    const now = changed.get(path)?.before;
    if (now === undefined) return null;
    if (now !== before) base.push({ path, before, after: now });
  }
  return base;
}

/** Objections that a rename does not explain. */
export function withoutRenamed(
  objections: readonly LandingObjection[],
  diffs: LandingDiffs,
  renames: Renames,
): readonly LandingObjection[] {
  const own = byPath(diffs.own);
  const base = byPath(diffs.base);
  return objections.filter(({ path, why }) => {
    if (why === "outside") {
      // The base moved a file the branch edits: the edit lands at the new place.
      const from = renames.base.get(path);
      return from === undefined || !own.has(from) || base.get(from)?.after !== ABSENT;
    }
    // The branch moved a file the base edited: the base's edit comes along to the new place.
    const from = renames.own.get(path);
    return from === undefined || !base.has(from);
  });
}

function byPath(changes: readonly TreeChange[]): ReadonlyMap<string, TreeChange> {
  return new Map(changes.map((change) => [change.path, change]));
}
