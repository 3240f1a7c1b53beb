/** One line of a markdown text, as far as its blocks can be told without parsing it. */
export interface MarkdownLine {
  readonly text: string;
  /** From 1. */
  readonly number: number;
  /** False inside fenced code, HTML comments and `<pre>`: such a line is never a heading or a field. */
  readonly prose: boolean;
  readonly heading: {
    readonly level: number;
    readonly text: string;
    readonly column: number;
  } | null;
}

export interface MarkdownLines {
  readonly lines: readonly MarkdownLine[];
  /** Line of a code fence or comment that is never closed: everything below it counts as inside. */
  readonly openedAt: number | null;
}

/** Longer ones are no titles; patterns over headings may then take their time. */
const HEADING_MAX = 500;

type Opened = { readonly line: number; readonly closes: (text: string) => boolean };

/**
 * Splits a text into lines and marks headings, in one linear pass. For whole files: a syntax tree of
 * 10,000 tasks takes seconds, and only headings and fences are needed to cut the file into pieces.
 */
export function scanMarkdown(text: string): MarkdownLines {
  const lines: MarkdownLine[] = [];
  let opened: Opened | null = null;
  for (const [index, line] of text.split(/\r\n|\n|\r/u).entries()) {
    const number = index + 1;
    if (opened !== null) {
      lines.push({ text: line, number, prose: false, heading: null });
      if (opened.closes(line)) opened = null;
      continue;
    }
    opened = opens(line, number);
    const prose = opened === null;
    lines.push({ text: line, number, prose, heading: prose ? readHeading(line) : null });
  }
  return { lines, openedAt: opened?.line ?? null };
}

function opens(line: string, number: number): Opened | null {
  // Cheap test first: nearly every line leaves here.
  if (!/^ {0,3}(?:`{3}|~{3}|<)/u.test(line)) return null;
  const fence = /^ {0,3}(`{3,}(?=[^`]*$)|~{3,})/u.exec(line)?.[1];
  if (fence !== undefined) {
    const closing = new RegExp(`^ {0,3}${fence[0]}{${fence.length},}[ \\t]*$`, "u");
    return { line: number, closes: (text) => closing.test(text) };
  }
  if (/^ {0,3}<!--/u.test(line)) return openUnless(line, number, "-->");
  const tag = /^ {0,3}<(pre|script|style|textarea)(?=[\s>]|$)/iu.exec(line)?.[1];
  return tag === undefined ? null : openUnless(line, number, `</${tag.toLowerCase()}>`);
}

function openUnless(line: string, number: number, end: string): Opened | null {
  const closes = (text: string): boolean => text.toLowerCase().includes(end);
  return closes(line) ? null : { line: number, closes };
}

function readHeading(line: string): MarkdownLine["heading"] {
  const match = /^( {0,3})(#{1,6})(?:[ \t]+(.*))?$/u.exec(line);
  if (match === null) return null;
  const marks = match[2] ?? "";
  // `## Title ##`: the closing marks are no part of the title.
  const text = (match[3] ?? "")
    .slice(0, HEADING_MAX)
    .trim()
    .replace(/(?:^|[ \t])#+$/u, "")
    .trim();
  return { level: marks.length, text, column: (match[1] ?? "").length + 1 };
}

/** Every run of blanks inside a line as one, so that no pattern meets a run that is long. Indents stay. */
export function squeezeBlanks(line: string): string {
  return line.trimEnd().replaceAll(/(?<=\S)\s{2,}/gu, " ");
}
