import type { TaskKey } from "../shared/names.ts";
import { tokensOf, type KeyNames } from "./corrections-tokens.ts";

/** A piece of what a person said: about the plan, or words for the prompt of one issue. */
export type SaidPart =
  | { readonly kind: "plan"; readonly text: string }
  | { readonly kind: "added"; readonly key: TaskKey; readonly text: string };

/** What a piece of text behind added words may be; `answer`: a word like `approve`. */
export type PieceKind = "sentence" | "answer" | "prose";

/**
 * Cuts out what is said for prompts: `add to 4.2: words`. Those go on until a `;` or a new line that a sentence about
 * the plan, or another `add to`, follows; words in quotation marks are taken whole, whatever is in them.
 */
export function saidParts(
  text: string,
  names: KeyNames,
  kindOf: (piece: string) => PieceKind,
): readonly SaidPart[] {
  const parts: SaidPart[] = [];
  let open: { readonly key: TaskKey; readonly from: number } | null = null;
  let to = 0;
  const close = (): void => {
    if (open !== null)
      parts.push({ kind: "added", key: open.key, text: text.slice(open.from, to).trim() });
    open = null;
  };
  for (let at = 0; at < text.length;) {
    const end = endOfPiece(text, at);
    const piece = text.slice(at, end);
    const head = headOf(piece, names);
    const quoted = head?.key == null ? null : quotedFrom(text, at + head.length);
    if (head?.key != null && quoted !== null) {
      close();
      parts.push({ kind: "added", key: head.key, text: quoted.text });
      at = quoted.end + 1;
      continue;
    }
    if (head?.key != null && piece.slice(head.length).trim() !== "") {
      close();
      open = { key: head.key, from: at + head.length };
    } else if (open !== null && head === null && goesOn(kindOf(piece), text[at - 1])) {
      // Still words of the one before.
    } else {
      close();
      parts.push({ kind: "plan", text: piece });
    }
    to = end;
    at = end + 1;
  }
  close();
  return parts;
}

/** A list of words has lines like `back` or `right`; behind a `;` such a word is an answer. */
function goesOn(kind: PieceKind, before: string | undefined): boolean {
  return kind === "prose" || (kind === "answer" && before !== ";");
}

function endOfPiece(text: string, from: number): number {
  let end = from;
  while (end < text.length && !isEnd(text[end])) end += 1;
  return end;
}

function isEnd(sign: string | undefined): boolean {
  return sign === ";" || sign === "\n" || sign === "\r";
}

const HEAD = /^\s{0,9}(?:add (?:words )?to|tell|answer for)\s/iu;

/** `add to 4.2:` with its length; the key is null where it names no single issue; null: no such head. */
function headOf(
  piece: string,
  names: KeyNames,
): { readonly key: TaskKey | null; readonly length: number } | null {
  const start = HEAD.exec(piece)?.[0].length ?? 0;
  if (start === 0) return null;
  const colon = /:(?=\s|$)/u.exec(piece.slice(start))?.index ?? -1;
  if (colon < 0) return null;
  const name = piece.slice(start, start + colon).trim();
  const length = start + colon + 1;
  const keys = names.get(name.toLowerCase());
  if (keys !== undefined) return { key: keys.length === 1 ? (keys[0] ?? null) : null, length };
  // `add to the list: milk` is prose; what can only be meant for issues is not.
  const tokens = tokensOf(name, names).filter((token) => token.kind !== "end");
  const areNames = tokens.every(
    (token) => token.kind !== "word" || token.text === "and" || token.text === "&",
  );
  return tokens.length > 0 && areNames ? { key: null, length } : null;
}

const QUOTED = /[^\S\n\r]{0,9}("(?:[^"\\]|\\.)*")[^\S\n\r]{0,9}(?=[;\n\r]|$)/uy;

/** Words in quotation marks that fill their sentence, and where that ends. */
function quotedFrom(
  text: string,
  from: number,
): { readonly text: string; readonly end: number } | null {
  QUOTED.lastIndex = from;
  const [whole = "", literal = ""] = QUOTED.exec(text) ?? [];
  if (whole === "") return null;
  const words = unquoted(literal).trim();
  return words === "" ? null : { text: words, end: from + whole.length };
}

function unquoted(literal: string): string {
  try {
    const value: unknown = JSON.parse(literal);
    if (typeof value === "string") return value;
  } catch {
    // A person's quotation marks, with a backslash or a new line in them.
  }
  return literal.slice(1, -1);
}
