import type { Run } from "../../run/run.ts";

/** What is known of the prefixes of a train, by length: green, or red. Lengths that are missing were not gated. */
export type GatedPrefixes = Readonly<Record<number, boolean>>;

export interface PrefixBounds {
  /** The longest green prefix; 0: only the branch itself. */
  readonly green: number;
  /** The shortest red prefix above it; null: nothing above it is red. */
  readonly red: number | null;
}

/**
 * The longest prefix that is green and the shortest red one above it. A green prefix clears every shorter one, also
 * where that was red by itself: its cars are in both, so what made the shorter one red was not their code.
 */
export function prefixBounds(gated: GatedPrefixes): PrefixBounds {
  const lengths = Object.entries(gated).map(([length, ok]) => ({ length: Number(length), ok }));
  const green = lengths.reduce((max, { length, ok }) => (ok ? Math.max(max, length) : max), 0);
  const reds = lengths.filter(({ length, ok }) => !ok && length > green);
  return { green, red: reds.length === 0 ? null : Math.min(...reds.map(({ length }) => length)) };
}

/** The same where no landing may rest on a longer prefix: what counts is what each length has shown by itself. */
function eachBounds(gated: GatedPrefixes): PrefixBounds {
  let green = 0;
  while (gated[green + 1] === true) green += 1;
  return { green, red: gated[green + 1] === false ? green + 1 : null };
}

/** What is known of the train under way, by the rule that the run has for it; of no train: nothing is green. */
export function trainBounds({ train, settings }: Pick<Run, "train" | "settings">): PrefixBounds {
  const { gated } = train ?? { gated: {} };
  return settings.merging?.everyCommitGreen === true ? eachBounds(gated) : prefixBounds(gated);
}

/** The car that turned the green prefix before it red, from 1; null while that is not certain. */
export function culpritOf({ green, red }: PrefixBounds): number | null {
  return red !== null && red === green + 1 ? red : null;
}

export interface PrefixSearch {
  readonly size: number;
  readonly gated: GatedPrefixes;
  readonly bounds: PrefixBounds;
  /** How many gates may run at once. */
  readonly slots: number;
  /** Every prefix is gated by itself: no landing rests on a longer one. */
  readonly isEach: boolean;
}

/**
 * Prefixes worth gating now, shortest first, `slots` at most; none when it is known which are green. They cut the
 * unknown part evenly, so that a round leaves a `slots + 1`th of it; while nothing is red the whole train is one of
 * them, since it clears all others. The whole of a part that is known to be red is never gated again. With one slot
 * this is bisection, and with `isEach` it is what a queue does that tests every landing.
 */
export function nextPrefixes(search: PrefixSearch): readonly number[] {
  const { size, gated, slots, isEach } = search;
  const { green, red } = search.bounds;
  if (isEach) return eachPrefix(green, red ?? size + 1, gated).slice(0, slots);
  const last = red === null ? size : red - 1;
  const unknown = last - green;
  if (unknown <= 0) return [];
  // `last` itself is worth a gate only where nothing above it is red, or where it is one of the cuts.
  const parts = red === null ? Math.min(slots, unknown) : Math.min(slots + 1, unknown + 1);
  const cuts = Array.from({ length: red === null ? parts : parts - 1 }, (_, index) => {
    const width = red === null ? unknown : unknown + 1;
    return green + Math.max(1, Math.round((width * (index + 1)) / parts));
  });
  const lengths = [...new Set(cuts)].filter((length) => length > green && length <= last);
  return lengths.filter((length) => gated[length] === undefined);
}

function eachPrefix(green: number, end: number, gated: GatedPrefixes): readonly number[] {
  const lengths: number[] = [];
  for (let length = green + 1; length < end; length += 1)
    if (gated[length] === undefined) lengths.push(length);
  return lengths;
}
