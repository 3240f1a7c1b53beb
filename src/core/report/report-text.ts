import type { Report } from "./report.ts";
import { reportSections, reportSummary, reportTitle, type Block, type Cell } from "./sections.ts";

/** Columns of a wide cell; the last one of a row may be longer. */
const CELL_MAX = 44;

/** The report as words for a terminal, ending in one newline: no markup, columns aligned. */
export function reportText(report: Report): string {
  const parts = [
    oneLine(reportTitle(report)),
    reportSummary(report).map(oneLine).join("\n"),
    ...reportSections(report).flatMap((section) => [
      `${section.title}\n${section.blocks.map(blockText).join("\n\n")}`,
    ]),
  ];
  return `${parts.join("\n\n")}\n`;
}

function blockText(block: Block): string {
  switch (block.kind) {
    case "text":
      return `  ${oneLine(block.text)}`;
    case "list":
      return block.items.map(listItem).join("\n");
    case "commands":
      return block.lines.map((line) => `  $ ${oneLine(line)}`).join("\n");
    case "table":
      return tableText(block.head, block.rows);
  }
}

function listItem(item: string): string {
  return /^\d+\. /.test(item) ? `  ${oneLine(item)}` : `  - ${oneLine(item)}`;
}

function tableText(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const last = head.length - 1;
  const lines = [head, ...rows].map((cells) =>
    cells.map((cell, index) => clipped(cellText(cell), index === last ? Infinity : CELL_MAX)),
  );
  const widths = head.map((_, index) =>
    Math.max(...lines.map((line) => length(line[index] ?? ""))),
  );
  return lines
    .map((cells) => `  ${cells.map((cell, index) => padded(cell, widths[index] ?? 0)).join("  ")}`)
    .map((line) => line.trimEnd())
    .join("\n");
}

function cellText(cell: Cell): string {
  return oneLine(typeof cell === "string" ? cell : cell.text);
}

function clipped(text: string, most: number): string {
  const letters = Array.from(text);
  if (letters.length <= most) return text;
  const kept = letters.slice(0, most - 1).join("");
  return `${kept.trimEnd()}…`;
}

function length(text: string): number {
  return Array.from(text).length;
}

function padded(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - length(text)));
}

// Titles and agents' words come from outside: nothing that a terminal would obey.
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\u061C\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF]+/gu;

function oneLine(text: string): string {
  return text.replaceAll(UNPRINTABLE, " ").replaceAll(/\s+/gu, " ").trim();
}
