import { weighExpectation } from "./weigh-expectation.ts";
import type { Weighed } from "./weigh-condition.ts";

/** What became of an assertion that is no longer there as it was. */
export interface ExpectationChange {
  readonly kind: "test-weakened" | "expectation-changed";
  readonly words: string;
}

interface Held extends Weighed {
  readonly text: string;
}

/** Strengths this close are the same. */
const SAME = 0.01;

/** Assertions are shown to people no longer than this. */
const SHOWN_MAX = 200;

/**
 * What became of the assertions of a test: each that is gone is set against one that came, of the same subject first.
 * `moved` holds assertions that new tests brought; one that went there is not gone, and is taken out.
 */
export function compareExpectations(
  before: readonly string[],
  after: readonly string[],
  moved: Map<string, number>,
): readonly ExpectationChange[] {
  const gone = without(before, after).filter((text) => !taken(moved, text));
  let came = without(after, before).map(held);
  const changes: ExpectationChange[] = [];
  const left: Held[] = [];
  for (const one of gone.map(held)) {
    const match = bestFor(one, came);
    if (match === null) {
      left.push(one);
      continue;
    }
    came = came.filter((other) => other !== match);
    const change = changeOf(one, match);
    if (change !== null) changes.push(change);
  }
  for (const one of left) {
    const match = came.find(({ strength }) => strength >= one.strength - SAME) ?? came[0];
    came = came.filter((other) => other !== match);
    const change = match === undefined ? lost(one) : changeOf(one, match);
    if (change !== null) changes.push(change);
  }
  return changes;
}

/** What one list has more than another, counted, in its order. */
function without(texts: readonly string[], others: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const text of others) counts.set(text, (counts.get(text) ?? 0) + 1);
  return texts.filter((text) => !taken(counts, text)).toSorted();
}

function taken(counts: Map<string, number>, text: string): boolean {
  const count = counts.get(text) ?? 0;
  if (count > 0) counts.set(text, count - 1);
  return count > 0;
}

function held(text: string): Held {
  return { ...weighExpectation(text), text };
}

/** The one that looks at the same thing, in the same way if there is one, else the one that demands most. */
function bestFor(one: Held, came: readonly Held[]): Held | null {
  const same = came.filter(({ subject }) => subject === one.subject && subject !== "");
  const alike = same.find(
    ({ matcher, strength }) => matcher === one.matcher && strength >= one.strength - SAME,
  );
  return alike ?? same.toSorted((a, b) => b.strength - a.strength)[0] ?? null;
}

function changeOf(before: Held, after: Held): ExpectationChange | null {
  const from = shown(before.text);
  const to = shown(after.text);
  if (after.strength < before.strength - SAME) {
    return { kind: "test-weakened", words: `\`${from}\` became \`${to}\`, which demands less.` };
  }
  const isComparable =
    before.matcher === after.matcher && before.bound !== null && after.bound !== null;
  const tighter = isComparable ? (after.bound ?? 0) - (before.bound ?? 0) : 0;
  if (tighter < 0) {
    return { kind: "test-weakened", words: `\`${from}\` became \`${to}\`, which allows more.` };
  }
  if (after.strength > before.strength + SAME || tighter > 0) return null;
  return { kind: "expectation-changed", words: `\`${from}\` became \`${to}\`.` };
}

/** What was always true is no loss. */
function lost(before: Held): ExpectationChange | null {
  if (before.strength === 0) return null;
  return { kind: "test-weakened", words: `\`${shown(before.text)}\` is no longer asserted.` };
}

function shown(text: string): string {
  return text.length <= SHOWN_MAX ? text : `${text.slice(0, SHOWN_MAX - 1)}…`;
}
