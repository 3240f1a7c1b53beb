import { readKey, readSectionHeading } from "./dependency-words.ts";
import type { KeyMeaning } from "./dependency-words.ts";
import type { TableRow } from "./logical-lines.ts";
import { leadingReferences, readReferences } from "./references.ts";

/** A cell that names what its row waits for, or what waits for it. */
export interface TableEdge {
  readonly meaning: KeyMeaning;
  /** References in the words of the cell. */
  readonly targets: readonly string[];
  readonly soft: ReadonlySet<string>;
  /** Issues the row is about; null for a row about the issue whose text is read. */
  readonly of: readonly string[] | null;
  /** Words of a cell that name no issue. */
  readonly unread: string | null;
  readonly line: number;
  readonly words: string;
}

interface Columns {
  /** -1: none. */
  readonly own: number;
  /** The head of the own column says that its numbers are those of issues. */
  readonly numbers: boolean;
  /** Nothing but blockers and what is blocked: each row is about the issue whose text is read. */
  readonly isSelf: boolean;
  readonly edges: readonly { readonly index: number; readonly meaning: KeyMeaning }[];
}

// Cells that say that there is nothing, in the ways of tables.
const NOTHING =
  /^(?:(?:origin\/)?(?:main|master|trunk|develop)|ready|start(?:s here)?|root|parallel|any(?:time)?|free|tbd|nothing|[xX?✅✔🟢–—-]|yes|no)$/u;
