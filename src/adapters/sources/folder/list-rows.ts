import type { MarkdownLine } from "../../../core/shared/markdown-lines.ts";
import { leadingAliases } from "./issue-names.ts";
import type { PlanRow } from "./plan-file.ts";

const ITEM = /^(?:[-*+]|\d{1,6}[.)])\s+(\[[ xX]\]\s+)?(\S.*)$/u;
const SECTION = /^[^\p{L}\p{N}]*(?:\d{1,3}[.)]?\s+)?issues?(?:\s+(?:list|overview|index))?\W*$/iu;
const LINE_MAX = 1000;

/** Issues of a plan that lists them instead of a table: `- [ ] #301 Title` below a phase, or below "Issues". */
export function listRows(
  file: string,
  lines: readonly MarkdownLine[],
  phases: (line: number) => string | null,
): readonly PlanRow[] {
  const rows: PlanRow[] = [];
  let inIssues = false;
  for (const { text, prose, heading, number } of lines) {
    if (heading !== null) inIssues = SECTION.test(heading.text);
    const phase = phases(number);
    const item = prose && (inIssues || phase !== null) ? ITEM.exec(text.slice(0, LINE_MAX)) : null;
    if (item === null) continue;
    const [, box, words = ""] = item;
    const aliases = leadingAliases(words, box !== undefined);
    if (aliases.length === 0) continue;
    const place = { file, line: number, column: 1 };
    const status = box === undefined ? {} : { status: box.trim() };
    rows.push({ aliases, cells: { issue: words, ...status }, phase, placeOf: () => place });
  }
  return rows;
}
