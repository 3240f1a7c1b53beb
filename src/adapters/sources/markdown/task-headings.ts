import type { MarkdownLine } from "../../../core/shared/markdown-lines.ts";

/** A line of a plan: with what its heading begins, if it is one. */
export interface PlanLine extends MarkdownLine {
  readonly task: { readonly key: string; readonly title: string } | null;
  /** `Phase 2: Workers`, where the heading names one. */
  readonly phase: string | null;
}

const ID = String.raw`(\d{1,6}(?:\.\d{1,6}){0,4}[a-z]?)(?![\w.]*\w)`;
/** `Task 4.1: Title`, `TASK 4.1b — Title`, `Task-4.1`, `[ ] Task #4.1 - Title`, `1. Task 4.1`. */
const TASK = new RegExp(
  String.raw`^[^\p{L}\p{N}]*(?:\[[ x]\]\s*)?(?:\d{1,3}[.)]\s+)?task(?:\s*[#:_-]\s*|\s+|(?=\d))#?${ID}\s*(?:[:.)|·–—-]+\s*)?(.*)$`,
  "iu",
);
/** `4.1 Title`, `4.1: Title`, `#4.1 Title`: a task only where nothing is called one and the section is called tasks. */
const NUMBERED = new RegExp(String.raw`^#?${ID}\s*(?:[:.)|·–—-]+\s*)?(\S.*)$`, "u");
const TASKS_SECTION = /^[^\p{L}\p{N}]*(?:(?:implementation|ordered)\s+)?tasks?(?:\s+list)?\W*$/iu;
const PHASE = /^[^\p{L}\p{N}]*phase\s*(?:\d|[ivx]+\b|[a-z]\b|[:–—-])/iu;
const UNDERLINE = /^ {0,3}(?:(={2,})|-{2,})[ \t]*$/u;
/** What begins another block is no title. */
const OTHER_BLOCK = /^(?: {4}|\t|\s*(?:[>|#]|(?:[-*+]|\d+[.)])\s)|\s*$)/u;

const TITLE_MAX = 500;
const PHASE_MAX = 120;

/** Marks the headings of a plan that are tasks and phases, also those with a line drawn below them. */
export function planLines(scanned: readonly MarkdownLine[]): readonly PlanLine[] {
  const lines = underlined(scanned).map((line): PlanLine => {
    if (line.heading === null) return { ...line, task: null, phase: null };
    const words = plainText(line.heading.text);
    const task = TASK.exec(words);
    const phase = task === null && PHASE.test(words) ? phaseName(words) : null;
    return { ...line, task: task === null ? null : taskOf(task), phase };
  });
  return lines.some((line) => line.task !== null) ? lines : withNumbered(lines);
}

function taskOf(match: RegExpExecArray): NonNullable<PlanLine["task"]> {
  const key = (match[1] ?? "").toLowerCase();
  const title = (match[2] ?? "").trim();
  return { key, title: title === "" ? `Task ${key}` : title };
}

function phaseName(words: string): string {
  return words.replace(/^[^\p{L}\p{N}]+/u, "").slice(0, PHASE_MAX);
}

/** Headings that are drawn: `Task 4.1: Title` above a line of dashes, any title above a line of equals signs. */
function underlined(lines: readonly MarkdownLine[]): readonly MarkdownLine[] {
  const drawn = new Set<number>();
  const marked = lines.map((line, index): MarkdownLine => {
    const below = lines[index + 1];
    if (!line.prose || line.heading !== null || below?.prose !== true) return line;
    const rule = UNDERLINE.exec(below.text);
    if (rule === null || OTHER_BLOCK.test(line.text) || !isAlone(lines[index - 1], drawn))
      return line;
    const text = line.text.slice(0, TITLE_MAX).trim();
    // Directly below a sentence three dashes are more often meant as a line than as the mark of a title.
    if (rule[1] === undefined && !TASK.test(plainText(text))) return line;
    drawn.add(below.number);
    const column = line.text.length - line.text.trimStart().length + 1;
    return { ...line, heading: { level: rule[1] === undefined ? 2 : 1, text, column } };
  });
  return marked.map((line) => (drawn.has(line.number) ? { ...line, text: "" } : line));
}

function isAlone(above: MarkdownLine | undefined, drawn: ReadonlySet<number>): boolean {
  if (above === undefined || !above.prose || above.heading !== null) return true;
  return above.text.trim() === "" || drawn.has(above.number);
}

function withNumbered(lines: readonly PlanLine[]): readonly PlanLine[] {
  let section: number | null = null;
  return lines.map((line) => {
    if (line.heading === null) return line;
    const { level } = line.heading;
    const words = plainText(line.heading.text);
    if (section === null || level <= section) section = TASKS_SECTION.test(words) ? level : null;
    const match = section !== null && level > section ? NUMBERED.exec(words) : null;
    return match === null ? line : { ...line, task: taskOf(match) };
  });
}

/** A title without the marks of emphasis, code and links. */
export function plainText(words: string): string {
  return words
    .replaceAll(/!?\[([^\]]*)\]\([^)]*\)/gu, "$1")
    .replaceAll(/\*\*|__|~~|`/gu, "")
    .trim();
}
