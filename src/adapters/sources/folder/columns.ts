import type { Cell } from "./tables.ts";

export type Column =
  | "issue"
  | "title"
  | "priority"
  | "dependencies"
  | "branch"
  | "size"
  | "status"
  | "phase"
  | "file";

const SPELLINGS: readonly (readonly [Column, RegExp])[] = [
  [
    "issue",
    /^(?:#|no|nr|id|key|number|issue (?:#|no|nr|id|number)|github(?: issue)?|gh(?: issue)?|gh #)$/u,
  ],
  ["title", /^(?:(?:issue |task )?(?:title|name|description|summary)|task|what|feature|goal)$/u],
  ["priority", /^(?:priority|prio|p)$/u],
  [
    "dependencies",
    /^(?:dependenc(?:y|ies)|depends(?: on)?|deps?|(?:is )?blocked(?: by)?|blockers?|requires|needs|after|waits (?:on|for)|pre-?requisites?|prereqs?)$/u,
  ],
  ["branch", /^(?:(?:feature |task |git )?branch(?: name)?)$/u],
  ["size", /^(?:size|estimates?|effort|est|time|duration|minutes|mins?|t-shirt(?: size)?)$/u],
  ["status", /^(?:status|state|progress|done|completed?)$/u],
  ["phase", /^(?:phase)$/u],
  ["file", /^(?:file|spec|spec file|issue spec|issue file|link|document)$/u],
];

/** Which column of a table holds what, by the words of its head; the first of a kind counts. */
export function readColumns(header: readonly Cell[]): ReadonlyMap<Column, number> {
  const columns = new Map<Column, number>();
  const named = header.map((cell) => columnNamed(cell.text));
  for (const [index, column] of named.entries())
    if (column !== null && !columns.has(column)) columns.set(column, index);
  // `| # | Issue |`: the number stands for the issue, and the word for its title.
  for (const [index, cell] of header.entries()) {
    if (!/^issues?$/u.test(plain(cell.text))) continue;
    const column = columns.has("issue") ? "title" : "issue";
    if (!columns.has(column)) columns.set(column, index);
  }
  return columns;
}

function columnNamed(words: string): Column | null {
  const name = plain(words);
  return SPELLINGS.find(([, pattern]) => pattern.test(name))?.[0] ?? null;
}

function plain(words: string): string {
  return words
    .slice(0, 100)
    .toLowerCase()
    .replaceAll(/[*_`:]|\([^()]*\)/gu, " ")
    .replaceAll(/\s+/gu, " ")
    .trim();
}
