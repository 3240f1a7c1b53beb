import { wordsOf } from "./dependency-words-table.ts";

/** What a key says about the reference behind it. `needs`: a blocker, in a word that also has other uses. */
export type KeyMeaning = "blocked-by" | "needs" | "blocks" | "related";

/** What a section lists; `order`: issues that are worked on one after the other. */
export type SectionMeaning = KeyMeaning | "order" | "parent";

export interface KeyedWords {
  readonly meaning: KeyMeaning;
  readonly value: string;
  /** A colon, or nothing but the key on its line: the words that follow are its value, whatever they are. */
  readonly explicit: boolean;
}

/** Stands around the code of a line that is no single word: a key inside of it is talked about, not used. */
export const CODE_MARK = "\uE000";

// "This PR currently depends on #12" is the key with a subject in front of it.
const LEAD = String.raw`(?:(?:this|the|that)\s+)?(?:(?:it|issue|task|pr|mr|pull\s+request|ticket|story|work|feature|change|epic|release|implementation)(?:['’]s)?\s+)?(?:(?:is|are|be|also|currently|now|still|partially|hard|strictly|directly|technically|only|can(?:not)?|should|must)\s+){0,3}`;
const FILL = String.raw`(?:(?:the\s+)?(?:tasks?|issues?|prs?|mrs?|pull\s+requests?|epics?|tickets?|stor(?:y|ies)|both|all\s+of|(?:completion|merge|landing|resolution|work|changes?)\s+(?:of|in|from|on))\s+){0,2}`;
const REFERENCE = String.raw`(?:\[?(?:pr|gh|mr)?#\d|[\w.-]+/[\w.-]+#\d|GH-\d|https?:|[\w.-]+/[\w.-]+/(?:pull|issues)/\d)`;
const COLON = String.raw`(?:\s*\([^()]{0,40}\))?["'”’]?\s*(?:[:：=]|[-–—]>|[-–—](?=\s))`;
const EXACT = String.raw`(?=[^\p{L}\p{N}#\uE000]{0,6}${FILL}${REFERENCE})`;
const NAMED = String.raw`(?=\s+(?:(?:tasks?|issues?|prs?|tickets?)\s+\d|\d+\.\d+[a-z]?(?![\w.%]*\w)))`;
// "Depends on the new parser (#12)"
const TITLED = String.raw`(?=\s[^.;:!?()\uE000]{1,60}\((?:${REFERENCE}))`;

// The reverse words first: "prerequisite for" begins like "prerequisite".
const MEANINGS: readonly (readonly [KeyMeaning, string])[] = [
  ["blocks", wordsOf("blocks")],
  ["blocked-by", wordsOf("blockedBy")],
  ["needs", `${wordsOf("needs")}|requirements?`],
  ["related", wordsOf("related")],
];

const KEYED = MEANINGS.map(([meaning, words]) => {
  const alsoNamed = meaning === "needs" ? "" : `|${NAMED}`;
  const alsoTitled = meaning === "blocked-by" ? `|${TITLED}` : "";
  return {
    meaning,
    withColon: new RegExp(`^${LEAD}(?:${words})${COLON}`, "iu"),
    withReference: new RegExp(`^${LEAD}(?:${words})(?:${EXACT}${alsoNamed}${alsoTitled})`, "iu"),
    alone: new RegExp(`^${LEAD}(?:${words})["'”’]?$`, "iu"),
  };
});

const RELATED_STEMS = String.raw`relate|see\b`;
const STEMS = String.raw`depend|\bdeps?\b|block|wait|stacked|buil[dt]|pending|requir|need|after|pre-?req|precond|gated|held|parked|on hold|predecess|preced|abh[äa]|h[äa]ngt|wartet|voraus|ben[öo]tig|d[ée]pend|bloqu|en attente|requis|n[ée]cessit|espera|requ[ei]|dipend|blocca|attesa|richied|afhank|geblok|blokk|wacht|vereist|zale[żz]|zablok|czeka|wymaga|blokuj|завис|блокир|жд[её]т|треб|依|前置|阻|等待|前提|先行|ブロック|의존|선행|차단|aguard`;

/** Words of a text without which it can declare nothing: a cheap test before the syntax tree is built. */
export const MAY_DECLARE = new RegExp(`${STEMS}|${RELATED_STEMS}`, "iu");

