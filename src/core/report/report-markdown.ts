import type { Report } from "./report.ts";
import { reportSections, reportSummary, reportTitle, type Block, type Cell } from "./sections.ts";

/** The report as GitHub-flavoured markdown, ending in one newline. */
export function reportMarkdown(report: Report): string {
  const parts = [
    `# ${escapeText(reportTitle(report))}`,
    reportSummary(report).map(escapeText).join("  \n"),
  ];
  for (const section of reportSections(report)) {
    parts.push(`## ${section.title}`, ...section.blocks.map(blockText));
  }
  return `${parts.join("\n\n")}\n`;
}

function blockText(block: Block): string {
  switch (block.kind) {
    case "text":
      return escapeText(block.text);
    case "list":
      return block.items.map(listItem).join("\n");
    case "commands":
      return ["```sh", ...block.lines.map(oneLine), "```"].join("\n");
    case "table":
      return [
        row(block.head),
        row(block.head.map(() => "---")),
        ...block.rows.map((cells) => row(cells.map(cellText))),
      ].join("\n");
  }
}

function listItem(item: string): string {
  return /^\d+\. /.test(item) ? escapeText(item) : `- ${escapeText(item)}`;
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

function cellText(cell: Cell): string {
  if (typeof cell === "string") return escapeText(cell);
  return /^https?:\/\/[^\s()<>]+$/.test(cell.url)
    ? `[${escapeText(cell.text)}](${cell.url})`
    : escapeText(cell.text);
}

// Titles and agents' words come from outside: they may not open a table cell, a link, a tag or a heading.
function escapeText(text: string): string {
  return oneLine(text)
    .replaceAll(/[\\|[\]`*]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, String.raw`\$&`)
    .replaceAll("<", "&lt;")
    .replace(/^(?:>|#+(?= |$)|[-+](?= )|~~~)/, String.raw`\$&`);
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim();
}
