/** Words for "done" in a handoff, as a part of a pattern. */
export const DONE = String.raw`(?:complete|completed|done|finished|✅|✔|☑)`;

const OPEN_SIGN = String.raw`[❌✖🚧🔄⏳⌛⛔🚫⬜🔲]`;
const DOUBT = new RegExp(
  String.raw`${OPEN_SIGN}|\b(?:still|missing|except|remaining|remains?|but|part(?:ly|ial|ially)?|to[\s-]?do|started|not|never|pending|wip|in[\s-]progress|incomplete|unfinished|half|mostly|almost|nearly|will be|to be)\b|n['’]t\b`,
  "iu",
);
/** In a title such words are about the work ("Report missing keys"), unless they begin or end it. */
const TITLE_DOUBT = new RegExp(
  String.raw`${OPEN_SIGN}|\b(?:still|except|remaining)\b|^(?:not|part(?:ly|ially)|to[\s-]?do|wip|started|pending)\b|\b(?:missing|started|to[\s-]?do|wip|pending|yet)\W*$`,
  "iu",
);
const OPEN_LABEL =
  /\b(?:remaining|remains?|open|next|not|to[\s-]?do|pending|planned|upcoming|left|outstanding|missing|still|blocked|skipped|in[\s-]progress|started|later)\b/iu;
const DONE_LABEL = new RegExp(String.raw`(?:^|\W)${DONE}(?:\W|$)`, "iu");

/** True where what stands behind a task's number, or behind "done", takes some of it back. */
export function isDoubted(rest: string): boolean {
  const title = /^\s*:([^(–—]*)/u.exec(rest);
  if (title === null) return DOUBT.test(rest);
  return TITLE_DOUBT.test(title[1]?.trim() ?? "") || DOUBT.test(rest.slice(title[0].length));
}

/** Whether what is listed below a label is done; `neither`: the label does not say. */
export function labelMeans(words: string): "done" | "open" | "neither" {
  if (OPEN_LABEL.test(words)) return "open";
  return DONE_LABEL.test(words) ? "done" : "neither";
}

const STATUS_COLUMN =
  /^(?:(?:task|current)\s+)?(?:status|state|progress|result|done|completed?|finished)$/iu;

/** Reads rows of tables, one line after another, for the tasks that they call done. */
export class DoneRows {
  #previous: readonly string[] = [];
  /** Columns that say how far a task is; null in a table without a head. */
  #columns: ReadonlySet<number> | null = null;

  /** The first cell of a row, and whether its status is "done"; null for a line of dashes and for what is no row. */
  read(text: string): { readonly first: string; readonly isDone: boolean } | null {
    if (!/^\s*\|/u.test(text)) {
      this.#previous = [];
      this.#columns = null;
      return null;
    }
    const cells = cellsOf(text);
    if (/^[\s|:-]+$/u.test(text)) {
      this.#columns = statusColumns(this.#previous);
      return null;
    }
    this.#previous = cells;
    const columns = this.#columns;
    const counted = cells.filter((_, index) => index > 0 && columns?.has(index) !== false);
    const isDone = counted.some((cell) => WHOLE_CELL.test(cell)) && !counted.some(isOpenCell);
    return { first: cells[0] ?? "", isDone };
  }
}

const WHOLE_CELL = new RegExp(String.raw`^[^\p{L}\p{N}]*${DONE}[^\p{L}\p{N}]*$`, "iu");

function isOpenCell(cell: string): boolean {
  return (
    /^\W*(?:no|not\b.*|open|to[\s-]?do|pending|in[\s-]progress)\W*$/iu.test(cell) || SIGN.test(cell)
  );
}

const SIGN = new RegExp(OPEN_SIGN, "u");

function cellsOf(text: string): readonly string[] {
  const cells = text.replaceAll(/\*\*|__|`/gu, "").split("|");
  return cells.slice(1).map((cell) => cell.trim());
}

function statusColumns(head: readonly string[]): ReadonlySet<number> | null {
  // Dashes with nothing above them are a line, no head.
  if (head.length === 0) return null;
  const indexes = head.flatMap((cell, index) =>
    STATUS_COLUMN.test(cell.replaceAll(/[^\p{L}\s]/gu, "").trim()) ? [index] : [],
  );
  return new Set(indexes);
}
