/** What a key says about the reference behind it. `needs`: a blocker, in a word that also has other uses. */
export type KeyMeaning = "blocked-by" | "needs" | "blocks" | "related";

export interface KeyedWords {
  readonly meaning: KeyMeaning;
  readonly value: string;
  /** A colon, or nothing but the key on its line: the words that follow are its value, whatever they are. */
  readonly explicit: boolean;
}

const BLOCKED_BY = String.raw`(?:(?:this|it)\s+)?(?:(?:is|was)\s+)?(?:depend(?:s|ent|ant|ing)?[\s_-]+(?:up)?on|dependenc(?:y|ies)|(?:blocked|waits?|waiting)[\s_-]+(?:by|on|for)|blockers?|stacked[\s_-]+on|builds[\s_-]+on)`;
const NEEDS = String.raw`(?:requires?|requirements?|needs?|after|pre-?requisites?|prereqs?)`;
const BLOCKS = String.raw`(?:(?:this|it)\s+)?(?:is\s+)?(?:un)?block(?:s|ing)|needed[\s_-]+by|required[\s_-]+by|pre-?requisite\s+(?:for|of)`;
const RELATED = String.raw`related(?:\s+(?:to|issues?|work))?|relates\s+to|see(?:\s+also)?`;

// The reverse words first: "prerequisite for" begins like "prerequisite".
const MEANINGS: readonly (readonly [KeyMeaning, string])[] = [
  ["blocks", BLOCKS],
  ["blocked-by", BLOCKED_BY],
  ["needs", NEEDS],
  ["related", RELATED],
];
const COLON = String.raw`(?:\s*\([^()]{0,40}\))?["'”’]?\s*(?:[:：=]|[-–—]>|[-–—](?=\s))`;
const EXACT = String.raw`(?=\s+(?:(?:tasks?|issues?|prs?)\s+)?(?:#\d|[\w.-]+/[\w.-]+#\d|GH-\d|https?:))`;
const NAMED = String.raw`(?=\s+(?:tasks?\s+\d|\d+\.\d+[a-z]?(?![\w.%]*\w)))`;

const KEYED = MEANINGS.map(([meaning, words]) => ({
  meaning,
  withColon: new RegExp(`^(?:${words})${COLON}`, "iu"),
  withReference: new RegExp(
    `^(?:${words})(?:${EXACT}${meaning === "needs" ? "" : `|${NAMED}`})`,
    "iu",
  ),
  alone: new RegExp(`^(?:${words})["'”’]?$`, "iu"),
}));

/** Words of a text without which it can declare nothing: a cheap test before the syntax tree is built. */
export const MAY_DECLARE =
  /depend|block|wait|stacked|builds|requir|need|after|prereq|pre-req|relate|see\b/iu;

/** Parenthood and closing words are no edges, whatever stands beside them. */
const NO_EDGE =
  /^(?:parents?|part of|epics?|child(?:\s+issue)?(?:\s+of)?|origin|based on|clos(?:es?|ed)|fix(?:es|ed)?|resolves?|resolved|dup(?:e|licates?)(?:\s+of)?|tracking|roll-?up)\b/iu;

// Marks, emoji and quotes in front of a key say nothing.
const DECORATION = /^[^\p{L}\p{N}#/]+/u;

/** Reads a line as `key: value`; null when it is not a keyed line. */
export function readKey(line: string, bold: boolean): KeyedWords | null {
  const words = line.replace(DECORATION, "");
  for (const { meaning, withColon, withReference, alone } of KEYED) {
    const match = withColon.exec(words) ?? withReference.exec(words);
    if (match !== null) {
      const explicit = withColon.test(words);
      return { meaning, value: words.slice(match[0].length), explicit };
    }
    if (bold && alone.test(words)) return { meaning, value: "", explicit: true };
  }
  return null;
}

/** True for lines about parents and about what a change closes. */
export function isNoEdge(line: string): boolean {
  return NO_EDGE.test(line.replace(DECORATION, ""));
}

const SECTIONS: readonly (readonly [KeyMeaning, RegExp])[] = [
  ["blocks", /^(?:blocks|blocking|unblocks)$/iu],
  [
    "blocked-by",
    /^(?:(?:hard|issue|task)\s+)?(?:dependenc(?:y|ies)|depends on|blocked by|blockers?|waits on|waiting (?:on|for)|stacked on)$/iu,
  ],
  ["needs", /^(?:pre-?requisites?|prereqs?|requires|needs)$/iu],
  ["related", /^(?:related(?: issues| work)?|see also)$/iu],
];

/** What a section with this heading lists; null: nothing about dependencies. */
export function readSectionHeading(heading: string): KeyMeaning | null {
  const words = heading
    .replace(DECORATION, "")
    .replace(/^\d+(?:\.\d+)*[.)]?\s+/u, "")
    .replace(/(?<=\p{L})[^\p{L}]+$/u, "");
  return SECTIONS.find(([, pattern]) => pattern.test(words))?.[0] ?? null;
}

// `Type: X | Depends on: #3 | Size: S` and `Depends on: #12. Blocks: #14` hold several keys in one line.
const BETWEEN_KEYS =
  /\s+\|\s+|\s+[·•]\s+(?=[\p{L} -]{2,24}:)|[.;]\s+(?=(?:blocks|unblocks|blocked by|depends on|related|parent|part of|see also)\b[^.:]{0,12}:)/iu;
// A new sentence is no value any more, unless it goes on naming.
const SENTENCE_END = /[.!?]\s+(?=\p{Lu})(?!Tasks?\b|Issues?\b|GH-)/u;

/** Cuts a line where one key's words end and the next begin. */
export function splitKeys(line: string): readonly string[] {
  return line.split(BETWEEN_KEYS).map((part) => part.trim());
}

/** The words of a value up to the end of its sentence. */
export function firstSentence(value: string): string {
  return (value.split(SENTENCE_END, 1)[0] ?? "").trim();
}
