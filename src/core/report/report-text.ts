import type { Report } from "./report.ts";
import { reportSections, reportSummary, reportTitle, type Block, type Cell } from "./sections.ts";

const INDENT = "  ";
const GAP = "  ";
/** No column is made narrower than this, even where the row is wider than the terminal then. */
const COLUMN_MIN = 12;

/** The report as words for a terminal of `width` columns, ending in one newline: no markup, columns aligned. */
export function reportText(report: Report, width: number): string {
  const parts = [
    oneLine(reportTitle(report)),
    reportSummary(report)
      .flatMap((line) => wrapped(oneLine(line), width, ""))
      .join("\n"),
    ...reportSections(report).map((section) => {
      const blocks = section.blocks.map((block) => blockLines(block, width).join("\n"));
      return `${section.title}\n${blocks.join("\n\n")}`;
    }),
  ];
  return `${parts.join("\n\n")}\n`;
}

function blockLines(block: Block, width: number): readonly string[] {
  switch (block.kind) {
    case "text":
      return wrapped(INDENT + oneLine(block.text), width, INDENT);
    case "list":
      return block.items.flatMap((item) => wrapped(listItem(item), width, `${INDENT}  `));
    case "commands":
      // Whole, whatever their length: they are there to be copied.
      return block.lines.map((line) => `${INDENT}$ ${oneLine(line)}`);
    case "table":
      return tableLines(block.head, block.rows, width);
  }
}

function listItem(item: string): string {
  return /^\d+\. /.test(item) ? INDENT + oneLine(item) : `${INDENT}- ${oneLine(item)}`;
}

function tableLines(
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
  width: number,
): readonly string[] {
  const lines = [head, ...rows].map((cells) => cells.map(cellText));
  const wanted = head.map((_, index) =>
    Math.max(...lines.map((line) => length(line[index] ?? ""))),
  );
  const widths = narrowed(wanted, width - INDENT.length - GAP.length * (head.length - 1));
  return lines.map((cells) => {
    const fitted = cells.map((cell, index) => fit(cell, widths[index] ?? 0));
    return (INDENT + fitted.join(GAP)).trimEnd();
  });
}

/** Takes what is too much from the widest column, again and again; never below the least. */
function narrowed(wanted: readonly number[], room: number): readonly number[] {
  const widths = [...wanted];
  for (;;) {
    const over = widths.reduce((sum, width) => sum + width, 0) - room;
    const widest = Math.max(...widths);
    if (over <= 0 || widest <= COLUMN_MIN) return widths;
    const second = Math.max(COLUMN_MIN, ...widths.filter((width) => width < widest));
    widths[widths.indexOf(widest)] = Math.max(widest - over, Math.min(second, widest - 1));
  }
}

function fit(text: string, width: number): string {
  const letters = Array.from(text);
  if (letters.length <= width) return text + " ".repeat(width - letters.length);
  return `${letters.slice(0, width - 1).join("")}…`;
}

function wrapped(text: string, width: number, indent: string): readonly string[] {
  const lead = /^ */u.exec(text)?.[0] ?? "";
  const lines: string[] = [];
  let line = "";
  for (const word of text.slice(lead.length).split(" ")) {
    const longer = line === "" ? lead + word : `${line} ${word}`;
    if (line === "" || length(longer) <= width) {
      line = longer;
      continue;
    }
    lines.push(line);
    line = indent + word;
  }
  return [...lines, line];
}

function cellText(cell: Cell): string {
  return oneLine(typeof cell === "string" ? cell : cell.text);
}

function length(text: string): number {
  return Array.from(text).length;
}

// Titles and agents' words come from outside: nothing that a terminal would obey.
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\u061C\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF]+/gu;

function oneLine(text: string): string {
  return text.replaceAll(UNPRINTABLE, " ").replaceAll(/\s+/gu, " ").trim();
}
