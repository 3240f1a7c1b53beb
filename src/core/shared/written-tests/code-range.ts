import { IN_STRING, type MaskedCode } from "./masked-code.ts";

/** A piece of a text, from its first character to the one after its last. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/**
 * A piece of code as it is compared: without comments, white space, trailing commas and the last semicolon, quotes made
 * equal where the language takes them as equal. Two pieces that a formatter tells apart have the same text.
 */
export function normalised(masked: MaskedCode, { from, to }: Range): string {
  const out: string[] = [];
  let isSpaced = false;
  for (let at = from; at < to; at += 1) {
    const char = masked.text[at] ?? "";
    const code = masked.code[at] ?? "";
    if (code === IN_STRING) {
      out.push(char);
      isSpaced = false;
    } else if (code.trim() === "") isSpaced = true;
    else {
      const last = out.at(-1) ?? "";
      if (last === "," && /[)\]}]/u.test(code)) out.pop();
      else if (isSpaced && /[\w$]/u.test(last) && /[\w$]/u.test(code)) out.push(" ");
      out.push(isLooseQuote(masked, code) ? '"' : code);
      isSpaced = false;
    }
  }
  return out.join("").replace(/;+$/u, "");
}

function isLooseQuote({ language }: MaskedCode, char: string): boolean {
  return char === "'" && (language === "javascript" || language === "python");
}

/** What stands between the commas of a bracket's own level; nothing of an empty bracket, nor after a last comma. */
export function argumentsIn(masked: MaskedCode, open: number): readonly Range[] {
  const close = masked.closes.get(open);
  return close === undefined ? [] : partsOf(masked, { from: open + 1, to: close }, ",");
}

/** The pieces of a range between separators of its own level, trimmed, without empty ones. */
export function partsOf(masked: MaskedCode, range: Range, separator: string): readonly Range[] {
  const parts: Range[] = [];
  let from = range.from;
  for (let at = range.from; at < range.to; at += 1) {
    const close = masked.closes.get(at);
    if (close !== undefined) at = close;
    else if (masked.code[at] === separator) {
      parts.push({ from, to: at });
      from = at + 1;
    }
  }
  parts.push({ from, to: range.to });
  return parts.map((part) => trimmed(masked, part)).filter((part) => part.to > part.from);
}

export function trimmed({ code }: MaskedCode, { from, to }: Range): Range {
  let [start, end] = [from, to];
  while (start < end && (code[start] ?? "").trim() === "") start += 1;
  while (end > start && (code[end - 1] ?? "").trim() === "") end -= 1;
  return { from: start, to: end };
}

/** Text of a string literal that makes up a range, quotes in it without their backslash; null: it is something else. */
export function literalIn(masked: MaskedCode, range: Range): string | null {
  const { from, to } = trimmed(masked, range);
  const found = /^[a-zA-Z]{0,3}#*(["'`]+)([^]*?)\1#*$/u.exec(masked.text.slice(from, to));
  if (found === null || /[^\uE000a-zA-Z#"'`]/u.test(masked.code.slice(from, to))) return null;
  return (found[2] ?? "").replaceAll(/\\(["'`\\])/gu, "$1");
}

/** The same text with some pieces made blank, line ends kept. */
export function blanked(code: string, ranges: readonly Range[]): string {
  const parts: string[] = [];
  let at = 0;
  for (const { from, to } of ranges.toSorted((a, b) => a.from - b.from)) {
    if (to <= at) continue;
    const start = Math.max(at, from);
    const blank = code.slice(start, to).replaceAll(/[^\n]/gu, (char) => " ".repeat(char.length));
    parts.push(code.slice(at, start), blank);
    at = to;
  }
  parts.push(code.slice(at));
  return parts.join("");
}

/** Number of the line a place is on, from 1. */
export function lineAt(text: string, at: number): number {
  let line = 1;
  for (let next = text.indexOf("\n"); next >= 0 && next < at; next = text.indexOf("\n", next + 1)) {
    line += 1;
  }
  return line;
}
