/** A JSON value with the place it stands at: offsets into the text it was read from, the end exclusive. */
export type JsonNode =
  | { readonly kind: "scalar"; readonly start: number; readonly end: number }
  | {
      readonly kind: "array";
      readonly start: number;
      readonly end: number;
      readonly items: readonly JsonNode[];
    }
  | {
      readonly kind: "object";
      readonly start: number;
      readonly end: number;
      readonly members: readonly JsonMember[];
    };

export interface JsonMember {
  readonly key: string;
  /** Where the key begins, with its quote. */
  readonly start: number;
  readonly value: JsonNode;
}

// Deeper than any manifest; the reader calls itself for each level.
const DEPTH_MAX = 100;
const SPACE = /[ \t\r\n]*/y;
const SCALAR =
  /"(?:[^"\\\p{Cc}]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/uy;

/**
 * Reads JSON as the standard has it. Null for everything else: comments, a comma too many, a byte order mark; and for an
 * object that has a key twice, of which readers make different things.
 */
export function parseJsonTree(text: string): JsonNode | null {
  const reader = new Reader(text);
  const root = reader.value(0);
  return root !== null && reader.isAtEnd() ? root : null;
}

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  isAtEnd(): boolean {
    this.#take(SPACE);
    return this.#at === this.#text.length;
  }

  value(depth: number): JsonNode | null {
    if (depth > DEPTH_MAX) return null;
    this.#take(SPACE);
    const next = this.#text[this.#at];
    if (next === "{") return this.#object(depth);
    if (next === "[") return this.#array(depth);
    const start = this.#at;
    return this.#take(SCALAR) === null ? null : { kind: "scalar", start, end: this.#at };
  }

  #object(depth: number): JsonNode | null {
    const start = this.#at;
    const members: JsonMember[] = [];
    const keys = new Set<string>();
    const isWhole = this.#list("}", () => {
      const from = this.#at;
      if (this.#text[from] !== '"') return false;
      const key = parseKey(this.#take(SCALAR));
      this.#take(SPACE);
      if (key === null || keys.has(key) || !this.#skip(":")) return false;
      const value = this.value(depth + 1);
      if (value === null) return false;
      keys.add(key);
      members.push({ key, start: from, value });
      return true;
    });
    return isWhole ? { kind: "object", start, end: this.#at, members } : null;
  }

  #array(depth: number): JsonNode | null {
    const start = this.#at;
    const items: JsonNode[] = [];
    const isWhole = this.#list("]", () => {
      const item = this.value(depth + 1);
      if (item !== null) items.push(item);
      return item !== null;
    });
    return isWhole ? { kind: "array", start, end: this.#at, items } : null;
  }

  /** What stands between a bracket and the one that closes it, with commas in between. */
  #list(close: string, readOne: () => boolean): boolean {
    this.#at += 1;
    this.#take(SPACE);
    if (this.#skip(close)) return true;
    for (;;) {
      this.#take(SPACE);
      if (!readOne()) return false;
      this.#take(SPACE);
      if (this.#skip(close)) return true;
      if (!this.#skip(",")) return false;
    }
  }

  #skip(sign: string): boolean {
    if (this.#text[this.#at] !== sign) return false;
    this.#at += 1;
    return true;
  }

  #take(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? null;
    this.#at += found?.length ?? 0;
    return found;
  }
}

function parseKey(word: string | null): string | null {
  if (word === null) return null;
  const key: unknown = JSON.parse(word);
  return typeof key === "string" ? key : null;
}

/** The value without the white space around its parts: equal words are equal values, in the same order. */
export function compactJson(node: JsonNode, text: string): string {
  switch (node.kind) {
    case "scalar":
      return text.slice(node.start, node.end);
    case "array":
      return `[${node.items.map((item) => compactJson(item, text)).join(",")}]`;
    case "object":
      return `{${node.members
        .map(({ key, value }) => `${JSON.stringify(key)}:${compactJson(value, text)}`)
        .join(",")}}`;
  }
}
