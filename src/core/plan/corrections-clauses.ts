import type { TaskKey } from "../shared/names.ts";
import type { Token } from "./corrections-tokens.ts";
import {
  AROUND,
  AROUND_HEADS,
  CAUSES,
  ECHOES,
  EDGE_PREFIXES,
  FILLERS,
  PREFIXES,
  RELATIONS,
  SUFFIXES,
  type Relation,
  type Remark,
} from "./corrections-words.ts";

/** One statement: two lists and what holds between them, or one list and what is said about it. */
export type Clause =
  | {
      readonly relation: Relation;
      readonly left: readonly TaskKey[];
      readonly right: readonly TaskKey[];
    }
  | { readonly remark: Remark; readonly keys: readonly TaskKey[] };

export interface Unclear {
  readonly words: string;
  readonly why: string;
}

type Read = { readonly clauses: readonly Clause[] } | { readonly why: string };

/** Lists of issues with the words before each; `tail` are the words behind the last. */
interface Chain {
  readonly lists: readonly (readonly TaskKey[])[];
  /** Words between the lists, one fewer than lists. */
  readonly between: readonly string[];
  readonly head: string;
  readonly tail: string;
}

const NOT_UNDERSTOOD = "It is not clear what waits for what.";
const TWO_SENTENCES = "It can be read in two ways: write two sentences, with a `;` between them.";

/** The statements of one sentence whose names are all known. */
export function clausesOf(sentence: readonly Token[]): Read {
  const chains = chainsOf(sentence);
  if (chains === null) return { why: NOT_UNDERSTOOD };
  const clauses: Clause[] = [];
  for (const chain of chains) {
    const read = chain.between.length === 0 ? aboutOneList(chain) : aboutSeveral(chain);
    if ("why" in read) return read;
    clauses.push(...read.clauses);
  }
  return { clauses };
}

interface Pieces {
  readonly lists: TaskKey[][];
  /** Words before each list and behind the last: one more than lists. */
  readonly phrases: string[][];
}

const JOINERS = new Set(["and", "&", "+", ","]);

function isJoiner(token: Token | undefined): boolean {
  return token?.kind === "comma" || (token?.kind === "word" && JOINERS.has(token.text));
}

/** Lists of keys, and the words around them without those that change nothing. */
function piecesOf(sentence: readonly Token[]): Pieces {
  const pieces: Pieces = { lists: [], phrases: [[]] };
  let at = 0;
  while (at < sentence.length) {
    const token = sentence[at];
    at += 1;
    if (token?.kind !== "key") {
      if (token !== undefined && !FILLERS.has(token.text)) pieces.phrases.at(-1)?.push(token.text);
      continue;
    }
    const list = [token.key];
    for (;;) {
      let next = at;
      while (isJoiner(sentence[next])) next += 1;
      const following = sentence[next];
      if (next === at || following?.kind !== "key") break;
      list.push(following.key);
      at = next + 1;
    }
    pieces.lists.push(list);
    pieces.phrases.push([]);
  }
  return pieces;
}

/** Cuts a sentence where one statement ends and the next begins; null where words fit nowhere. */
function chainsOf(sentence: readonly Token[]): readonly Chain[] | null {
  const { lists, phrases } = piecesOf(sentence);
  if (lists.length === 0) return null;
  const chains: Chain[] = [];
  let head = withoutJoiners(phrases[0] ?? []).join(" ");
  let from = 0;
  let between: string[] = [];
  for (let index = 1; index < lists.length; index += 1) {
    const words = phrases[index] ?? [];
    const relation = withoutCommas(words);
    if (RELATIONS.has(relation)) {
      between.push(relation);
      continue;
    }
    const cut = cutOf(words);
    if (cut === null) return null;
    chains.push({ lists: lists.slice(from, index), between, head, tail: cut.tail });
    ({ head } = cut);
    [from, between] = [index, []];
  }
  const tail = withoutJoiners((phrases.at(-1) ?? []).toReversed())
    .toReversed()
    .join(" ");
  return [...chains, { lists: lists.slice(from), between, head, tail }];
}

/** `first, then` and `, then` are said with and without commas and `and`. */
function withoutCommas(words: readonly string[]): string {
  const plain = words.filter((word) => word !== ",");
  return (plain[0] === "and" && plain[1] === "then" ? plain.slice(1) : plain).join(" ");
}

function withoutJoiners(words: readonly string[]): readonly string[] {
  const first = words.findIndex((word) => !JOINERS.has(word));
  return first < 0 ? [] : words.slice(first);
}

/** Where one statement ends in the words between two lists: behind its own last words, at `and`, `but` or a comma. */
function cutOf(words: readonly string[]): { readonly tail: string; readonly head: string } | null {
  for (const [at, word] of words.entries()) {
    if (!JOINERS.has(word) && word !== "but") continue;
    const tail = words.slice(0, at).join(" ");
    const rest = words.slice(at + 1);
    const head = withoutJoiners(rest[0] === "but" ? rest.slice(1) : rest).join(" ");
    const endsWell = tail === "" || SUFFIXES.has(tail) || ECHOES.has(tail) || isTail(tail);
    if (endsWell && (head === "" ? tail !== "" : isHead(head))) return { tail, head };
  }
  return null;
}

function isHead(words: string): boolean {
  return [PREFIXES, EDGE_PREFIXES, CAUSES, AROUND_HEADS].some((known) => known.has(words));
}

function isTail(words: string): boolean {
  return [...AROUND.keys()].some((phrase) => phrase.endsWith(`\u2026 ${words}`));
}