/**
 * Where no issue is named, only a key with a value says anything: `Depends on: the login work`. What is related holds
 * nothing and is of interest only with a number: `See task 4.1`.
 */
export const MAY_STATE = new RegExp(
  String.raw`(?:${STEMS})[^\n:：]{0,60}(?:[:：=\d]|[–—-][> ]|\*\*|__)|(?:${RELATED_STEMS})\D{0,200}\d`,
  "iu",
);

/** The same for a text that names an issue: only beside a reference these words say anything. */
export const MAY_RELATE =
  /before|followed by|first|until|once|as soon as|\bwhen\b[^\n]{0,80}\d|\bthen\b|enables|unlocks|gates|downstream|dependents|\bmust\b|parent|part of|epic|child|sub-?(?:issue|task)|belongs|track|umbrella|master|meta\b|roll-?up|order|sequenc|chain|critical|→|->|➜|➡|⇒|=>|⟶|parte d|teil von|fait partie|onderdeel|reihenfolge|volgorde|ordre|kolejno|часть|порядок|父|所属|属于|順序|顺序|親|상위|부모|순서/iu;

/** A reference somewhere in the text. */
export const NAMES_ISSUE = /#\d|GH-\d|\/(?:issues|pulls?|merge_requests)\/\d/iu;

// Words in front of references that are no edge, whatever stands beside them.
const OTHER_NO_EDGE = String.raw`clos(?:es?|ed|ing)|fix(?:es|ed)?|resolv(?:es?|ed)|implements|addresses|dup(?:e|licates?)?(?:\s+of)?|origin(?:ally)?|based\s+on|supersedes?|superseded\s+by|replaces?|replaced\s+by|refs?|references|follow-?ups?(?:\s+(?:to|of|from|for))?|split\s+(?:from|out\s+of)|extracted\s+from|spun\s+(?:out|off)|moved\s+from|discovered\s+(?:in|by)|introduced\s+(?:in|by)|epics|parents|sub-?(?:issues|tasks)|child(?:ren)?(?:\s+issues?)?|context|sources?|unblocked\s+by`;
const PARENT = wordsOf("parent");
const PARENT_KEY = new RegExp(
  `^${LEAD}(?:${PARENT})(?!\\s+(?:commit|class|component|directory|folder|branch|node|process|element|repo)\\b)(?=$|[\\s:：#]|\\p{Lo})`,
  "iu",
);
const NO_EDGE = new RegExp(`^${LEAD}(?:${OTHER_NO_EDGE})(?=$|[\\s:：#])`, "iu");

