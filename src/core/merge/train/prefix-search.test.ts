import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Run, RunSettings } from "../../run/run.ts";
import {
  culpritOf,
  nextPrefixes,
  prefixBounds,
  trainBounds,
  type GatedPrefixes,
  type PrefixBounds,
} from "./prefix-search.ts";

interface Search {
  readonly gated: GatedPrefixes;
  readonly rounds: number;
  readonly gates: number;
}

/** Gates what is asked for, round by round, until nothing is; `isGreen` says what the gates say. */
function searched(
  size: number,
  slots: number,
  isGreen: (length: number) => boolean,
  isEach = false,
): Search {
  const gated: Record<number, boolean> = {};
  let rounds = 0;
  let gates = 0;
  for (;;) {
    const lengths = nextPrefixes({ size, gated, bounds: prefixBounds(gated), slots, isEach });
    if (lengths.length === 0) return { gated, rounds, gates };
    expect(lengths.length).toBeLessThanOrEqual(slots);
    for (const length of lengths) gated[length] = isGreen(length);
    rounds += 1;
    gates += lengths.length;
    expect(rounds).toBeLessThan(200);
  }
}

function asked(length: number, gated: GatedPrefixes, many: number): readonly number[] {
  const bounds = prefixBounds(gated);
  return nextPrefixes({ size: length, gated, bounds, slots: many, isEach: false });
}

function boundsOf(gated: GatedPrefixes, everyCommitGreen: boolean): PrefixBounds {
  const merging = { everyCommitGreen } as NonNullable<RunSettings["merging"]>;
  return trainBounds({ train: { gated } as Run["train"], settings: { merging } as RunSettings });
}

const size = fc.integer({ min: 1, max: 40 });
const slots = fc.integer({ min: 1, max: 8 });

describe("searching the prefixes of a train", () => {
  test("all good: one round, and the whole is green", () => {
    fc.assert(
      fc.property(size, slots, (length, many) => {
        const { gated, rounds } = searched(length, many, () => true);
        expect(prefixBounds(gated)).toEqual({ green: length, red: null });
        expect(rounds).toBe(1);
      }),
    );
  });

  test("the first bad car is found, and everything before it is green", () => {
    fc.assert(
      fc.property(
        size,
        slots,
        fc.integer({ min: 1, max: 40 }),
        fc.boolean(),
        (length, many, at, isEach) => {
          const bad = 1 + ((at - 1) % length);
          const { gated } = searched(length, many, (prefix) => prefix < bad, isEach);
          expect(prefixBounds(gated)).toEqual({ green: bad - 1, red: bad });
          expect(culpritOf(prefixBounds(gated))).toBe(bad);
        },
      ),
    );
  });

  test("each round leaves a share of what was unknown", () => {
    fc.assert(
      fc.property(size, slots, fc.integer({ min: 1, max: 40 }), (length, many, at) => {
        const bad = 1 + ((at - 1) % length);
        const { rounds } = searched(length, many, (prefix) => prefix < bad);
        const most = 2 + Math.ceil(Math.log(length + 1) / Math.log(many + 1)) + 1;
        expect(rounds).toBeLessThanOrEqual(most);
      }),
    );
  });

  test("no prefix is gated twice, and none that a longer green one has cleared", () => {
    fc.assert(
      fc.property(
        size,
        slots,
        fc.array(fc.boolean(), { minLength: 41, maxLength: 41 }),
        (length, many, colours) => {
          const gated: Record<number, boolean> = {};
          for (;;) {
            const lengths = asked(length, gated, many);
            if (lengths.length === 0) break;
            const { green } = prefixBounds(gated);
            for (const prefix of lengths) {
              expect(gated[prefix]).toBeUndefined();
              expect(prefix).toBeGreaterThan(green);
              expect(prefix).toBeLessThanOrEqual(length);
            }
            for (const prefix of lengths) gated[prefix] = colours[prefix] ?? true;
          }
          const { green, red } = prefixBounds(gated);
          expect(red === null ? green === length : red === green + 1).toBe(true);
        },
      ),
    );
  });

  test("a green prefix clears a shorter one that was red by itself", () => {
    expect(prefixBounds({ 2: false, 4: true })).toEqual({ green: 4, red: null });
    expect(culpritOf(prefixBounds({ 2: false, 4: true }))).toBeNull();
    expect(asked(4, { 2: false, 4: true }, 2)).toEqual([]);
  });

  test("where no landing may rest on a longer prefix, a green one clears nothing before it", () => {
    expect(boundsOf({ 2: true }, true)).toEqual({ green: 0, red: null });
    expect(boundsOf({ 1: false, 2: true }, true)).toEqual({ green: 0, red: 1 });
    expect(boundsOf({ 1: true, 2: true, 3: false }, true)).toEqual({ green: 2, red: 3 });
    expect(boundsOf({ 1: false, 2: true }, false)).toEqual({ green: 2, red: null });
  });

  test("with every landing gated by itself no prefix is left out", () => {
    const { gated } = searched(5, 2, () => true, true);
    expect(Object.keys(gated)).toEqual(["1", "2", "3", "4", "5"]);
  });

  test("four slots cut a train of sixteen into four, and the red quarter again", () => {
    expect(asked(16, {}, 4)).toEqual([4, 8, 12, 16]);
    const gated = { 4: true, 8: true, 12: false, 16: false };
    expect(asked(16, gated, 4)).toEqual([9, 10, 11]);
  });
});
