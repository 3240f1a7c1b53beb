import type { Span } from "./masked-code.ts";

const RAW = /(?:b|c)?r(#{0,20})"/uy;
const CHAR = /'(?:\\(?:u\{[\da-fA-F_]{1,8}\}|x[\da-fA-F]{2}|.)|[^'\\\n])'/uy;

/** Comments (which nest), strings, raw strings and characters of Rust; a lifetime is none. */
export function rustSpans(text: string): readonly Span[] {
  const spans: Span[] = [];
  let at = 0;
  while (at < text.length) {
    const next = rawString(text, at) ?? plainSpan(text, at);
    if (next === null) {
      at += 1;
      continue;
    }
    spans.push(next.span);
    at = next.end;
  }
  return spans;
}

interface Found {
  readonly span: Span;
  readonly end: number;
}

function plainSpan(text: string, at: number): Found | null {
  if (text.startsWith("//", at)) {
    const found = text.indexOf("\n", at);
    const to = found < 0 ? text.length : found;
    return { span: { kind: "comment", from: at, to }, end: to };
  }
  if (text.startsWith("/*", at)) {
    const to = endOfComment(text, at);
    return { span: { kind: "comment", from: at, to }, end: to };
  }
  if (text[at] === '"') {
    const to = endOfString(text, at + 1);
    return to < 0 ? null : { span: { kind: "string", from: at + 1, to }, end: to + 1 };
  }
  CHAR.lastIndex = at;
  if (text[at] !== "'" || !CHAR.test(text)) return null;
  return { span: { kind: "string", from: at + 1, to: CHAR.lastIndex - 1 }, end: CHAR.lastIndex };
}

function rawString(text: string, at: number): Found | null {
  if (!/[bcr]/u.test(text[at] ?? "") || /\w/u.test(text[at - 1] ?? "")) return null;
  RAW.lastIndex = at;
  const found = RAW.exec(text);
  if (found === null) return null;
  const closing = `"${found[1] ?? ""}`;
  const to = text.indexOf(closing, RAW.lastIndex);
  if (to < 0) return null;
  return { span: { kind: "string", from: RAW.lastIndex, to }, end: to + closing.length };
}

function endOfComment(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    if (text.startsWith("/*", at)) depth += 1;
    else if (text.startsWith("*/", at)) depth -= 1;
    else continue;
    at += 1;
    if (depth === 0) return at + 1;
  }
  return text.length;
}

function endOfString(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '"') return at;
    if (text[at] === "\\") at += 1;
  }
  return -1;
}
