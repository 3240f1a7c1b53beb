import type { Phase } from "./task-lines.ts";

const ALIASES = ["setup", "foundational", "foundation", "polish"];

/** Finds the phases that words speak of: `Phase 3`, `Phase 3+`, `User Story 2`, `US2`, `all user stories`, `Setup`. */
export function createPhaseNames(
  phases: readonly Phase[],
): (words: string, self: number | null) => readonly number[] {
  const stories = storiesOf(phases);
  // A later phase may go on with a story: its tasks say so.
  const labelled = phases.flatMap(({ tasks }, index) =>
    tasks.some(({ story }) => story !== null) ? [index] : [],
  );
  const names = phases.map(nameOf);
  return (words, self) => {
    const lower = words.toLowerCase().slice(0, 500);
    const found = new Set<number>();
    const add = (indexes: readonly number[]): void => indexes.forEach((index) => found.add(index));
    const isAboutStories =
      /\buser stories\b(?!\s*\d)|\b(?:all|any|every|each|desired)\b[^.]{0,20}\bstor(?:y|ies)\b/u.test(
        lower,
      );
    if (isAboutStories) add([...[...stories.values()].flat(), ...labelled]);
    add(numbered(lower, phases, isAboutStories));
    for (const match of lower.matchAll(/\b(?:(?:user )?stor(?:y|ies) |us-?)(\d{1,4})\b/gu))
      add(stories.get(Number(match[1])) ?? []);
    if (/\b(?:final|last) phase\b/u.test(lower)) add(phases.length > 0 ? [phases.length - 1] : []);
    if (
      self !== null &&
      /\b(?:everything|all (?:previous|prior|other|earlier)|all phases|previous phases?)\b/u.test(
        lower,
      )
    )
      add(phases.map((_, index) => index).filter((index) => index < self));
    if (found.size === 0) add(named(lower, names));
    return [...found].toSorted((a, b) => a - b);
  };
}

function numbered(
  words: string,
  phases: readonly Phase[],
  isAboutStories: boolean,
): readonly number[] {
  const found: number[] = [];
  const pattern =
    /\bphases? (\d{1,4}(?:\.\d{1,4})?)(?:(\+)| ?(?:-|–|to|through) ?(\d{1,4}(?:\.\d{1,4})?))?/gu;
  for (const match of words.matchAll(pattern)) {
    const from = Number(match[1]);
    // "User Stories (Phase 3+)": the stories are meant, not all that follows.
    if (match[2] !== undefined && isAboutStories) continue;
    const to = match[2] === undefined ? Number(match[3] ?? match[1]) : Number.POSITIVE_INFINITY;
    for (const [index, phase] of phases.entries()) {
      const number = phase.number === null ? Number.NaN : Number(phase.number);
      if (number >= from && number <= to) found.push(index);
    }
  }
  return found;
}

function named(words: string, names: readonly string[]): readonly number[] {
  return names.flatMap((name, index) => {
    const alias = ALIASES.find((word) => name.startsWith(word));
    const isNamed =
      (name.length >= 4 && contains(words, name)) ||
      (alias !== undefined && contains(words, alias));
    return isNamed ? [index] : [];
  });
}

function contains(words: string, name: string): boolean {
  const at = words.indexOf(name);
  return at >= 0 && !isLetter(words[at - 1]) && !isLetter(words[at + name.length]);
}

function isLetter(character: string | undefined): boolean {
  return /[\p{L}\p{N}]/u.test(character ?? "");
}

/** The words of a phase's title without its number and what stands in brackets. */
function nameOf(phase: Phase): string {
  const words = phase.title.toLowerCase().slice(0, 200);
  return words
    .replace(/^[^\p{L}]*phase\s*[\dn.]{0,9}\s*[:.–—-]*\s*/u, "")
    .replaceAll(/\([^()]*\)/gu, " ")
    .replaceAll(/[^\p{L}\p{N} &/-]/gu, "")
    .replaceAll(/\s+/gu, " ")
    .trim();
}

/** Phases by the number of their story: by their titles, else by the labels of their tasks. */
function storiesOf(phases: readonly Phase[]): ReadonlyMap<number, readonly number[]> {
  const stories = new Map<number, number[]>();
  const titled = phases.map(
    ({ title }) => /\b(?:user story |us-?)(\d{1,4})\b/iu.exec(title.slice(0, 200))?.[1],
  );
  const known = new Set(titled.flatMap((number) => (number === undefined ? [] : [Number(number)])));
  for (const [index, phase] of phases.entries()) {
    const label = phase.tasks.find(({ story }) => story !== null)?.story ?? null;
    const byLabel = label === null || known.has(label) ? null : label;
    const number = titled[index] === undefined ? byLabel : Number(titled[index]);
    if (number === null) continue;
    stories.set(number, [...(stories.get(number) ?? []), index]);
  }
  return stories;
}
