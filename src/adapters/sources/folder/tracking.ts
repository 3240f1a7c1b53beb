import { scanMarkdown, squeezeBlanks } from "../../../core/shared/markdown-lines.ts";
import type { MarkdownLine } from "../../../core/shared/markdown-lines.ts";
import { readColumns } from "./columns.ts";
import { aliasesIn, leadingAliases, leadingList, readReferences } from "./issue-names.ts";
import type { Aliases } from "./issue-names.ts";
import { statusOf } from "./status-words.ts";
import type { Status } from "./status-words.ts";
import { readTables } from "./tables.ts";
import type { Cell, Table } from "./tables.ts";

/** One statement about how far an issue is. */
export interface TrackingEntry {
  readonly aliases: Aliases;
  readonly status: Status;
  /** From 1. */
  readonly line: number;
  readonly column: number;
  /** The words of the status, or the whole line. */
  readonly words: string;
  /** How it is written; `list`: a line that names several issues at once and is never changed. */
  readonly form: { readonly of: "cell"; readonly cell: Cell } | { readonly of: "item" | "list" };
}

/** Where a plan keeps how far it is. */
export interface Tracking {
  /** In the order of the text; which of several about one issue counts, `latestEntries` says. */
  readonly entries: readonly TrackingEntry[];
  /** Lines of the tracking section, its heading included; null where there is none. */
  readonly section: { readonly first: number; readonly last: number } | null;
  /** Table that a new row is added to, if there is one. */
  readonly table: { readonly table: Table; readonly issue: number; readonly status: number } | null;
  /** Last item of a list that a new item is added below. */
  readonly lastItem: number | null;
}

const SECTION =
  /^[^\p{L}\p{N}]*(?:\d{1,3}(?:\.\d{1,3})*[.)]?\s+)?(?:(?:issues?|execution|milestone|task|implementation)\s+)?(?:tracking|tracker|progress|status)(?:\s+(?:tracking|tracker|table|section|overview|summary|report))?\W*$/iu;
const GROUPED =
  /^\s*(?:[-*+]\s+)?(?:\*\*|__)?([^\w\s]{0,4}\s*(?:done|complete|completed|finished|skipped|blocked|in[ -]progress|todo|to do|pending|open|remaining|not started))(?:\*\*|__)?\s*:\s*(?:\*\*|__)?\s*(.*)$/iu;
const ITEM = /^(\s*(?:[-*+]|\d+[.)])\s+)(\[[ xX]?\]\s+)?(.*)$/u;
const LINE_MAX = 2000;

/** Finds the tracking section of a plan and reads its statements. Without one, tables with a status column are it. */
export function readTracking(text: string): Tracking {
  const { lines } = scanMarkdown(text);
  const sections = trackingSections(lines);
  const last = sections.at(-1);
  if (last === undefined) return fromTables(readTables(lines), null);
  const inside = lines.filter(({ number }) =>
    sections.some((section) => number >= section.first && number <= section.last),
  );
  const read = fromTables(readTables(inside), last);
  const items = readItems(inside);
  return {
    ...read,
    entries: [...read.entries, ...items].toSorted((a, b) => a.line - b.line),
    lastItem: items.findLast((item) => item.line >= last.first)?.line ?? null,
  };
}

/** What counts for each issue: the last word about it; a line that names several gives way to one about it alone. */
export function latestEntries(
  entries: readonly TrackingEntry[],
  lookUp: (aliases: Aliases) => string | null,
): ReadonlyMap<string, TrackingEntry> {
  const latest = new Map<string, TrackingEntry>();
  for (const entry of entries) {
    const key = lookUp(entry.aliases);
    if (key === null) continue;
    const isAlone = latest.has(key) && latest.get(key)?.form.of !== "list";
    if (entry.form.of !== "list" || !isAlone) latest.set(key, entry);
  }
  return latest;
}

