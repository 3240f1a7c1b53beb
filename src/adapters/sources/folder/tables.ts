import type { MarkdownLine } from "../../../core/shared/markdown-lines.ts";

/** A cell of a table: its words, and where they stand in the line (from 0). */
export interface Cell {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** Where the next bar stands. */
  readonly bar: number;
}

export interface Table {
  readonly header: readonly Cell[];
  readonly headerLine: number;
  readonly rows: readonly { readonly line: number; readonly cells: readonly Cell[] }[];
}

/** Nobody writes wider rows; what stands further right is not read. */
const LINE_MAX = 10_000;

/** Tables among these lines: a row of names, a row of dashes, and the rows below. */
export function readTables(lines: readonly MarkdownLine[]): readonly Table[] {
  const tables: Table[] = [];
  let rows: { line: number; cells: readonly Cell[] }[] | null = null;
  for (const [index, line] of lines.entries()) {
    const isRow = line.prose && line.heading === null && line.text.slice(0, LINE_MAX).includes("|");
    if (!isRow) {
      rows = null;
      continue;
    }
    if (rows !== null) {
      if (!isDashes(line.text)) rows.push({ line: line.number, cells: readCells(line.text) });
      continue;
    }
    const below = lines[index + 1];
    if (isDashes(line.text) || below?.prose !== true || !isDashes(below.text)) continue;
    rows = [];
    tables.push({ header: readCells(line.text), headerLine: line.number, rows });
  }
  return tables;
}

function isDashes(text: string): boolean {
  const line = text.slice(0, LINE_MAX);
  return /^[\s|:-]+$/u.test(line) && line.includes("-") && line.includes("|");
}

/** Cells of a row; `\|` is no bar. */
function readCells(text: string): readonly Cell[] {
  const line = text.slice(0, LINE_MAX);
  const bars: number[] = [];
  for (let at = line.indexOf("|"); at >= 0; at = line.indexOf("|", at + 1))
    if (line[at - 1] !== "\\") bars.push(at);
  const first = line.slice(0, bars[0]).trim() === "" ? (bars.shift() ?? -1) : -1;
  const ends = line.slice((bars.at(-1) ?? first) + 1).trim() === "" ? bars : [...bars, line.length];
  return ends.map((bar, index) => {
    const from = (index === 0 ? first : (ends[index - 1] ?? first)) + 1;
    const raw = line.slice(from, bar);
    const start =
      raw.trim() === ""
        ? from + Math.min(1, raw.length)
        : from + raw.length - raw.trimStart().length;
    const words = raw.trim();
    return { text: words.replaceAll("\\|", "|"), start, end: start + words.length, bar };
  });
}
