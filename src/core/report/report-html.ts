import type { Report } from "./report.ts";
import { reportSections, reportSummary, reportTitle, type Block, type Cell } from "./sections.ts";

const STYLE = [
  "body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}",
  "table{border-collapse:collapse;margin:1rem 0}",
  "th,td{border:1px solid #8886;padding:.3rem .6rem;text-align:left;vertical-align:top}",
  "pre{background:#8882;padding:.8rem;overflow:auto}",
].join("");

/** The report as one HTML page without scripts and without anything fetched from elsewhere. */
export function reportHtml(report: Report): string {
  const title = escapeHtml(reportTitle(report));
  const body = [
    `<h1>${title}</h1>`,
    ...reportSummary(report).map((line) => `<p>${escapeHtml(line)}</p>`),
    ...reportSections(report).flatMap((section) => [
      `<h2>${escapeHtml(section.title)}</h2>`,
      ...section.blocks.map(blockHtml),
    ]),
  ];
  return [
    "<!doctype html>",
    '<html lang="en">',
    `<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title><style>${STYLE}</style></head>`,
    "<body>",
    ...body,
    "</body>",
    "</html>",
    "",
  ].join("\n");
}

function blockHtml(block: Block): string {
  switch (block.kind) {
    case "text":
      return `<p>${escapeHtml(block.text)}</p>`;
    case "list":
      return `<ul>\n${block.items.map((item) => `<li>${escapeHtml(item)}</li>`).join("\n")}\n</ul>`;
    case "commands":
      return `<pre>${block.lines.map(escapeHtml).join("\n")}</pre>`;
    case "table":
      return tableHtml(block.head, block.rows);
  }
}

function tableHtml(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const heading = `<tr>${head.map((name) => `<th scope="col">${escapeHtml(name)}</th>`).join("")}</tr>`;
  const lines = rows.map(
    (cells) => `<tr>${cells.map((cell) => `<td>${cellHtml(cell)}</td>`).join("")}</tr>`,
  );
  return ["<table>", heading, ...lines, "</table>"].join("\n");
}

function cellHtml(cell: Cell): string {
  if (typeof cell === "string") return escapeHtml(cell);
  // A link of any other kind could run something when clicked.
  if (!/^https?:\/\//.test(cell.url)) return escapeHtml(cell.text);
  return `<a href="${escapeHtml(cell.url)}">${escapeHtml(cell.text)}</a>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
