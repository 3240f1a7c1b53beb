import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  baseAsLanded,
  objectToLanding,
  withoutRenamed,
  type LandingDiffs,
} from "./landing-check.ts";
import { ABSENT, type TreeChange } from "./tree-differ.ts";

const change = (path: string, before: string, after: string): TreeChange => ({
  path,
  before,
  after,
});
const diffs = (
  own: readonly TreeChange[],
  base: readonly TreeChange[],
  landed: readonly TreeChange[],
): LandingDiffs => ({
  own,
  base,
  landed,
});
const NO_RENAMES = { own: new Map<string, string>(), base: new Map<string, string>() };

describe("the landing check", () => {
  test("has nothing against the branch's own changes beside the base's", () => {
    const own = [change("a", "1", "2"), change("new", ABSENT, "n"), change("old", "o", ABSENT)];
    expect(objectToLanding(diffs(own, [change("z", ABSENT, "z")], own))).toEqual([]);
  });

  test("has nothing against a merged content where both sides changed the file", () => {
    const landed = [change("a", "base", "both")];
    expect(
      objectToLanding(diffs([change("a", "1", "mine")], [change("a", "1", "base")], landed)),
    ).toEqual([]);
  });

  test("objects to a path that is not the branch's: something merged earlier would be reverted", () => {
    const own = [change("a", "1", "2")];
    const landed = [...own, change("z", "z", ABSENT)];
    expect(objectToLanding(diffs(own, [change("z", ABSENT, "z")], landed))).toEqual([
      { path: "z", why: "outside" },
    ]);
  });

  test("objects when the base never touched a file and another version than the branch's would land, or none", () => {
    const own = [change("a", "1", "2"), change("b", "1", "2")];
    expect(objectToLanding(diffs(own, [], [change("a", "1", "3")]))).toEqual([
      { path: "a", why: "not-the-branch's" },
      { path: "b", why: "not-the-branch's" },
    ]);
  });

  test("lets an edit follow the base's move of its file, and nothing else", () => {
    const own = [change("a", "1", "2")];
    const base = [change("a", "1", ABSENT), change("moved", ABSENT, "1")];
    const all = diffs(own, base, [change("moved", "1", "2")]);
    const objections = objectToLanding(all);
    expect(objections).toEqual([{ path: "moved", why: "outside" }]);
    const renames = { ...NO_RENAMES, base: new Map([["moved", "a"]]) };
    expect(withoutRenamed(objections, all, renames)).toEqual([]);
    expect(withoutRenamed(objections, all, NO_RENAMES)).toEqual(objections);
    const foreign = { ...NO_RENAMES, base: new Map([["moved", "else"]]) };
    expect(withoutRenamed(objections, all, foreign)).toEqual(objections);
  });

  test("lets the base's edit follow the branch's move of its file", () => {
    const own = [change("a", "1", ABSENT), change("moved", ABSENT, "1")];
    const base = [change("a", "1", "2")];
    const all = diffs(own, base, [change("a", "2", ABSENT), change("moved", ABSENT, "2")]);
    const objections = objectToLanding(all);
    expect(objections).toEqual([{ path: "moved", why: "not-the-branch's" }]);
    const renames = { ...NO_RENAMES, own: new Map([["moved", "a"]]) };
    expect(withoutRenamed(objections, all, renames)).toEqual([]);
  });
});

/** Path -> entry, of few of each: so that trees have much in common. */
const tree = fc.dictionary(fc.constantFrom("a", "b", "c"), fc.constantFrom("1", "2", "3"));

function between(from: Record<string, string>, to: Record<string, string>): TreeChange[] {
  const paths = [...new Set([...Object.keys(from), ...Object.keys(to)])];
  return paths
    .map((path) => change(path, from[path] ?? ABSENT, to[path] ?? ABSENT))
    .filter(({ before, after }) => before !== after);
}

test("what the base has got at the branch's own paths is told by what would change there, or not at all", () => {
  let told = 0;
  fc.assert(
    fc.property(tree, tree, tree, tree, (fork, head, onto, merged) => {
      const [own, base] = [between(fork, head), between(fork, onto)];
      const landed = between(onto, merged);
      const known = baseAsLanded({ own, landed });
      const isUnchanged = own.some(({ path }) => !landed.some((one) => one.path === path));
      expect(known === null).toBe(isUnchanged);
      if (known === null) return;
      told += 1;
      expect(objectToLanding({ own, base: known, landed })).toEqual(
        objectToLanding({ own, base, landed }),
      );
    }),
    { seed: 20_261_129, numRuns: 500 },
  );
  expect(told).toBeGreaterThan(50);
});