function aboutOneList({ lists, head, tail }: Chain): Read {
  const [keys = []] = lists;
  const remark =
    AROUND.get([head, "\u2026", tail].filter((words) => words !== "").join(" ")) ??
    (head === "" ? SUFFIXES.get(tail) : undefined) ??
    (tail === "" ? PREFIXES.get(head) : undefined);
  if (remark !== undefined) return { clauses: [{ remark, keys }] };
  const isBare = head === "" && tail === "";
  return { why: isBare ? `It does not say what is with ${keys.join(", ")}.` : NOT_UNDERSTOOD };
}

/** `A needs B`, `A then B then C`, `drop A and B needs C`, `A needs B, C comes last`. */
function aboutSeveral(chain: Chain): Read {
  const { head, tail } = chain;
  const [relation = ""] = chain.between;
  if (EDGE_PREFIXES.has(head) && chain.lists.length === 2 && tail === "" && !isOther(chain)) {
    const negated = RELATIONS.get(relation) === "before" ? "before-not" : "needs-not";
    return { clauses: [statement(negated, chain.lists)] };
  }
  // `first 1 and 2, then 3` is one order, no sentence about 1 beside another one.
  const isOrder = STARTS.has(head) && ARROWS.has(relation);
  if (!isOrder && !SINGULAR.test(relation) && isPlace(PREFIXES.get(head)))
    return { why: TWO_SENTENCES };
  const start = isOrder ? { lists: chain.lists, clauses: [] } : splitHead(chain);
  const end = splitTail({ ...chain, lists: start?.lists ?? chain.lists });
  if (start === null || end === null) return { why: NOT_UNDERSTOOD };
  const middle = pairsOf(end.lists, chain.between);
  if ("why" in middle) return middle;
  return { clauses: [...start.clauses, ...middle.clauses, ...end.clauses] };
}

/** `drop 118 and 119 needs 116`: the last of two belongs to what follows. */
function isOther({ head, lists }: Chain): boolean {
  return PREFIXES.has(head) && (lists[0]?.length ?? 0) > 1;
}

interface Split {
  readonly lists: Chain["lists"];
  readonly clauses: readonly Clause[];
}

function splitHead({ head, lists }: Chain): Split | null {
  if (head === "" || CAUSES.has(head)) return { lists, clauses: [] };
  const [first = [], ...others] = lists;
  const remark = PREFIXES.get(head);
  // Of three, two could belong to either side.
  if (remark === undefined || first.length !== 2) return null;
  return {
    lists: [first.slice(1), ...others],
    clauses: [{ remark, keys: first.slice(0, 1) }],
  };
}

function splitTail({ tail, lists, between }: Chain): Split | null {
  if (tail === "" || ECHOES.has(tail)) return { lists, clauses: [] };
  const last = lists.at(-1) ?? [];
  const remark = SUFFIXES.get(tail);
  // `1, then 2 and 3 last`: both may be meant.
  if (isPlace(remark) && ARROWS.has(between.at(-1) ?? "")) return null;
  const isAboutOne = isPlace(remark) || remark === "drop";
  if (remark === undefined || !isAboutOne || last.length !== 2) return null;
  return {
    lists: [...lists.slice(0, -1), last.slice(0, 1)],
    clauses: [{ remark, keys: last.slice(1) }],
  };
}

/** Each relation with the lists on its two sides; a list in the middle is shared, or belongs partly to what follows. */
function pairsOf(lists: Chain["lists"], between: readonly string[]): Read {
  const clauses: Clause[] = [];
  let [left = []] = lists;
  for (const [index, words] of between.entries()) {
    const relation = RELATIONS.get(words);
    const list = lists[index + 1] ?? [];
    if (relation === undefined) return { why: NOT_UNDERSTOOD };
    const following = between[index + 1];
    if (following === undefined) {
      clauses.push(statement(relation, [left, list]));
      break;
    }
    if (list.length === 1) {
      if (RELATIONS.get(following) !== relation || !isChained(relation))
        return { why: TWO_SENTENCES };
      clauses.push(statement(relation, [left, list]));
      left = list;
      continue;
    }
    if (!mayBeCut(list, following)) return { why: TWO_SENTENCES };
    clauses.push(statement(relation, [left, list.slice(0, -1)]));
    left = list.slice(-1);
  }
  return { clauses };
}

/** `A needs B needs C` goes on with B; `A does not need B does not need C` says nothing one could rely on. */
function isChained(relation: Relation): boolean {
  return relation === "needs" || relation === "before";
}

function isPlace(remark: Remark | undefined): boolean {
  return remark === "first" || remark === "last";
}

const ARROWS = new Set(["->", "<-", "then"]);
/** Words before `A, then B` that only say where the order begins. */
const STARTS = new Set(["first", "start with", "begin with"]);
const SINGULAR =
  /^(?:needs|requires|depends|is|isn't|comes|goes|runs|starts|follows|waits|has|builds|blocks|precedes|unblocks|does|doesn't|conflicts|collides|clashes)\b/u;

/** `1 needs 2 and 3 needs 4` is two sentences; with more than two issues only a verb for one tells where the second begins. */
function mayBeCut(list: readonly TaskKey[], following: string): boolean {
  if (ARROWS.has(following)) return false;
  return list.length === 2 || SINGULAR.test(following);
}

function statement(relation: Relation, lists: Chain["lists"]): Clause {
  const [left = [], right = []] = lists;
  return { relation, left: [...new Set(left)], right: [...new Set(right)] };
}
