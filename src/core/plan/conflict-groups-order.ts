import { components } from "./graph.ts";
import type { Graph } from "./graph.ts";

/** Above this the table would take hundreds of megabytes. */
const WORDS_MAX = 32 * 1024 * 1024;

/**
 * Answers for any two of `nodes` whether a path between them orders them, after one pass over the graph. In a graph
 * too large for that it answers false: who asks then takes more to be unordered than is, which is the safe side.
 */
export function orderBetween(
  graph: Graph,
  nodes: Iterable<number>,
): (a: number, b: number) => boolean {
  const columns = new Map<number, number>();
  for (const node of nodes) if (!columns.has(node)) columns.set(node, columns.size);
  const width = Math.ceil(columns.size / 32);
  const knots = components(graph);
  if (knots.length * width > WORDS_MAX) return () => false;
  // One row of bits for each knot: which of the nodes come before it. Knots come blockers first.
  const before = new Uint32Array(knots.length * width);
  const rowOf = new Int32Array(graph.count);
  for (const [knot, members] of knots.entries()) for (const node of members) rowOf[node] = knot;
  for (const [knot, members] of knots.entries()) {
    for (const node of members)
      for (const blocker of graph.blockers[node] ?? [])
        addRow(before, knot * width, (rowOf[blocker] ?? 0) * width, width);
    // Members of a knot are before themselves: whatever waits for one waits for all.
    for (const node of members) addBit(before, knot * width, columns.get(node));
  }
  const isBefore = (a: number, b: number): boolean => {
    const column = columns.get(a) ?? 0;
    const word = before[(rowOf[b] ?? 0) * width + (column >>> 5)] ?? 0;
    return ((word >>> (column & 31)) & 1) === 1;
  };
  return (a, b) => isBefore(a, b) || isBefore(b, a);
}

function addRow(rows: Uint32Array, to: number, from: number, width: number): void {
  if (to === from) return;
  for (let word = 0; word < width; word += 1) {
    const bits = rows[from + word] ?? 0;
    // Most are empty, and writing is dearer than looking.
    if (bits !== 0) rows[to + word] = (rows[to + word] ?? 0) | bits;
  }
}

function addBit(rows: Uint32Array, row: number, column: number | undefined): void {
  if (column === undefined) return;
  const word = row + (column >>> 5);
  rows[word] = (rows[word] ?? 0) | (1 << (column & 31));
}
