/** A JSON value with the place it has in its text; offsets count UTF-16 units, `end` is the first behind it. */
export type JsonNode = {
  readonly start: number;
  readonly end: number;
} & (
  | { readonly kind: "object"; readonly members: readonly JsonMember[] }
  | { readonly kind: "array"; readonly items: readonly JsonNode[] }
  | { readonly kind: "scalar" }
);

export interface JsonMember {
  readonly name: string;
  readonly nameStart: number;
  readonly value: JsonNode;
}

/** Where and how a text stops being JSON. */
export interface JsonDefect {
  readonly kind: "defect";
  readonly offset: number;
  readonly message: string;
}

type Expected =
  | "a value"
  | 'a value or "]"'
  | 'a name or "}"'
  | "a name"
  | '":"'
  | '"," or "]"'
  | '"," or "}"'
  | "the end of the text";

interface Building {
  readonly start: number;
  readonly members: JsonMember[] | null;
  readonly items: JsonNode[];
  name: string;
  nameStart: number;
}

const BLANKS = /[ \t\r\n]*/uy;
const LITERAL = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.])/uy;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/uy;

/** Reads a JSON text into nodes with places; of a broken one the first defect. Linear, without recursion, never throws. */
export function readJsonTree(text: string): JsonNode | JsonDefect {
  const reading = new TreeReading(text);
  for (;;) {
    const end = reading.step();
    if (end !== null) return end;
  }
}

class TreeReading {
  readonly #text: string;
  readonly #open: Building[] = [];
  #root: JsonNode | null = null;
  #at = 0;
  #expected: Expected = "a value";

  constructor(text: string) {
    this.#text = text;
  }

  /** One token; the answer when it was the last. */
  step(): JsonNode | JsonDefect | null {
    this.#at = endOf(BLANKS, this.#text, this.#at) ?? this.#at;
    const isOver = this.#at >= this.#text.length;
    if (isOver && this.#root !== null && this.#open.length === 0) return this.#root;
    const isRead = !isOver && this.#expected !== "the end of the text" && this.#readToken();
    return isRead ? null : this.#defect();
  }

  #readToken(): boolean {
    const mark = this.#text[this.#at] ?? "";
    switch (this.#expected) {
      case "a value":
        return this.#readValue(mark);
      case 'a value or "]"':
        return mark === "]" ? this.#close() : this.#readValue(mark);
      case 'a name or "}"':
        return mark === "}" ? this.#close() : this.#readName(mark);
      case "a name":
        return this.#readName(mark);
      case '":"':
        return mark === ":" && this.#pass("a value");
      case '"," or "]"':
        return mark === "]" ? this.#close() : mark === "," && this.#pass("a value");
      case '"," or "}"':
        return mark === "}" ? this.#close() : mark === "," && this.#pass("a name");
      case "the end of the text":
        return false;
    }
  }

  #pass(expected: Expected): true {
    this.#at += 1;
    this.#expected = expected;
    return true;
  }

  #readValue(mark: string): boolean {
    const start = this.#at;
    if (mark === "{" || mark === "[") {
      const members = mark === "{" ? [] : null;
      this.#open.push({ start, members, items: [], name: "", nameStart: 0 });
      return this.#pass(mark === "{" ? 'a name or "}"' : 'a value or "]"');
    }
    const end = mark === '"' ? stringEnd(this.#text, start + 1) : endOf(LITERAL, this.#text, start);
    if (end === null) return false;
    this.#at = end;
    return this.#put({ kind: "scalar", start, end });
  }

  #readName(mark: string): boolean {
    const building = this.#open.at(-1);
    const end = mark === '"' ? stringEnd(this.#text, this.#at + 1) : null;
    if (building === undefined || end === null) return false;
    building.name = stringValue(this.#text.slice(this.#at, end));
    building.nameStart = this.#at;
    this.#at = end;
    this.#expected = '":"';
    return true;
  }

  #close(): boolean {
    const closed = this.#open.pop();
    if (closed === undefined) return false;
    this.#at += 1;
    const { start, members, items } = closed;
    const end = this.#at;
    return this.#put(
      members === null
        ? { kind: "array", start, end, items }
        : { kind: "object", start, end, members },
    );
  }

  #put(value: JsonNode): true {
    const into = this.#open.at(-1);
    if (into === undefined) {
      this.#root = value;
      this.#expected = "the end of the text";
    } else if (into.members === null) {
      into.items.push(value);
      this.#expected = '"," or "]"';
    } else {
      into.members.push({ name: into.name, nameStart: into.nameStart, value });
      this.#expected = '"," or "}"';
    }
    return true;
  }

  #defect(): JsonDefect {
    const rest = this.#text.slice(this.#at, this.#at + 12).split(/[\r\n]/u, 1)[0] ?? "";
    const found =
      this.#at >= this.#text.length ? "the text ends" : `there is ${JSON.stringify(rest)}`;
    return {
      kind: "defect",
      offset: this.#at,
      message: `${found} where ${this.#expected} should stand`,
    };
  }
}

function endOf(pattern: RegExp, text: string, at: number): number | null {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : null;
}

/** Letter by letter: a pattern over a text of megabytes overflows the stack of the regular expressions. */
function stringEnd(text: string, from: number): number | null {
  for (let at = from; at < text.length;) {
    const code = text.charCodeAt(at);
    if (code === 0x22) return at + 1;
    if (code < 0x20) return null;
    const next = code === 0x5c ? endOf(ESCAPE, text, at) : at + 1;
    if (next === null) return null;
    at = next;
  }
  return null;
}

function stringValue(quoted: string): string {
  // Escapes were checked on the way: this cannot fail.
  return quoted.includes("\\") ? String(JSON.parse(quoted)) : quoted.slice(1, -1);
}

/** The member that counts: of doubled names the last, as everywhere. */
export function memberOf(node: JsonNode | undefined, name: string): JsonMember | undefined {
  if (node?.kind !== "object") return undefined;
  return node.members.findLast((member) => member.name === name);
}

/** The node at a path of names and indexes; the nearest one above where the path leads to nothing. */
export function nodeAt(root: JsonNode, path: readonly PropertyKey[]): JsonNode {
  let node = root;
  for (const step of path) {
    const next =
      node.kind === "array" && typeof step === "number"
        ? node.items[step]
        : memberOf(node, String(step))?.value;
    if (next === undefined) return node;
    node = next;
  }
  return node;
}

/** Turns offsets of one text into lines and columns, both from 1. */
export function createPlaces(
  text: string,
): (offset: number) => { readonly line: number; readonly column: number } {
  const starts = [0];
  for (const match of text.matchAll(/\r\n|\n|\r/gu)) starts.push(match.index + match[0].length);
  return (offset) => {
    let [low, high] = [0, starts.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  };
}
