/** Where and how a text stops being JSON. */
export interface JsonDefect {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

const BLANKS = /[ \t\r\n]*/uy;
const MARK = /[[\]{},:]/uy;
const LITERAL = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.])/uy;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/uy;

type Expected =
  | "value"
  | "value or ]"
  | "name or }"
  | "name"
  | ":"
  | ", or ]"
  | ", or }"
  | "the end of the file";

/**
 * Finds the first defect of a text that `JSON.parse` refused; the parser itself gives a position for some
 * mistakes only. Null when it finds none. One linear pass.
 */
export function locateJsonError(text: string): JsonDefect | null {
  const stack: ("[" | "{")[] = [];
  let expected: Expected = "value";
  for (let at = skipBlanks(text, 0); ;) {
    const token = readToken(text, at);
    const next: Expected | null = token === null ? null : step(token.kind, expected, stack);
    if (token === null || next === null) {
      const isOver = at >= text.length && expected === "the end of the file";
      return isOver ? null : defect(text, at, expected);
    }
    expected = next;
    at = skipBlanks(text, token.end);
  }
}

function skipBlanks(text: string, at: number): number {
  return endOf(BLANKS, text, at) ?? at;
}

function endOf(pattern: RegExp, text: string, at: number): number | null {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : null;
}

function readToken(
  text: string,
  at: number,
): { readonly kind: string; readonly end: number } | null {
  if (text[at] === '"') {
    const end = stringEnd(text, at + 1);
    return end === null ? null : { kind: "string", end };
  }
  const mark = endOf(MARK, text, at);
  if (mark !== null) return { kind: text.slice(at, mark), end: mark };
  const literal = endOf(LITERAL, text, at);
  return literal === null ? null : { kind: "literal", end: literal };
}

/** Letter by letter: a pattern over a body of megabytes overflows the stack of the regular expressions. */
function stringEnd(text: string, from: number): number | null {
  for (let at = from; at < text.length;) {
    const code = text.charCodeAt(at);
    if (text[at] === '"') return at + 1;
    if (code < 0x20) return null;
    const next = text[at] === "\\" ? endOf(ESCAPE, text, at) : at + 1;
    if (next === null) return null;
    at = next;
  }
  return null;
}

/** What may follow; null when the token must not stand here. Opens and closes `stack`. */
function step(token: string, expected: Expected, stack: ("[" | "{")[]): Expected | null {
  const wantsValue = expected === "value" || expected === "value or ]";
  const wantsName = expected === "name" || expected === "name or }";
  switch (token) {
    case "[":
      if (wantsValue) stack.push("[");
      return wantsValue ? "value or ]" : null;
    case "{":
      if (wantsValue) stack.push("{");
      return wantsValue ? "name or }" : null;
    case "]":
      return expected === "value or ]" || expected === ", or ]" ? closed(stack) : null;
    case "}":
      return expected === "name or }" || expected === ", or }" ? closed(stack) : null;
    case ",":
      if (expected === ", or ]") return "value";
      return expected === ", or }" ? "name" : null;
    case ":":
      return expected === ":" ? "value" : null;
    default:
      if (wantsName && token === "string") return ":";
      return wantsValue ? afterValue(stack) : null;
  }
}

function closed(stack: ("[" | "{")[]): Expected {
  stack.pop();
  return afterValue(stack);
}

function afterValue(stack: readonly ("[" | "{")[]): Expected {
  const open = stack.at(-1);
  if (open === undefined) return "the end of the file";
  return open === "[" ? ", or ]" : ", or }";
}

function defect(text: string, offset: number, expected: Expected): JsonDefect {
  const before = text.slice(0, offset).split(/\r\n|\n|\r/u);
  const found =
    offset >= text.length
      ? "the file ends"
      : `there is ${JSON.stringify(text.slice(offset, offset + 12).split(/[\r\n]/u, 1)[0])}`;
  return {
    line: before.length,
    column: (before.at(-1) ?? "").length + 1,
    message: `${found} where ${expected} should stand`,
  };
}
