import type { Overlap } from "./conflict-groups-paths.ts";

/** Issues that are to be one group, with what they have in common. */
export interface Cluster {
  readonly nodes: readonly number[];
  /** Most shared first. */
  readonly overlaps: readonly Overlap[];
}

/** Up to here issues that hang together by any file are one group, though the two ends may share none. */
const WHOLE_MAX = 4;

/** Of issues with something in common, those that could run beside at least one of the others. */
export type Unordered = (nodes: readonly number[]) => readonly number[];

/**
 * Parts the issues so that each is in one cluster at most. Small heaps stay whole; a large one is split around the
 * file that most of it shares, and what is left is looked at anew. Grouping too much costs time, for its members
 * wait for each other; too little costs a conflict and a fix round: hence whole only as long as few have to wait.
 */
export function clusterBy(overlaps: readonly Overlap[], unordered: Unordered): readonly Cluster[] {
  const clusters: Cluster[] = [];
  const placed = new Set<number>();
  // The largest overlap shrinks in each round, so that there are few.
  let left: readonly Overlap[] = overlaps.flatMap((overlap) =>
    shrunk(overlap, overlap.nodes, unordered),
  );
  for (; left.length > 0; left = stillLoose(left, placed, unordered)) {
    for (const heap of heapsOf(left)) {
      const [most] = heap.overlaps;
      if (most === undefined) continue;
      const isOne = heap.nodes.length <= WHOLE_MAX || most.nodes.length === heap.nodes.length;
      for (const cluster of isOne ? [heap] : largestOf(heap)) {
        if (cluster.nodes.some((node) => placed.has(node))) continue;
        for (const node of cluster.nodes) placed.add(node);
        clusters.push(cluster);
      }
    }
  }
  return clusters.toSorted((a, b) => (a.nodes[0] ?? 0) - (b.nodes[0] ?? 0));
}

function stillLoose(
  overlaps: readonly Overlap[],
  placed: ReadonlySet<number>,
  unordered: Unordered,
): readonly Overlap[] {
  return overlaps.flatMap((overlap) => {
    const nodes = overlap.nodes.filter((node) => !placed.has(node));
    // Without those that have a group already, the others may stand in a row.
    return nodes.length === overlap.nodes.length ? [overlap] : shrunk(overlap, nodes, unordered);
  });
}

function shrunk(
  { label }: Overlap,
  nodes: readonly number[],
  unordered: Unordered,
): readonly Overlap[] {
  const loose = nodes.length > 1 ? unordered(nodes) : [];
  return loose.length > 1 ? [{ label, nodes: loose }] : [];
}

/** What most share, as clusters of their own; they may meet, and the first one has it then. */
function largestOf(heap: Cluster): readonly Cluster[] {
  const most = heap.overlaps[0]?.nodes.length ?? 0;
  return heap.overlaps
    .filter(({ nodes }) => nodes.length === most)
    .map((overlap) => ({ nodes: overlap.nodes, overlaps: [overlap] }));
}

/** Issues that hang together through their overlaps. */
function heapsOf(overlaps: readonly Overlap[]): readonly Cluster[] {
  const parent = new Map<number, number>();
  const rootOf = (node: number): number => {
    let root = node;
    for (let next = parent.get(root); next !== undefined && next !== root; next = parent.get(root))
      root = next;
    // Shortens the way for the next who asks.
    for (let step = node; step !== root;) {
      const next = parent.get(step) ?? root;
      parent.set(step, root);
      step = next;
    }
    return root;
  };
  for (const { nodes } of overlaps)
    for (const node of nodes) parent.set(rootOf(node), rootOf(nodes[0] ?? node));
  const heaps = Map.groupBy(overlaps, ({ nodes }) => rootOf(nodes[0] ?? 0));
  return [...heaps.values()].map((inside) => ({
    nodes: [...new Set(inside.flatMap(({ nodes }) => nodes))].toSorted((a, b) => a - b),
    overlaps: inside.toSorted(
      (a, b) => b.nodes.length - a.nodes.length || (a.label < b.label ? -1 : 1),
    ),
  }));
}