/** True for the heading of a tracking section. */
function isTracking(line: MarkdownLine): boolean {
  return line.heading !== null && SECTION.test(line.heading.text.replaceAll(/\*\*|__|`/gu, ""));
}

interface Section {
  readonly first: number;
  readonly last: number;
}

function trackingSections(lines: readonly MarkdownLine[]): readonly Section[] {
  const sections: { first: number; last: number; readonly level: number }[] = [];
  let open: (typeof sections)[number] | null = null;
  for (const line of lines) {
    const { heading } = line;
    if (heading !== null && open !== null && heading.level <= open.level) open = null;
    if (heading !== null && open === null && isTracking(line)) {
      open = { first: line.number, last: line.number, level: heading.level };
      sections.push(open);
    }
    if (open !== null) open.last = line.number;
  }
  return sections;
}

function fromTables(tables: readonly Table[], section: Section | null): Tracking {
  const read = tables.flatMap((table) => {
    const columns = readColumns(table.header);
    const status = columns.get("status");
    const issue = columns.get("issue") ?? columns.get("file") ?? columns.get("title");
    return status === undefined || issue === undefined ? [] : [{ table, issue, status }];
  });
  const entries = read.flatMap(({ table, issue, status }) =>
    table.rows.flatMap(({ line, cells }): readonly TrackingEntry[] => {
      const [name, cell] = [cells[issue], cells[status]];
      if (name === undefined || cell === undefined) return [];
      const words = cell.text;
      const said = { status: statusOf(words), line, column: cell.start + 1, words };
      const several = leadingList(name.text);
      if (several.length > 0)
        return several.map((aliases) => ({ aliases, ...said, form: { of: "list" } }));
      const aliases = leadingAliases(name.text, true);
      return aliases.length === 0 ? [] : [{ aliases, ...said, form: { of: "cell", cell } }];
    }),
  );
  const inLast = read.filter(({ table }) => section === null || table.headerLine > section.first);
  return { entries, section, table: inLast.at(-1) ?? null, lastItem: null };
}

function readItems(lines: readonly MarkdownLine[]): readonly TrackingEntry[] {
  const entries: TrackingEntry[] = [];
  let group: Status | null = null;
  for (const line of lines) {
    if (!line.prose || line.text.slice(0, LINE_MAX).trimStart().startsWith("|")) continue;
    if (line.heading !== null) {
      const status = isTracking(line) ? "open" : statusOf(line.heading.text);
      group = status === "unknown" || status === "open" ? null : status;
      continue;
    }
    entries.push(...itemEntries(line, group));
  }
  return entries;
}

function itemEntries(line: MarkdownLine, group: Status | null): readonly TrackingEntry[] {
  const text = line.text.slice(0, LINE_MAX);
  const place = { line: line.number, column: text.length - text.trimStart().length + 1 };
  const grouped = GROUPED.exec(squeezeBlanks(text));
  if (grouped !== null) {
    const status = statusOf(grouped[1] ?? "");
    const words = text.trim();
    return readReferences(grouped[2] ?? "")
      .filter((item) => item.aliases.length > 0)
      .map(({ aliases }) => ({ aliases, status, ...place, words, form: { of: "list" } }));
  }
  const item = readItem(line.text);
  if (item === null || item.aliases.length === 0) return [];
  const own = item.status === "open" && !item.isSaid ? group : null;
  const said = { status: own ?? item.status, ...place, words: text.trim() };
  const several = leadingList(item.body);
  if (several.length > 0)
    return several.map((aliases) => ({ aliases, ...said, form: { of: "list" } }));
  return [{ aliases: item.aliases, ...said, form: { of: "item" } }];
}

/** A list item and its parts; joined they are the line. */
export interface TrackingItem {
  readonly bullet: string;
  /** `[x] ` with its blanks; empty where there is no box. */
  readonly box: string;
  /** `✅ ` in front of the issue. */
  readonly sign: string;
  readonly body: string;
  /** ` — `, ` (`: what stands before the status word. */
  readonly separator: string;
  readonly word: string;
  readonly end: string;
  readonly aliases: Aliases;
  readonly status: Status;
  /** False where only the box, or nothing, says it. */
  readonly isSaid: boolean;
}

const SIGN = /^([✅✔☑⏭⛔🚫🛑🚧🔄⏳⌛⬜🔲🟢🔴🟡]️?\s*)/u;
const LAST =
  /(\s*[:–—([|]\s*|\s+-\s+)((?:[^\w\s]{0,4}\s*)(?:done|complete|completed|merged|finished|skipped|blocked|in[ -]progress|in review|todo|to do|pending|open|not started)|[✅✔☑⏭⛔🚫🛑🚧🔄⏳⬜🔲]️?)([)\]]?\s*)$/iu;
/** The status is a word at the end of the line; this much of it is looked at. */
const LAST_MAX = 80;

/** Takes a list item apart; null for any other line. */
export function readItem(text: string): TrackingItem | null {
  if (text.length > LINE_MAX) return null;
  const item = ITEM.exec(text);
  if (item === null) return null;
  const box = item[2] ?? "";
  const sign = SIGN.exec(item[3] ?? "")?.[1] ?? "";
  const rest = (item[3] ?? "").slice(sign.length);
  const last = LAST.exec(rest.slice(-LAST_MAX));
  const parts = {
    bullet: item[1] ?? "",
    box,
    sign,
    body: last === null ? rest : rest.slice(0, rest.length - last[0].length),
    separator: last?.[1] ?? "",
    word: last?.[2] ?? "",
    end: last?.[3] ?? "",
  };
  const aliases = leadingAliases(parts.body, box !== "");
  const said = last === null ? sign : parts.word;
  const status = said === "" ? statusOf(box) : statusOf(said);
  return { ...parts, aliases, status, isSaid: said !== "" || status === "done" };
}

/** An issue as a new row names it: `03`, `auth.md`. */
export function writtenTail(key: string): string {
  const tail = key.slice(key.lastIndexOf("/") + 1);
  return aliasesIn(tail).length > 0 ? tail : `${tail}.md`;
}
