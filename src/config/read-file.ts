import { LineCounter, isMap, isNode, isScalar, parseDocument } from "yaml";
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

/** Reads YAML without running anything in it; aliases are limited, duplicate keys are defects. */
export function readYaml(text: string): ReadFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const place = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  const defects = document.errors.map((error) => ({
    ...place(error.pos[0]),
    what: error.message.replace(/\.?\s*$/, "."),
  }));
  return {
    value: defects.length > 0 ? null : document.toJS({ maxAliasCount: 100 }),
    defects,
    position: (path, name) => place(offsetOf(document, path, name)),
  };
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
