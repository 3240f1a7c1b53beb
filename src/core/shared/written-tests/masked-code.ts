import { goSpans } from "./spans-go.ts";
import { javascriptSpans } from "./spans-javascript.ts";
import { pythonSpans } from "./spans-python.ts";
import { rustSpans } from "./spans-rust.ts";

/** Languages whose tests can be read. */
export type Language = "javascript" | "python" | "go" | "rust";

/** A piece of a text that is no code: a comment, or what stands between the quotes of a string. */
export interface Span {
  readonly kind: "comment" | "string";
  readonly from: number;
  readonly to: number;
}

/** A source text and the same text, character for character, without what only looks like code. */
export interface MaskedCode {
  readonly language: Language;
  readonly text: string;
  /** Comments are spaces, contents of strings are `IN_STRING`; quotes and line ends outside of strings stay. */
  readonly code: string;
  /** Where each bracket that is opened is closed. */
  readonly closes: ReadonlyMap<number, number>;
}

/** Stands for every character inside a string: neither a space nor part of a word. */
export const IN_STRING = "\uE000";

const LANGUAGES: readonly (readonly [RegExp, Language])[] = [
  [/\.[cm]?[jt]sx?$/u, "javascript"],
  [/\.py$/u, "python"],
  [/\.go$/u, "go"],
  [/\.rs$/u, "rust"],
];

const SPANS: Readonly<Record<Language, (text: string) => readonly Span[]>> = {
  javascript: javascriptSpans,
  python: pythonSpans,
  go: goSpans,
  rust: rustSpans,
};

/** Masks a source text by the language its path says; null: none that is known. */
export function maskCode(path: string, text: string): MaskedCode | null {
  const language = LANGUAGES.find(([ending]) => ending.test(path))?.[1];
  if (language === undefined) return null;
  const code = masked(text, SPANS[language](text));
  return { language, text, code, closes: pairs(code) };
}

function masked(text: string, spans: readonly Span[]): string {
  const parts: string[] = [];
  let at = 0;
  for (const { kind, from, to } of spans) {
    parts.push(text.slice(at, from));
    const inside = text.slice(from, to);
    parts.push(
      kind === "string"
        ? IN_STRING.repeat(inside.length)
        : inside.replaceAll(/[^\n]/gu, (c) => " ".repeat(c.length)),
    );
    at = to;
  }
  parts.push(text.slice(at));
  return parts.join("");
}

const OPENERS: Readonly<Record<string, string>> = { ")": "(", "]": "[", "}": "{" };

function pairs(code: string): ReadonlyMap<number, number> {
  const closes = new Map<number, number>();
  const open: number[] = [];
  const counts = new Map<string, number>();
  const count = (char: string, by: number) => counts.set(char, (counts.get(char) ?? 0) + by);
  for (let at = 0; at < code.length; at += 1) {
    const char = code[at] ?? "";
    if (char === "(" || char === "[" || char === "{") {
      open.push(at);
      count(char, 1);
      continue;
    }
    const opener = OPENERS[char];
    if (opener === undefined || (counts.get(opener) ?? 0) === 0) continue;
    // A bracket that is never closed must not hide those around it.
    for (let last = open.pop(); last !== undefined; last = open.pop()) {
      const found = code[last] ?? "";
      count(found, -1);
      if (found !== opener) continue;
      closes.set(last, at);
      break;
    }
  }
  return closes;
}
