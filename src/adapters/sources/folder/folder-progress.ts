import type { Issue, Mark } from "../../../core/plan/issue.ts";
import type { TaskKey } from "../../../core/shared/names.ts";
import { scanMarkdown } from "../../../core/shared/markdown-lines.ts";
import type { ProgressFile } from "../../../ports/source.ts";
import { issueNames } from "./issue-names.ts";
import { markWords, signOf, usesSigns } from "./status-words.ts";
import { latestEntries, readItem, readTracking, writtenTail } from "./tracking.ts";
import type { Tracking, TrackingEntry } from "./tracking.ts";

/** What a mark has to know of an issue to find its row. */
export type MarkedIssue = Pick<Issue, "key" | "number" | "title">;

/**
 * Keeps how far a milestone folder is in the tracking section of its plan. `reference` is the folder, or the plan file in
 * it; the issues are those of the plan, so that a row may call one by its number on the forge.
 */
export function folderProgress(
  reference: string,
  issues: readonly MarkedIssue[] = [],
): ProgressFile {
  return {
    path: /\.md$/iu.test(reference)
      ? reference
      : `${reference.replace(/\/+$/u, "")}/IMPLEMENTATION_PLAN.md`,
    mark: (text, marks) => markTracking(text, marks, issues),
  };
}

/** Lines with their ends, so that joining them gives the text again. */
interface Lines {
  readonly texts: string[];
  readonly ends: string[];
}

function markTracking(
  text: string,
  marks: ReadonlyMap<TaskKey, Mark>,
  issues: readonly MarkedIssue[],
): string | null {
  // Below a fence that is never closed nothing can be found, and nothing may be added.
  if (marks.size === 0 || scanMarkdown(text).openedAt !== null) return null;
  const titles = new Map(issues.map((issue) => [issue.key, issue.title]));
  const numbers = new Map(issues.map((issue) => [issue.key, issue.number]));
  const lookUp = issueNames(
    [...new Set([...numbers.keys(), ...marks.keys()])].map((key) => {
      const number = numbers.get(key) ?? "";
      return { key, forge: /^\d+$/u.test(number) ? number : null, stem: null };
    }),
  );
  const tracking = readTracking(text);
  const known = latestEntries(tracking.entries, lookUp);
  const lines = splitLines(text);
  const signs = usesSigns(sectionText(lines, tracking));
  const missing: TaskKey[] = [];
  let changed = false;
  for (const [key, mark] of marks) {
    const entry = known.get(key);
    if (entry?.status === mark) continue;
    changed = true;
    if (entry === undefined || entry.form.of === "list") missing.push(key);
    else editEntry(lines, entry, mark, signs);
  }
  if (!changed) return null;
  const added = missing.map((key) => ({
    key,
    title: titles.get(key) ?? "",
    words: markWords(marks.get(key) ?? "done", signs),
  }));
  return addRows(lines, tracking, added);
}

function editEntry(lines: Lines, entry: TrackingEntry, mark: Mark, signs: boolean): void {
  const text = lines.texts[entry.line - 1] ?? "";
  lines.texts[entry.line - 1] =
    entry.form.of === "cell"
      ? editCell(text, entry.form.cell, mark, signs)
      : editItem(text, mark, signs);
}

/** The bars stay where they are as long as the words fit. */
function editCell(
  text: string,
  cell: { readonly start: number; readonly end: number; readonly bar: number },
  mark: Mark,
  signs: boolean,
): string {
  const words = markWords(mark, signs);
  const room = text.slice(cell.end, cell.bar);
  const blanks = Math.max(Math.min(1, room.length), cell.bar - cell.start - words.length);
  const isLast = cell.bar >= text.length;
  return (
    text.slice(0, cell.start) + words + (isLast ? "" : " ".repeat(blanks)) + text.slice(cell.bar)
  );
}

