import type { Place, PlanFinding } from "../../../core/plan/issue.ts";
import { scanMarkdown } from "../../../core/shared/markdown-lines.ts";
import type { MarkdownLine } from "../../../core/shared/markdown-lines.ts";
import { namedDocuments, readFrontMatter, wordsOf } from "../front-matter.ts";
import type { FrontMatter, NamedDocument } from "../front-matter.ts";
import { refuseBranch } from "./branch-name.ts";
import { readColumns } from "./columns.ts";
import type { Column } from "./columns.ts";
import { aliasesIn, leadingAliases } from "./issue-names.ts";
import type { Aliases } from "./issue-names.ts";
import { listRows } from "./list-rows.ts";
import { phaseOrder } from "./phase-order.ts";
import type { PhaseOrder } from "./phase-order.ts";
import { readTables } from "./tables.ts";
import { readTracking } from "./tracking.ts";
import type { Tracking } from "./tracking.ts";

/** An issue as a table of the plan has it. */
export interface PlanRow {
  readonly aliases: Aliases;
  /** Words of each column that the table has; empty where a cell is. */
  readonly cells: Readonly<Partial<Record<Column, string>>>;
  readonly phase: string | null;
  /** Where each cell begins. */
  readonly placeOf: (column: Column) => Required<Place>;
}

export interface PlanFile {
  readonly file: string;
  readonly title: string | null;
  readonly branch: string | null;
  readonly rows: readonly PlanRow[];
  readonly tracking: Tracking;
  /** Where the plan says that a phase begins when the one before is over. */
  readonly phaseOrder: PhaseOrder | null;
  readonly documents: readonly NamedDocument[];
  readonly findings: readonly PlanFinding[];
}

const PHASE = /^[^\p{L}\p{N}]*phase\s*(?:\d|[ivx]+\b|[a-z]\b|[:–—-])/iu;
const BRANCH =
  /^[^\p{L}\p{N}]*(?:(?:milestone|integration)\s+)?branch(?:\s+name)?[*_`\s]*:[*_\s]*(?:`([^`]+)`|(\S+))/iu;
const PHASE_MAX = 120;

/** Reads `IMPLEMENTATION_PLAN.md`. Never throws: defects are findings with their place. */
export function readPlan(file: string, text: string, target: string | null): PlanFile {
  const front = readFrontMatter(file, text);
  const { lines, openedAt } = scanMarkdown(front.rest);
  const tracking = readTracking(front.rest);
  const outside = lines.filter((line) => !isWithin(line, tracking.section));
  const { rows, findings } = readRows(file, outside);
  const branch = readBranch(file, front, outside, target);
  return {
    file,
    title: titleOf(front, outside),
    branch: branch.name,
    rows,
    tracking,
    phaseOrder: phaseOrder(file, front, outside),
    documents: namedDocuments(front),
    findings: [...front.findings, ...openFence(file, openedAt), ...branch.findings, ...findings],
  };
}

function isWithin(line: MarkdownLine, section: Tracking["section"]): boolean {
  return section !== null && line.number >= section.first && line.number <= section.last;
}

/** `# Milestone M5: Users — Implementation Plan` is called `Users`. */
function titleOf(front: FrontMatter, lines: readonly MarkdownLine[]): string | null {
  const said = wordsOf(front.fields["title"] ?? front.fields["milestone"]);
  const heading = lines.find((line) => line.heading?.level === 1)?.heading?.text;
  const words = (said ?? heading ?? "").replaceAll(/\*\*|__|`/gu, "").trim();
  const bare = words
    .replace(/^implementation plan\s*(?:for\s+|[:–—-]+\s*)?/iu, "")
    .replace(/^milestone\s+(?=m?\d)/iu, "")
    .replace(/^m?\d{1,6}(?:\.\d{1,6})*\s*[:–—-]+\s*/iu, "")
    .replace(/\s*(?:[:–—-]\s*|\()?implementation plan\)?$/iu, "")
    .trim();
  const title = /\p{L}/u.test(bare) && !/^m\d[\d.]*$/iu.test(bare) ? bare : words;
  return title === "" ? null : title;
}

interface Branch {
  readonly name: string | null;
  readonly findings: readonly PlanFinding[];
}

function readBranch(
  file: string,
  front: FrontMatter,
  lines: readonly MarkdownLine[],
  target: string | null,
): Branch {
  const key = ["milestone_branch", "integration_branch", "branch"].find(
    (name) => wordsOf(front.fields[name]) !== null,
  );
  const inText = lines.find(
    (line) => line.prose && line.heading === null && BRANCH.test(line.text.slice(0, 500)),
  );
  const match = BRANCH.exec(inText?.text.slice(0, 500) ?? "");
  const name = key === undefined ? (match?.[1] ?? match?.[2] ?? null) : wordsOf(front.fields[key]);
  if (name === null) return { name, findings: [] };
  const refusal = refuseBranch(name, target);
  if (refusal === null) return { name, findings: [] };
  const place =
    key === undefined ? { file, line: inText?.number ?? 1, column: 1 } : front.placeOf([key]);
  return {
    name: null,
    findings: [
      {
        code: "source/branch",
        severity: "warning",
        ...place,
        message: `The plan calls the milestone's branch "${name.slice(0, 100)}", and ${refusal}; the name follows from the settings instead.`,
        hint: "Write a name of its own, such as `milestone/m5-users`, or take the line out.",
      },
    ],
  };
}

