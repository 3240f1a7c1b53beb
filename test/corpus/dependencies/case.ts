/** The repository in which the texts of the corpus stand. */
export const REPOSITORY = "acme/app";
/** In place of a thread, where only the words of a language are tried. */
export const NO_THREAD = "no thread";
/** The issue whose text is read, where a case says nothing else. */
const SELF = "#100";

/** One edge as it is expected: who waits for whom. */
export interface ExpectedEdge {
  readonly dependent: string;
  readonly blocker: string;
  readonly strength: "hard" | "soft";
}

/** A text of our own, shaped after a public thread, and what it declares. */
export interface CorpusCase {
  readonly name: string;
  /** The public thread whose shape it has: `owner/repo#12`. */
  readonly after: string;
  readonly body: string;
  readonly edges: readonly ExpectedEdge[];
  /** Words that declare a blocker and name no issue. */
  readonly unresolved: readonly string[];
  readonly parent: string | null;
  /** False where the text must not count as speaking of its blockers at all; null where that is not looked at. */
  readonly statesBlockers: boolean | null;
}

interface Extra {
  readonly unresolved?: readonly string[];
  readonly parent?: string;
  readonly statesBlockers?: boolean;
}

/** A case whose text waits for these issues. */
export function waits(
  after: string,
  name: string,
  body: string,
  blockers: readonly string[],
  extra: Extra = {},
): CorpusCase {
  return expecting(
    after,
    name,
    body,
    blockers.map((blocker) => hard(SELF, blocker)),
    extra,
  );
}

/** A case with edges of any kind. */
export function expecting(
  after: string,
  name: string,
  body: string,
  edges: readonly ExpectedEdge[],
  { unresolved = [], parent, statesBlockers }: Extra = {},
): CorpusCase {
  return {
    name,
    after,
    body,
    edges,
    unresolved,
    parent: parent ?? null,
    statesBlockers: statesBlockers ?? null,
  };
}

/** A trap: a text that declares nothing, though it looks so. */
export function nothing(after: string, name: string, body: string, extra: Extra = {}): CorpusCase {
  return expecting(after, name, body, [], extra);
}

export function hard(dependent: string, blocker: string): ExpectedEdge {
  return { dependent, blocker, strength: "hard" };
}

/** This issue waits for the other one. */
export function own(blocker: string): ExpectedEdge {
  return hard(SELF, blocker);
}

/** The other one waits for this issue. */
export function holds(dependent: string): ExpectedEdge {
  return hard(dependent, SELF);
}

export function soft(blocker: string): ExpectedEdge {
  return { dependent: SELF, blocker, strength: "soft" };
}