const OWN_HEAD =
  /^(?:issues?|prs?|pull requests?|tickets?|tasks?|stor(?:y|ies)|sub-?issues?|child(?:ren)?|items?|dependents?)(?:\s*(?:#|no\.?|numbers?|ids?))?$/iu;
const BESIDE_EDGES = /^(?:notes?|reasons?|why|comments?|remarks?|details?)?$/iu;
const NOT_ACTIVE = /\b(?:conditional|resolved|soft|optional|former|old|external|npm|package)\b/iu;

/**
 * Reads a table with a column of blockers (`| Issue | Blocked by |`) for the issues of its rows. `section`: what the
 * section around it lists; there, a table without such a column lists for the issue whose text is read.
 */
export function readTable(
  rows: readonly TableRow[],
  section: KeyMeaning | null,
): readonly TableEdge[] {
  const [head, ...body] = rows;
  if (head === undefined) return [];
  // `| Blocked by | #12 |` as a head is the first fact.
  if (readPair(head).some(({ targets }) => targets.length > 0)) return rows.flatMap(readPair);
  const columns = columnsOf(head, body);
  if (columns.edges.length > 0) return readColumns(body, columns);
  const pairs = rows.flatMap(readPair);
  if (pairs.length > 0) return pairs;
  if (section !== null) return body.flatMap((row) => readListed(row, section));
  return body.flatMap((row) => readNotes(row));
}

function columnsOf(head: TableRow, body: readonly TableRow[]): Columns {
  const edges = head.cells.flatMap((cell, index) => {
    const meaning = NOT_ACTIVE.test(cell) ? null : readSectionHeading(cell);
    const isEdge = meaning !== null && meaning !== "order" && meaning !== "parent";
    return isEdge && meaning !== "related" ? [{ index, meaning }] : [];
  });
  const taken = new Set(edges.map(({ index }) => index));
  for (const [index, cell] of head.cells.entries())
    if (readSectionHeading(cell) === "parent") taken.add(index);
  const named = head.cells.findIndex((cell, index) => !taken.has(index) && OWN_HEAD.test(cell));
  const leads = (index: number): boolean =>
    body.some((row) => leadingReferences(row.cells[index] ?? "").length > 0);
  const first = head.cells.findIndex((_cell, index) => !taken.has(index) && leads(index));
  const own = named !== -1 && (leads(named) || first === -1) ? named : first;
  // A table of one's own parts (`| Step | Depends on |`) is about no issue.
  const numbers = /^(?:issues?|prs?|pull requests?|tickets?)\b/iu.test(head.cells[own] ?? "");
  const isSelf =
    own === -1 &&
    edges.some(({ index }) => /block/iu.test(head.cells[index] ?? "")) &&
    head.cells.every((cell, index) => taken.has(index) || BESIDE_EDGES.test(cell));
  return { own, numbers, isSelf, edges: own === -1 && !isSelf ? [] : edges };
}

function readColumns(
  body: readonly TableRow[],
  { own, numbers, isSelf, edges }: Columns,
): readonly TableEdge[] {
  const owners = body.map((row) => (isSelf ? [] : ownersOf(row.cells[own] ?? "", numbers)));
  const taken = new Set([own, ...edges.map(({ index }) => index)]);
  const aliases = aliasesOf(body, taken, owners);
  return body.flatMap((row, index) => {
    const of = isSelf ? null : (owners[index] ?? []);
    if (of?.length === 0) return [];
    return edges.flatMap((edge): readonly TableEdge[] => {
      const cell = row.cells[edge.index] ?? "";
      const read = readReferences(cell, { codes: false });
      const numbered = read.targets.filter((target) => target.includes("#"));
      const local = numbered.length > 0 || read.none ? [] : localNames(cell, aliases);
      const targets = numbered.length > 0 ? numbered : local.length > 0 ? local : read.targets;
      const nothing = read.none || NOTHING.test(cell.trim()) || isLocal(cell);
      const unread = targets.length > 0 || nothing ? null : cell;
      // A table about the issue itself has said that it waits for nothing.
      const stated = isSelf && read.none && cell.trim() !== "";
      if (targets.length === 0 && unread === null && !stated) return [];
      const words = row.cells.join(" | ");
      return [
        { meaning: edge.meaning, targets, soft: read.soft, of, unread, line: row.line, words },
      ];
    });
  });
}

function ownersOf(cell: string, numbers: boolean): readonly string[] {
  const leading = leadingReferences(cell);
  if (leading.length > 0) return leading.slice(0, 1);
  const bare = /^\D{0,3}(\d{1,9})$/u.exec(cell.trim())?.[1];
  return bare === undefined || !numbers ? [] : [`#${Number(bare)}`];
}

/** Names that rows have besides their number: `T1`, `Wave 2`. */
function aliasesOf(
  body: readonly TableRow[],
  taken: ReadonlySet<number>,
  owners: readonly (readonly string[])[],
): ReadonlyMap<string, readonly string[]> {
  const aliases = new Map<string, readonly string[]>();
  for (const [index, row] of body.entries()) {
    const issue = owners[index] ?? [];
    if (issue.length === 0) continue;
    for (const [column, cell] of row.cells.slice(0, 3).entries()) {
      const name = cell.trim().toLowerCase();
      if (!taken.has(column) && name !== "" && name.length < 24 && !aliases.has(name))
        aliases.set(name, issue);
    }
  }
  return aliases;
}

function localNames(
  cell: string,
  aliases: ReadonlyMap<string, readonly string[]>,
): readonly string[] {
  const parts = cell.toLowerCase().split(/\s*(?:[,;+&]|\band\b)\s*/u);
  const found = parts.map((part) => aliases.get(part.trim()));
  return found.every((issue) => issue !== undefined) ? found.flat() : [];
}

/** `T1`, `Phase 2`: a name within the table, of no issue. */
function isLocal(cell: string): boolean {
  return /^(?:[A-Za-z]{1,12}[ -]?\d{1,3}(?:\.\d+)?[a-z]?(?:\s*[,+&–-]\s*|$))+$/u.test(
    cell.trim().slice(0, 80),
  );
}

/** `| Blocked by | #12 |` in a table of facts about the issue itself. */
function readPair(row: TableRow): readonly TableEdge[] {
  const [name, value] = row.cells;
  if (row.cells.length !== 2 || name === undefined || value === undefined) return [];
  const meaning = readSectionHeading(name);
  if (meaning === null || meaning === "order" || meaning === "parent") return [];
  const { targets, soft, none } = readReferences(value, { codes: false });
  // A head such as `| Dependency | Reason |` is no fact.
  const fact = targets.length > 0 || none;
  const words = row.cells.join(" | ");
  return fact ? [{ meaning, targets, soft, of: null, unread: null, line: row.line, words }] : [];
}

const WAITS_FOR_THIS =
  /^(?:is\s+)?(?:blocked by|depends on|waits (?:for|on)|needs|requires|(?:comes |(?:must |should )?(?:land|come|go)s? )?after) this(?: (?:issue|one|pr|task))?\W*$/iu;
const HOLDS_THIS =
  /^(?:(?:blocks|gates|precedes)|(?:comes |(?:must |should )?(?:land|come|go)s? )?before) this(?: (?:issue|one|pr|task))?\W*$/iu;

/** A cell that says how the issue of its row stands to the one whose text is read: `| #13 | blocked by this |`. */
function readRelation(row: TableRow): TableEdge | null {
  const own = row.cells.map(leadingReferences).find((targets) => targets.length > 0);
  const holds = row.cells.some((cell) => HOLDS_THIS.test(cell.trim()));
  if (own === undefined || !(holds || row.cells.some((cell) => WAITS_FOR_THIS.test(cell.trim()))))
    return null;
  const words = row.cells.join(" | ");
  const said = { soft: new Set<string>(), of: null, unread: null, line: row.line, words };
  return { meaning: holds ? "blocked-by" : "blocks", targets: own, ...said };
}

/** A row of a table in a section about dependencies. */
function readListed(row: TableRow, section: KeyMeaning): readonly TableEdge[] {
  const relation = readRelation(row);
  if (relation !== null) return [relation];
  const own = row.cells.map(leadingReferences).find((targets) => targets.length > 0);
  if (own === undefined) return [];
  // A cell may say which way it goes: `| #12 | blocks |`.
  const said = row.cells.map((cell) => readSectionHeading(cell)).find((item) => item !== null);
  const meaning = said === undefined || said === "order" || said === "parent" ? section : said;
  const words = row.cells.join(" | ");
  const soft = new Set(/\b(?:soft|optional|nice to have)\b/iu.test(words) ? own : []);
  return [{ meaning, targets: own, soft, of: null, unread: null, line: row.line, words }];
}

/** `| #12 | Parser | blocked by #11 |` */
function readNotes(row: TableRow): readonly TableEdge[] {
  const [first = "", ...rest] = row.cells;
  const own = leadingReferences(first);
  if (own.length === 0) return [];
  const relation = readRelation(row);
  if (relation !== null) return [relation];
  return rest.flatMap((cell) => {
    const key = readKey(cell, false);
    if (key === null || key.meaning === "related") return [];
    const { targets, soft } = readReferences(key.value, { codes: false });
    const words = row.cells.join(" | ");
    const { meaning } = key;
    return targets.length === 0
      ? []
      : [{ meaning, targets, soft, of: own.slice(0, 1), unread: null, line: row.line, words }];
  });
}