interface Rows {
  readonly rows: readonly PlanRow[];
  readonly findings: readonly PlanFinding[];
}

/** Rows of all tables that list issues, each with the phase whose heading stands above it. */
function readRows(file: string, lines: readonly MarkdownLine[]): Rows {
  const rows: PlanRow[] = [];
  const findings: PlanFinding[] = [];
  const phases = phasesAt(lines);
  for (const table of readTables(lines)) {
    const columns = readColumns(table.header);
    if (!listsIssues(columns)) continue;
    for (const { line, cells } of table.rows) {
      if (cells.every((cell) => cell.text === "")) continue;
      const said = Object.fromEntries(
        [...columns].flatMap(([column, index]) => {
          const cell = cells[index];
          return cell === undefined ? [] : [[column, cell.text]];
        }),
      ) as PlanRow["cells"];
      const aliases = aliasesOf(said);
      if (aliases.length === 0) {
        findings.push(noIssue(file, line, cells.map((cell) => cell.text).join(" | ")));
        continue;
      }
      rows.push({
        aliases,
        cells: said,
        phase: plainCell(said.phase) ?? phases(line),
        placeOf: (column) => {
          const cell = cells[columns.get(column) ?? -1] ?? cells[0];
          return { file, line, column: (cell?.start ?? 0) + 1 };
        },
      });
    }
  }
  return { rows: rows.length > 0 ? rows : listRows(file, lines, phases), findings };
}

function listsIssues(columns: ReadonlyMap<Column, number>): boolean {
  const names = columns.has("issue") || columns.has("file");
  return names && [...columns.keys()].some((column) => column !== "issue" && column !== "status");
}

function aliasesOf(cells: PlanRow["cells"]): Aliases {
  const inTitle = /\]\([^()\s]{1,300}\.md/iu.test(cells.title ?? "") ? (cells.title ?? "") : "";
  return [
    ...new Set([
      ...aliasesIn(cells.file ?? ""),
      ...leadingAliases(inTitle, true),
      ...leadingAliases(cells.issue ?? "", true),
    ]),
  ];
}

function plainCell(words: string | undefined): string | null {
  const plain = (words ?? "").replaceAll(/[*_`]/gu, "").trim();
  if (plain === "" || /^[-–—]+$/u.test(plain)) return null;
  return (/^\d{1,4}$/u.test(plain) ? `Phase ${plain}` : plain).slice(0, PHASE_MAX);
}

function noIssue(file: string, line: number, words: string): PlanFinding {
  return {
    code: "source/table-row",
    severity: "warning",
    file,
    line,
    column: 1,
    message: `This row of a table of issues names none: "${words.slice(0, 100)}".`,
    hint: "Begin it with the issue's number or with a link to its file.",
  };
}

/** Which phase a line stands in: its heading holds up to the next one, or up to another heading of its rank. */
function phasesAt(lines: readonly MarkdownLine[]): (line: number) => string | null {
  const starts: { readonly from: number; readonly name: string | null }[] = [];
  let level = 7;
  for (const { heading, number } of lines) {
    if (heading === null) continue;
    const words = heading.text.replaceAll(/\*\*|__|`/gu, "");
    if (PHASE.test(words)) {
      level = heading.level;
      starts.push({
        from: number,
        name: words.replace(/^[^\p{L}\p{N}]+/u, "").slice(0, PHASE_MAX),
      });
    } else if (heading.level <= level) starts.push({ from: number, name: null });
  }
  return (line) => starts.findLast((start) => start.from <= line)?.name ?? null;
}

function openFence(file: string, openedAt: number | null): readonly PlanFinding[] {
  if (openedAt === null) return [];
  return [
    {
      code: "source/open-fence",
      severity: "warning",
      file,
      line: openedAt,
      column: 1,
      message:
        "A code block or comment begins here and is never closed; everything below it was read as code.",
      hint: "Close it.",
    },
  ];
}
