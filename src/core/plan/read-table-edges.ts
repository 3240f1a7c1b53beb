import type { KeyMeaning } from "./dependency-words.ts";
import type { TableRow } from "./logical-lines.ts";
import type { Gathering } from "./read-gathering.ts";
import { readProse } from "./read-prose.ts";
import type { Side } from "./read-relations.ts";
import { readTable } from "./read-tables.ts";
import type { TableEdge } from "./read-tables.ts";

interface Around {
  /** What the section around the table lists; null outside of one. */
  readonly meaning: KeyMeaning | null;
  readonly subject: Side;
}

/** Gathers what a table says, by its columns and by sentences in its cells; true when its columns said anything. */
export function gatherTable(
  rows: readonly TableRow[],
  gathering: Gathering,
  { meaning, subject }: Around,
): boolean {
  const edges = readTable(rows, meaning);
  for (const edge of edges) gatherEdge(edge, gathering, edge.of ?? subject);
  for (const row of rows) {
    const spot = { line: row.line, words: row.cells.join(" | ") };
    for (const relation of row.cells.flatMap((cell) => readProse(cell, "self"))) {
      // "#144 lands first" in a cell is about the issues of the table.
      if (relation.dependents !== "self" && relation.blockers !== "self")
        gathering.relate(relation, spot);
    }
  }
  return edges.length > 0;
}

function gatherEdge(edge: TableEdge, gathering: Gathering, subject: Side): void {
  const { meaning, targets, unread } = edge;
  const spot = { line: edge.line, words: edge.words };
  for (const target of targets) {
    const soft = edge.soft.has(target);
    gathering.say({ meaning, target, subject, resolved: true, soft }, spot);
  }
  if (subject === "self") gathering.state(meaning);
  if (unread !== null && (meaning === "blocked-by" || meaning === "needs"))
    gathering.say({ meaning, target: unread, subject, resolved: false }, spot);
}