// Marks, emoji and quotes in front of a key say nothing.
const DECORATION = /^[^\p{L}\p{N}#/\uE000]+/u;

// "After #12 broke it, the page is white" tells a story; "After #12 lands" and "after #12" wait.
const AFTER = /^(?:after|après|nach)\b/iu;
const WAITS_AFTER =
  /^[^#\n]{0,60}#\d+(?:\s*(?:,|and|&|\+)\s*(?:[\w.-]+\/[\w.-]+)?#\d+)*(?:\s*\([^()]*\))?\s*(?:$|[.;,)]\s*$|[.;]\s|(?:is|are|has|have|lands?|merges?|closes?|ships?|completes?|finishes|goes)\b)/iu;

// `Depends on (optional): #12`
const SOFT_BRACKET = /\((?:soft|optional|nice[ -]to[ -]have|non-?blocking)\b/iu;
// `Dependencies (soft)`, `Dependencies — nice to have`; `(optional)` says that a form's field may stay empty.
const SOFT_TAIL =
  /(?:\((?:soft|nice[ -]to[ -]have|non-?blocking)\b[^()]{0,40}\)|[–—:-]\s+(?:soft|nice[ -]to[ -]have|optional|non-?blocking)\b[^()]{0,40})\s*$/iu;

/** Reads a line as `key: value`; null when it is not a keyed line. */
export function readKey(line: string, bold: boolean): KeyedWords | null {
  const words = line.replace(DECORATION, "");
  for (const { meaning, withColon, withReference, alone } of KEYED) {
    const colon = withColon.exec(words);
    const match = colon ?? withReference.exec(words);
    if (match !== null) {
      const value = words.slice(match[0].length);
      if (colon === null && /\?\s*$/u.test(value)) return null;
      if (colon === null && AFTER.test(words) && !WAITS_AFTER.test(value)) return null;
      // "Requirements:" is the head of most feature lists.
      const explicit = colon !== null && !/^requirements?/iu.test(words);
      return { meaning: SOFT_BRACKET.test(match[0]) ? "related" : meaning, value, explicit };
    }
    if (bold && alone.test(words)) return { meaning, value: "", explicit: true };
  }
  return null;
}

/** The words behind `Parent:` or `Part of`; null for any other line. */
export function readParentKey(line: string): string | null {
  const words = line.replace(DECORATION, "");
  const match = PARENT_KEY.exec(words);
  return match === null ? null : words.slice(match[0].length);
}

/** True for lines about parents and about what a change closes. */
export function isNoEdge(line: string): boolean {
  const words = line.replace(DECORATION, "");
  return NO_EDGE.test(words) || PARENT_KEY.test(words);
}

const ORDER_QUALITY = String.raw`(?:recommended|suggested|proposed|preferred|canonical|strict|required|current|final|hard|intended|planned|natural|rough)`;
const ORDER_HEADING = new RegExp(
  String.raw`^(?:${ORDER_QUALITY}\s+)*(?:${wordsOf("order")})(?:\s+(?:\([^()]*\)|between\s.*))?$`,
  "iu",
);
const ORDER_KEY = new RegExp(
  String.raw`^(?:the\s+)?(?:${ORDER_QUALITY}\s+)*(?:${wordsOf("order")})(?:\s*\([^()]{0,40}\)|\s+is)?\s*[:：]`,
  "iu",
);
const ORDER_WORD = new RegExp(
  String.raw`(?:^|[^\p{L}])(?:${wordsOf("order")})(?=$|[^\p{L}])`,
  "iu",
);

/** Text behind `Execution order:`; null where no such label stands in front. */
export function readOrderKey(line: string): string | null {
  const words = line.replace(DECORATION, "");
  const match = ORDER_KEY.exec(words);
  return match === null ? null : words.slice(match[0].length).trim();
}

/** True when the words speak of an order at all. */
export function saysOrder(words: string): boolean {
  return ORDER_WORD.test(words);
}

const SECTIONS: readonly (readonly [SectionMeaning, RegExp])[] = [
  ["order", ORDER_HEADING],
  ["parent", new RegExp(`^(?:${PARENT})$`, "iu")],
  ["blocks", new RegExp(`^(?:(?:this\\s+)?(?:${wordsOf("blocks")}))$`, "iu")],
  ["needs", /^(?:external|technical|third-party|service)\s+dependenc(?:y|ies)$/iu],
  ["blocked-by", new RegExp(`^(?:${LEAD}(?:${wordsOf("blockedBy")}))$`, "iu")],
  ["needs", new RegExp(`^(?:(?!after)(?:${wordsOf("needs")}))$`, "iu")],
  ["related", new RegExp(`^(?:${wordsOf("related")})$`, "iu")],
];
const HEADING_PARTS = /\s*[/&+,]\s*|\s+(?:and|or|und|et|y|e)\s+/iu;
// `## Dependencies & risks` lists dependencies; `## Dependencies and testing` may list anything.
const BESIDE =
  /^(?:risks?|notes?|assumptions?|constraints?|links?|references?|status|coordination)$/iu;

/** What a section with this heading lists; null: nothing about dependencies. */
export function readSectionHeading(heading: string): SectionMeaning | null {
  // `## Depends on #12` is a keyed line.
  if (NAMES_ISSUE.test(heading)) return null;
  if (SOFT_TAIL.test(heading)) {
    const hard = readSectionHeading(heading.replace(SOFT_TAIL, "").trim());
    return hard === null || hard === "order" || hard === "parent" ? hard : "related";
  }
  const words = heading
    .replace(DECORATION, "")
    .replace(/^\d+(?:\.\d+)*[.)]?\s+/u, "")
    .replace(/\s*\([^()]*\)\s*$/u, "")
    .replace(/(?<=\p{L})[^\p{L}]+$/u, "");
  const whole = meaningOf(words);
  if (whole !== null || !HEADING_PARTS.test(words)) return whole;
  const parts = words.split(HEADING_PARTS).filter((part) => !BESIDE.test(part));
  const meanings = parts.map(meaningOf);
  const [first] = meanings;
  if (first === undefined || meanings.includes(null)) return null;
  return meanings.includes("related") ? "related" : first;
}

function meaningOf(words: string): SectionMeaning | null {
  if (words.length > 80) return null;
  return SECTIONS.find(([, pattern]) => pattern.test(words))?.[0] ?? null;
}

/** What a smaller heading inside a section about dependencies changes; null: the section is over. */
export function readSubheading(
  heading: string,
  inside: SectionMeaning,
): { readonly meaning: SectionMeaning } | null {
  const meaning = readSectionHeading(heading);
  if (meaning !== null) return { meaning };
  const words = heading.replace(DECORATION, "");
  if (/^(?:soft|optional|nice[ -]to[ -]have)\b/iu.test(words)) return { meaning: "related" };
  const goesOn =
    /^(?:hard|upstream|internal|external|open|required|cross-repo(?:sitory)?|other|issues?|must)\b.{0,24}$/iu;
  return goesOn.test(words) ? { meaning: inside } : null;
}

const ANY_KEY = [...MEANINGS.map(([, words]) => words), PARENT, OTHER_NO_EDGE].join("|");
const BETWEEN = /[|·•:;,/().!。；，、] ?|[–—-] |\s(?:and|but|und|et|y|e) /giu;
const KEY_HERE = new RegExp(
  String.raw`(?!(?:see|requirements)\b)(?=${LEAD}(?:${ANY_KEY})(?:\s*(?:\([^()]{0,40}\))?\s*[:：]|${EXACT}))`,
  "iuy",
);
// A new sentence is no value any more, unless it goes on naming.
const SENTENCE_END = /[.!?]\s+(?=\p{Lu})(?!Tasks?\b|Issues?\b|GH-|PR )|。/u;

export interface Statement {
  readonly text: string;
  /** The words that it stands behind in brackets: `#62 (requires: #61)`; null outside of brackets. */
  readonly asideOf: string | null;
  /** It begins a sentence of its own. */
  readonly sentence: boolean;
}

/** Cuts a line where one key's words end and the next begin: `Depends on: #12. Blocks: #14` holds two. */
export function statementsOf(line: string): readonly Statement[] {
  const statements: Statement[] = [];
  let [from, front] = [0, ""];
  const cut = (to: number): void => {
    const before = line.slice(0, from).trimEnd();
    const words = line.slice(from, to);
    const isAside = before.endsWith("(");
    const closing = isAside ? words.indexOf(")") : -1;
    const text = (closing === -1 ? words : words.slice(0, closing)).trim();
    const sentence = /[.!。|·•]$/u.test(before);
    const asideOf = isAside ? front : null;
    if (!isAside) front = text;
    // What follows the bracket belongs to what stands in front of it: `#12 (blocks #14), #13`.
    const rest = closing === -1 ? "" : words.slice(closing + 1).trim();
    const owner = statements.findLastIndex((statement) => statement.asideOf === null);
    const owning = statements[owner];
    if (rest !== "" && owning !== undefined) {
      statements[owner] = { ...owning, text: `${owning.text} ${rest}` };
      front = rest;
    }
    statements.push({ text: text.replace(/\s*(?:[|·•;,(]|[–—-])$/u, ""), asideOf, sentence });
    from = to;
  };
  for (const to of keysWithin(line)) if (to > from) cut(to);
  cut(line.length);
  return statements.filter((statement) => statement.text !== "");
}

/** Where keys begin that do not begin the line. */
function keysWithin(line: string): readonly number[] {
  if (!/[:：#]|GH-|\/\d/iu.test(line)) return [];
  return [...line.matchAll(BETWEEN)].flatMap((between) => {
    KEY_HERE.lastIndex = between.index + between[0].length;
    return KEY_HERE.test(line) ? [between.index + between[0].length] : [];
  });
}

/** The words of a value up to the end of its sentence. */
export function firstSentence(value: string): string {
  return (value.split(SENTENCE_END, 1)[0] ?? "").trim();
}
