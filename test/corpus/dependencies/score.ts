import type { Declaration } from "../../../src/core/plan/issue.ts";
import { readDependencies } from "../../../src/core/plan/read-dependencies.ts";
import { REPOSITORY } from "./case.ts";
import type { CorpusCase } from "./case.ts";
import { KEYED } from "./keyed.ts";
import { OTHERS } from "./others.ts";
import { PROSE } from "./prose.ts";
import { SECTIONS, UNRESOLVED } from "./sections.ts";
import { LANGUAGES, TRAPS } from "./traps.ts";

/** What the reader must reach. */
export const AIMS = { precision: 0.98, recall: 0.9 } as const;

export const CASES: readonly CorpusCase[] = [
  ...KEYED,
  ...SECTIONS,
  ...UNRESOLVED,
  ...OTHERS,
  ...PROSE,
  ...TRAPS,
  ...LANGUAGES,
];

const SELF = "#100";

/** What was read out of one case and what was not. */
export interface CaseScore {
  readonly name: string;
  readonly after: string;
  readonly right: number;
  /** Edges that were expected and not read. */
  readonly missing: readonly string[];
  /** Edges that were read and not expected. */
  readonly wrong: readonly string[];
  readonly unreported: readonly string[];
  /** Reported blockers that nobody declared. */
  readonly needless: readonly string[];
  /** Differences in the parent and in what the text states. */
  readonly other: readonly string[];
}

export interface Score {
  readonly cases: readonly CaseScore[];
  readonly precision: number;
  readonly recall: number;
  readonly unresolved: {
    readonly expected: number;
    readonly reported: number;
    readonly needless: number;
  };
}

/** Reads every case and counts. */
export function scoreCorpus(cases: readonly CorpusCase[] = CASES): Score {
  const scores = cases.map(scoreCase);
  const sum = (of: (score: CaseScore) => number): number =>
    scores.reduce((total, score) => total + of(score), 0);
  const right = sum((score) => score.right);
  const wrong = sum((score) => score.wrong.length);
  const missing = sum((score) => score.missing.length);
  const expected = cases.reduce((total, { unresolved }) => total + unresolved.length, 0);
  return {
    cases: scores,
    precision: right / Math.max(1, right + wrong),
    recall: right / Math.max(1, right + missing),
    unresolved: {
      expected,
      reported: expected - sum((score) => score.unreported.length),
      needless: sum((score) => score.needless.length),
    },
  };
}

/** The edges of a text as `dependent <- blocker`, soft ones with `~`. */
export function edgesOf(body: string): ReadonlySet<string> {
  const { declarations } = readDependencies(body);
  return new Set(declarations.filter(({ resolved }) => resolved).map(edgeOf));
}

function scoreCase({
  name,
  after,
  body,
  edges,
  unresolved,
  parent,
  statesBlockers,
}: CorpusCase): CaseScore {
  const read = readDependencies(body);
  const found = edgesOf(body);
  const expected = new Set(
    edges.map(({ dependent, blocker, strength }) => `${dependent} <- ${mark(strength)}${blocker}`),
  );
  const refused = new Set(
    read.declarations
      .filter(({ resolved, strength }) => !resolved && strength === "hard")
      .map(({ target }) => target),
  );
  const other: string[] = [];
  const readParent = read.parent === null ? null : local(read.parent);
  if (readParent !== parent) other.push(`parent ${readParent} in place of ${parent}`);
  if (statesBlockers !== null && read.statesBlockers !== statesBlockers)
    other.push(`statesBlockers is ${read.statesBlockers}`);
  return {
    name,
    after,
    right: [...found].filter((edge) => expected.has(edge)).length,
    missing: [...expected].filter((edge) => !found.has(edge)),
    wrong: [...found].filter((edge) => !expected.has(edge)),
    unreported: unresolved.filter((words) => !refused.has(words)),
    needless: [...refused].filter((words) => !unresolved.includes(words)),
    other,
  };
}

function edgeOf({ target, dependent, reverse, strength }: Declaration): string {
  const [waiting, blocker] = reverse === true ? [target, SELF] : [dependent ?? SELF, target];
  return `${local(waiting)} <- ${mark(strength)}${local(blocker)}`;
}

function mark(strength: Declaration["strength"]): string {
  return strength === "soft" ? "~" : "";
}

/** `acme/app#12` is `#12` for a text of that repository. */
function local(reference: string): string {
  return reference.startsWith(`${REPOSITORY}#`) ? reference.slice(REPOSITORY.length) : reference;
}
