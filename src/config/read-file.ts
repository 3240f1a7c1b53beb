import {
  LineCounter,
  isAlias,
  isCollection,
  isMap,
  isNode,
  isPair,
  isScalar,
  parseDocument,
} from "yaml";
import type { Document } from "yaml";

export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A YAML file as plain values, with the place of each key. */
export interface ReadFile {
  readonly value: unknown;
  /** Defects of the text itself: nothing else can be said about the file while there are any. */
  readonly defects: readonly (Position & { readonly what: string })[];
  /** Where the value at `path` stands; with `name`, where that key inside it stands. */
  position(path: readonly PropertyKey[], name?: string): Position;
}

const CHARACTERS_MAX = 1_000_000;
/** No setting is half as deep. */
const DEPTH_MAX = 50;

/** Reads YAML without running anything in it; aliases are limited, duplicate keys are defects. Never throws. */
export function readYaml(text: string): ReadFile {
  if (text.length > CHARACTERS_MAX)
    return refused(`It has more than ${CHARACTERS_MAX} characters.`);
  try {
    return readDocument(text);
  } catch (error) {
    // Nested too deeply for the parser, or too many aliases.
    return refused(sentence(error instanceof Error ? error.message : String(error)));
  }
}

/** A file that cannot be read at all. */
function refused(what: string): ReadFile {
  const top = { line: 1, column: 1 };
  return { value: null, defects: [{ ...top, what }], position: () => top };
}

function readDocument(text: string): ReadFile {
  const lines = new LineCounter();
  // Doubled names are looked for below: the parser compares each with each.
  const options = { lineCounter: lines, prettyErrors: false, uniqueKeys: false } as const;
  const document = parseDocument(text, options);
  const place = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  // Where the stack ends differs from run to run.
  if (document.errors.some((error) => /call stack/i.test(error.message)))
    return refused("It is nested too deeply.");
  const broken = document.errors.map((error) => ({
    offset: error.pos[0],
    what: sentence(error.message),
  }));
  const found = broken.length > 0 ? broken : tanglesIn(document.contents);
  const defects = found.map(({ offset, what }) => ({ ...place(offset), what }));
  return {
    value: defects.length > 0 ? null : document.toJS({ maxAliasCount: 100 }),
    defects,
    position: (path, name) => place(offsetOf(document, path, name)),
  };
}

function sentence(words: string): string {
  return words.replace(/\.?\s*$/, ".");
}

interface Tangle {
  readonly offset: number;
  readonly what: string;
}

interface Inside {
  readonly node: unknown;
  readonly depth: number;
  /** Of the collections around it. */
  readonly anchors: readonly string[];
}

/**
 * Doubled names, and what makes plain values of the nodes slow or endless: names that are maps or lists, deep nesting,
 * values that hold themselves. Without recursion, which such a text could overflow.
 */
function tanglesIn(contents: unknown): readonly Tangle[] {
  const tangles: Tangle[] = [];
  const open: Inside[] = [{ node: contents, depth: 1, anchors: [] }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, depth, anchors } = next;
    const offset = isNode(node) ? (node.range?.[0] ?? 0) : 0;
    if (isAlias(node) && anchors.includes(node.source))
      tangles.push({ offset, what: "A value must not hold itself." });
    if (!isCollection(node)) continue;
    if (depth > DEPTH_MAX) {
      tangles.push({ offset, what: `This is nested more than ${DEPTH_MAX} deep.` });
      continue;
    }
    const inside = node.anchor === undefined ? anchors : [...anchors, node.anchor];
    const names = new Set<unknown>();
    for (const item of node.items) {
      const { key, value } = isPair(item) ? item : { key: null, value: item };
      const at = isNode(key) ? (key.range?.[0] ?? offset) : offset;
      if (isCollection(key) || isAlias(key))
        tangles.push({ offset: at, what: "A name must be a word." });
      if (isScalar(key) && names.has(key.value))
        tangles.push({ offset: at, what: "Map keys must be unique." });
      if (isScalar(key)) names.add(key.value);
      open.push({ node: value, depth: depth + 1, anchors: inside });
    }
  }
  return tangles.toSorted((a, b) => a.offset - b.offset);
}

function offsetOf(document: Document, path: readonly PropertyKey[], name?: string): number {
  const words = name === undefined ? path : [...path, name];
  // A key that is missing has no place; the nearest thing around it has.
  for (let length = words.length; length > 0; length -= 1) {
    const found = offsetAt(document, words.slice(0, length), name !== undefined);
    if (found !== null) return found;
  }
  return 0;
}

function offsetAt(document: Document, path: readonly PropertyKey[], atKey: boolean): number | null {
  const parent: unknown =
    path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  const last = path.at(-1);
  if (isMap(parent)) {
    const pair = parent.items.find((item) => isScalar(item.key) && item.key.value === last);
    if (pair === undefined) return null;
    const node = atKey || !isNode(pair.value) ? pair.key : pair.value;
    return isNode(node) ? (node.range?.[0] ?? null) : null;
  }
  const node: unknown = document.getIn(path, true);
  return isNode(node) ? (node.range?.[0] ?? null) : null;
}
