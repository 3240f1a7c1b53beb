import type { Span } from "./masked-code.ts";

interface Scan {
  readonly text: string;
  readonly spans: Span[];
  at: number;
  /** Braces that are open. */
  depth: number;
  /** Depth of each `${` that is open, so that its `}` goes back into the template. */
  readonly templates: number[];
  /** Last character of code that was not a space. */
  last: number;
}

/** Comments and strings of JavaScript and TypeScript, JSX as far as its lines allow. Regular expressions are strings. */
export function javascriptSpans(text: string): readonly Span[] {
  const scan: Scan = { text, spans: [], at: 0, depth: 0, templates: [], last: -1 };
  if (text.startsWith("#!")) skipComment(scan, lineEnd(text, 0));
  while (scan.at < text.length) step(scan);
  return scan.spans;
}

function step(scan: Scan): void {
  const { text, at } = scan;
  const char = text[at] ?? "";
  if (char === "/" && text[at + 1] === "/") return skipComment(scan, lineEnd(text, at));
  if (char === "/" && text[at + 1] === "*") {
    const end = text.indexOf("*/", at + 2);
    return skipComment(scan, end < 0 ? text.length : end + 2);
  }
  if (char === '"' || char === "'") {
    return skipString(scan, isApostrophe(text, at) ? -1 : endOfLineString(text, at));
  }
  if (char === "`") {
    scan.last = at;
    scan.at = at + 1;
    return inTemplate(scan);
  }
  if (char === "/" && mayBeExpression(scan)) return skipString(scan, endOfExpression(text, at));
  if (char === "{") scan.depth += 1;
  if (char === "}") {
    if (scan.templates.at(-1) === scan.depth) {
      scan.templates.pop();
      scan.at = at + 1;
      return inTemplate(scan);
    }
    scan.depth = Math.max(0, scan.depth - 1);
  }
  if (char.trim() !== "") scan.last = at;
  scan.at = at + 1;
}

function skipComment(scan: Scan, to: number): void {
  scan.spans.push({ kind: "comment", from: scan.at, to });
  scan.at = to;
}

/** `end`: where the closing quote stands; negative: this quote opens nothing (an apostrophe in JSX). */
function skipString(scan: Scan, end: number): void {
  if (end >= 0) scan.spans.push({ kind: "string", from: scan.at + 1, to: end });
  scan.at = Math.max(end, scan.at) + 1;
  scan.last = scan.at - 1;
}

/** From inside a template to its end, or into the next `${`. */
function inTemplate(scan: Scan): void {
  const { text, at: from } = scan;
  let at = from;
  while (at < text.length && text[at] !== "`" && !text.startsWith("${", at)) {
    at += text[at] === "\\" ? 2 : 1;
  }
  const to = Math.min(at, text.length);
  scan.spans.push({ kind: "string", from, to });
  if (text[to] === "$") {
    scan.templates.push(scan.depth);
    scan.at = to + 2;
    scan.last = to + 1;
    return;
  }
  scan.at = to + 1;
  scan.last = to;
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  return end < 0 ? text.length : end;
}

/** In the text of an element (`<p>Don't</p>`) a quote stands inside a word; before a string only these words may. */
function isApostrophe(text: string, at: number): boolean {
  if (text[at] !== "'" || !/[A-Za-z]/u.test(text[at - 1] ?? "")) return false;
  if (!/[A-Za-z]/u.test(text[at + 1] ?? "")) return false;
  return !/(?<![\w$])(?:return|case|from|import|in|of|typeof|default|await|void|throw|delete|yield|as|else)$/u.test(
    text.slice(Math.max(0, at - 12), at),
  );
}

function endOfLineString(text: string, from: number): number {
  const quote = text[from];
  for (let at = from + 1; at < text.length; at += 1) {
    const char = text[at];
    if (char === quote) return at;
    if (char === "\n") return -1;
    if (char === "\\") at += 1;
  }
  return -1;
}

/** After these words a slash begins a regular expression. */
const BEFORE_EXPRESSION =
  /(?:^|[^\w$.])(?:return|typeof|case|in|of|do|else|void|delete|throw|new|await|yield|instanceof)$/u;

function mayBeExpression({ text, at, last }: Scan): boolean {
  if (last < 0) return true;
  const before = text[last] ?? "";
  // `</div>` and `/>` close an element.
  if (before === "<" || text[at + 1] === ">") return false;
  if (!/[\w$)\]}"'`]/u.test(before)) return true;
  return BEFORE_EXPRESSION.test(text.slice(Math.max(0, last - 12), last + 1));
}

function endOfExpression(text: string, from: number): number {
  let isInClass = false;
  for (let at = from + 1; at < text.length; at += 1) {
    const char = text[at];
    if (char === "\n") return -1;
    if (char === "\\") at += 1;
    else if (char === "[") isInClass = true;
    else if (char === "]") isInClass = false;
    else if (char === "/" && !isInClass) return at;
  }
  return -1;
}
