/** A licence expression as SPDX writes it. */
export type LicenceExpression =
  | { readonly kind: "licence"; readonly id: string }
  | { readonly kind: "and" | "or"; readonly parts: readonly LicenceExpression[] };

const DEPTH_MAX = 40;

/**
 * Reads `MIT`, `(MIT OR Apache-2.0)`, `GPL-2.0-only WITH Classpath-exception-2.0`, and the old `MIT/Apache-2.0`. Null:
 * it is no expression, as `SEE LICENSE IN x`.
 */
export function parseSpdx(text: string): LicenceExpression | null {
  const tokens = text.replaceAll("/", " OR ").match(/[()]|[^\s()]+/gu) ?? [];
  const reader = { tokens, at: 0 };
  const read = readOr(reader, 0);
  return reader.at === tokens.length ? read : null;
}

/**
 * Of alternatives one is chosen, of what holds together all hold. `X+` and `X WITH exception` grant at least what `X`
 * does.
 */
export function isAllowed(expression: LicenceExpression, allowed: readonly string[]): boolean {
  if (expression.kind === "licence") {
    const id = expression.id.toLowerCase();
    const plain = id.replace(/ with .*$/u, "");
    const names = new Set([id, plain, id.replace(/\+$/u, ""), plain.replace(/\+$/u, "")]);
    return allowed.some((name) => names.has(name.toLowerCase()));
  }
  const { kind, parts } = expression;
  return kind === "or"
    ? parts.some((part) => isAllowed(part, allowed))
    : parts.every((part) => isAllowed(part, allowed));
}

interface Reader {
  readonly tokens: readonly string[];
  at: number;
}

function readOr(reader: Reader, depth: number): LicenceExpression | null {
  return readJoined(reader, "or", () => readJoined(reader, "and", () => readOne(reader, depth)));
}

function readJoined(
  reader: Reader,
  kind: "and" | "or",
  readPart: () => LicenceExpression | null,
): LicenceExpression | null {
  const first = readPart();
  if (first === null) return null;
  const parts = [first];
  while (reader.tokens[reader.at]?.toLowerCase() === kind) {
    reader.at += 1;
    const next = readPart();
    if (next === null) return null;
    parts.push(next);
  }
  return parts.length === 1 ? first : { kind, parts };
}

function readOne(reader: Reader, depth: number): LicenceExpression | null {
  const token = reader.tokens[reader.at];
  reader.at += 1;
  if (token === "(" && depth < DEPTH_MAX) {
    const inner = readOr(reader, depth + 1);
    const isClosed = reader.tokens[reader.at] === ")";
    reader.at += 1;
    return isClosed ? inner : null;
  }
  if (token === undefined || !/^[\w.:-]+\+?$/u.test(token) || /^(?:and|or|with)$/iu.test(token))
    return null;
  if (reader.tokens[reader.at]?.toLowerCase() !== "with") return { kind: "licence", id: token };
  const exception = reader.tokens[reader.at + 1] ?? "";
  reader.at += 2;
  return /^[\w.-]+$/u.test(exception)
    ? { kind: "licence", id: `${token} WITH ${exception}` }
    : null;
}
