import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from "yaml";
import type { Node, Scalar } from "yaml";
import type { Place } from "../../../core/plan/issue.ts";

/** A YAML value with the place it has in its text; offsets count UTF-16 units, `end` is the first behind it. */
export type YamlTree = {
  readonly place: Required<Place>;
  readonly start: number;
  readonly end: number;
} & (
  | { readonly kind: "map"; readonly entries: readonly YamlEntry[]; readonly isFlow: boolean }
  | { readonly kind: "list"; readonly items: readonly YamlTree[] }
  /** `text` is what is written: `4.10` stays that, though its value is 4.1. */
  | {
      readonly kind: "scalar";
      readonly value: string | number | boolean | null;
      readonly text: string;
    }
);

export interface YamlEntry {
  readonly name: string;
  readonly place: Required<Place>;
  readonly start: number;
  readonly value: YamlTree;
}

export interface YamlDefect {
  readonly place: Required<Place>;
  readonly message: string;
}

export interface YamlRead {
  /** Null where nothing could be read. */
  readonly root: YamlTree | null;
  readonly defects: readonly YamlDefect[];
}

const CHARACTERS_MAX = 16_000_000;
const DEPTH_MAX = 50;
/** Aliases repeat what they point at: a small text may be a huge value. */
const REPEATED_MAX = 100_000;
const DEFECTS_MAX = 100;

/** Reads a YAML text into values with places, with all its defects. Never throws. */
export function readYamlTree(file: string, text: string): YamlRead {
  const top = { file, line: 1, column: 1 };
  const refused = (message: string): YamlRead => ({
    root: null,
    defects: [{ place: top, message }],
  });
  if (text.length > CHARACTERS_MAX) return refused("it has more than 16 million characters");
  try {
    const lines = new LineCounter();
    const document = parseDocument(text, {
      lineCounter: lines,
      logLevel: "silent",
      prettyErrors: false,
      // Doubled names are told by whoever knows the names.
      uniqueKeys: false,
    });
    const placeOf = (offset: number): Required<Place> => {
      const { line, col } = lines.linePos(offset);
      return { file, line: Math.max(1, line), column: Math.max(1, col) };
    };
    // Where the stack ends differs from run to run.
    if (document.errors.some((error) => /call stack/iu.test(error.message)))
      return refused("it is nested too deeply");
    const defects = document.errors.slice(0, DEFECTS_MAX).map(({ message, pos }) => ({
      place: placeOf(pos[0]),
      message: shortened(message.split("\n", 1)[0] ?? message),
    }));
    const planting = new Planting(placeOf);
    const root = planting.plant(document.contents, 0, 0);
    return { root, defects: [...defects, ...planting.defects] };
  } catch (error) {
    // Nested more deeply than the parser's stack.
    return refused(error instanceof Error ? error.message : String(error));
  }
}

function shortened(words: string): string {
  // A character of two units may be cut in half.
  return words.length > 200 ? `${words.slice(0, 200).toWellFormed()}…` : words;
}

class Planting {
  readonly defects: YamlDefect[] = [];
  readonly #placeOf: (offset: number) => Required<Place>;
  readonly #anchors = new Map<string, { readonly tree: YamlTree; readonly size: number }>();
  #size = 0;
  #repeated = 0;

  constructor(placeOf: (offset: number) => Required<Place>) {
    this.#placeOf = placeOf;
  }

  /** `at` is where a value would stand that is not written. */
  plant(node: unknown, at: number, depth: number): YamlTree {
    const before = this.#size;
    this.#size += 1;
    const range = rangeOf(node) ?? [at, at];
    const where = { place: this.#placeOf(range[0]), start: range[0], end: range[1] };
    if (depth > DEPTH_MAX) return this.#refuse(where, "it is nested too deeply");
    if (isAlias(node)) return this.#repeat(node.source, where);
    const tree = this.#plantValue(node, where, depth);
    const anchor = isMap(node) || isSeq(node) || isScalar(node) ? node.anchor : undefined;
    if (anchor !== undefined) this.#anchors.set(anchor, { tree, size: this.#size - before });
    return tree;
  }

  #plantValue(node: unknown, where: Where, depth: number): YamlTree {
    if (isMap(node)) {
      const entries = node.items.map(({ key, value }): YamlEntry => {
        const start = rangeOf(key)?.[0] ?? where.start;
        if (key !== null && !isScalar(key))
          this.#refuse({ place: this.#placeOf(start), start, end: start }, "a name must be a word");
        return {
          name: isScalar(key) ? textOf(key) : "?",
          place: this.#placeOf(start),
          start,
          value: this.plant(value, rangeOf(key)?.[1] ?? where.start, depth + 1),
        };
      });
      return { ...where, kind: "map", entries, isFlow: node.flow === true };
    }
    if (isSeq(node)) {
      const items = node.items.map((item) => this.plant(item, where.start, depth + 1));
      return { ...where, kind: "list", items };
    }
    if (!isScalar(node)) return { ...where, kind: "scalar", value: null, text: "" };
    const { value } = node;
    const isPlain = typeof value === "number" || typeof value === "boolean" || value === null;
    const text = textOf(node);
    return { ...where, kind: "scalar", value: isPlain ? value : text, text };
  }

  #repeat(name: string, where: Where): YamlTree {
    const known = this.#anchors.get(name);
    // A name that is nowhere is a defect that the parser has told.
    if (known === undefined) return { ...where, kind: "scalar", value: null, text: "" };
    this.#size += known.size;
    this.#repeated += known.size;
    if (this.#repeated > REPEATED_MAX) return this.#refuse(where, "its aliases repeat too much");
    return { ...known.tree, ...where };
  }

  #refuse(where: Where, message: string): YamlTree {
    if (!this.defects.some((defect) => defect.message === message))
      this.defects.push({ place: where.place, message });
    return { ...where, kind: "scalar", value: null, text: "" };
  }
}

type Where = Pick<YamlTree, "place" | "start" | "end">;

function rangeOf(node: unknown): readonly [number, number] | null {
  const range = isNodeWithRange(node) ? node.range : null;
  return range === null || range === undefined ? null : [range[0], range[1]];
}

function isNodeWithRange(node: unknown): node is Node {
  return isMap(node) || isSeq(node) || isScalar(node) || isAlias(node);
}

/** Numbers as they are written. */
function textOf({ value, source }: Scalar): string {
  return typeof value === "string" ? value : (source ?? "");
}