function editItem(text: string, mark: Mark, signs: boolean): string {
  const item = readItem(text);
  if (item === null) return text;
  const box = item.box.replace(/\[[ xX]?\]/u, mark === "done" ? "[x]" : "[ ]");
  const sign = item.sign === "" ? "" : item.sign.replace(/\S+/u, signOf(mark));
  const hasWord = item.word !== "";
  const word = hasWord ? markWords(mark, /[^\w\s-]/u.test(item.word) || signs) : "";
  const edited = item.bullet + box + sign + item.body + item.separator + word + item.end;
  if (readItem(edited)?.status === mark) return edited;
  const tail = /\s*$/u.exec(edited)?.[0] ?? "";
  return `${edited.slice(0, edited.length - tail.length)} — ${markWords(mark, signs)}${tail}`;
}

interface NewRow {
  readonly key: TaskKey;
  readonly title: string;
  readonly words: string;
}

function addRows(lines: Lines, tracking: Tracking, rows: readonly NewRow[]): string {
  const end = lines.ends.find((item) => item !== "") ?? "\n";
  if (rows.length === 0) return joined(lines);
  if (tracking.table !== null) {
    const { table } = tracking.table;
    const below = table.rows.at(-1)?.line ?? table.headerLine + 1;
    const columns = tracking.table;
    return inserted(
      lines,
      below,
      rows.map((row) => tableRow(row, columns)),
      end,
    );
  }
  const items = rows.map((row) => `- ${writtenTail(row.key)}${titled(row)} — ${row.words}`);
  if (tracking.lastItem !== null) return inserted(lines, tracking.lastItem, items, end);
  if (tracking.section !== null) {
    const { first, last } = tracking.section;
    const used = lines.texts.slice(first - 1, last).findLastIndex((text) => text.trim() !== "");
    return inserted(lines, first + used, ["", ...newTable(rows)], end);
  }
  const text = joined(lines);
  const gap =
    text.trim() === ""
      ? ""
      : (lines.ends.at(-1) === "" && lines.texts.at(-1) !== "" ? end : "") + end;
  return `${text}${gap}${["## Tracking", "", ...newTable(rows)].join(end)}${end}`;
}

function newTable(rows: readonly NewRow[]): readonly string[] {
  return [
    "| Issue | Title | Status |",
    "| --- | --- | --- |",
    ...rows.map((row) => `| ${writtenTail(row.key)} | ${cellText(row.title)} | ${row.words} |`),
  ];
}

function tableRow(row: NewRow, columns: NonNullable<Tracking["table"]>): string {
  const cells = columns.table.header.map((cell, index) => {
    if (index === columns.issue) return writtenTail(row.key);
    if (index === columns.status) return row.words;
    return /title|name|description/iu.test(cell.text.slice(0, 100)) ? cellText(row.title) : "";
  });
  return `| ${cells.join(" | ")} |`;
}

function titled(row: NewRow): string {
  const title = cellText(row.title).replaceAll("\\|", "|");
  return title === "" ? "" : `: ${title}`;
}

function cellText(title: string): string {
  return title.replaceAll(/\s+/gu, " ").trim().slice(0, 200).replaceAll(/\\?\|/gu, "\\|");
}

function sectionText(lines: Lines, { section }: Tracking): string {
  return section === null
    ? lines.texts.filter((text) => text.length < 10_000 && text.includes("|")).join("\n")
    : lines.texts.slice(section.first - 1, section.last).join("\n");
}

function splitLines(text: string): Lines {
  const pieces = text.split(/(\r\n|\n|\r)/u);
  return {
    texts: pieces.filter((_, index) => index % 2 === 0),
    ends: [...pieces.filter((_, index) => index % 2 === 1), ""],
  };
}

function joined(lines: Lines): string {
  return lines.texts.map((text, index) => text + (lines.ends[index] ?? "")).join("");
}

/** New lines below line `below` (from 1). */
function inserted(lines: Lines, below: number, added: readonly string[], end: string): string {
  const texts = [...lines.texts.slice(0, below), ...added, ...lines.texts.slice(below)];
  const before = lines.ends.slice(0, below);
  // The last line of a text may have no end of its own; the one that is last then has none either.
  const isLast = before.at(-1) === "";
  const ends = [
    ...before.map((item, index) => (index === below - 1 && isLast ? end : item)),
    ...added.map((_, index) => (isLast && index === added.length - 1 ? "" : end)),
    ...lines.ends.slice(below),
  ];
  return joined({ texts, ends });
}
