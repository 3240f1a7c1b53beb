/** A graph over `0 … count-1`; numbers instead of keys keep 10,000 issues in the milliseconds. */
export interface Graph {
  readonly count: number;
  /** For each node what must come before it, ascending. */
  readonly blockers: readonly (readonly number[])[];
  /** For each node what waits for it, ascending. */
  readonly dependents: readonly (readonly number[])[];
}

/** Edges as `[blocker, dependent]`; doubles and self edges are left out. */
export function buildGraph(count: number, edges: readonly (readonly [number, number])[]): Graph {
  const blockers = Array.from({ length: count }, () => new Set<number>());
  const dependents = Array.from({ length: count }, () => new Set<number>());
  for (const [blocker, dependent] of edges) {
    if (blocker === dependent) continue;
    blockers[dependent]?.add(blocker);
    dependents[blocker]?.add(dependent);
  }
  return { count, blockers: blockers.map(ascending), dependents: dependents.map(ascending) };
}

function ascending(nodes: ReadonlySet<number>): readonly number[] {
  return [...nodes].toSorted((a, b) => a - b);
}

/** Strongly connected components (Tarjan, without recursion: a plan may be one chain of 10,000). */
export function components(graph: Graph): readonly (readonly number[])[] {
  const index = new Int32Array(graph.count).fill(-1);
  const low = new Int32Array(graph.count);
  const onStack = new Uint8Array(graph.count);
  const stack: number[] = [];
  const found: number[][] = [];
  let counter = 0;
  const open = (node: number): { node: number; next: number } => {
    index[node] = low[node] = counter;
    counter += 1;
    stack.push(node);
    onStack[node] = 1;
    return { node, next: 0 };
  };
  const lower = (node: number, value: number): void => {
    low[node] = Math.min(low[node] ?? 0, value);
  };
  for (let root = 0; root < graph.count; root += 1) {
    if (index[root] !== -1) continue;
    const path = [open(root)];
    for (let frame = path.at(-1); frame !== undefined; frame = path.at(-1)) {
      const child = graph.blockers[frame.node]?.[frame.next];
      frame.next += 1;
      if (child !== undefined) {
        if (index[child] === -1) path.push(open(child));
        else if (onStack[child] === 1) lower(frame.node, index[child] ?? 0);
        continue;
      }
      path.pop();
      const parent = path.at(-1);
      if (parent !== undefined) lower(parent.node, low[frame.node] ?? 0);
      if (low[frame.node] === index[frame.node])
        found.push(popComponent(stack, onStack, frame.node));
    }
  }
  return found;
}

function popComponent(stack: number[], onStack: Uint8Array, until: number): number[] {
  const component: number[] = [];
  for (;;) {
    const node = stack.pop();
    if (node === undefined) return component;
    onStack[node] = 0;
    component.push(node);
    if (node === until) return component;
  }
}

/**
 * One path for each knot of nodes that wait for each other: the shortest one through its lowest node, which
 * stands first; each node waits for the next, the last for the first.
 */
export function findCycles(graph: Graph): readonly (readonly number[])[] {
  return components(graph)
    .filter((component) => component.length > 1)
    .map((component) => shortestCycle(graph, component))
    .toSorted((a, b) => (a[0] ?? 0) - (b[0] ?? 0));
}

function shortestCycle(graph: Graph, component: readonly number[]): readonly number[] {
  const inside = new Set(component);
  const start = component.reduce((a, b) => Math.min(a, b));
  const cameFrom = new Map<number, number>();
  const queue = [start];
  for (const node of queue) {
    for (const next of graph.blockers[node] ?? []) {
      if (next === start) return pathBack(cameFrom, start, node);
      if (!inside.has(next) || cameFrom.has(next)) continue;
      cameFrom.set(next, node);
      queue.push(next);
    }
  }
  return component;
}

function pathBack(
  cameFrom: ReadonlyMap<number, number>,
  start: number,
  last: number,
): readonly number[] {
  const path = [last];
  for (let node = last; node !== start; path.push(node)) node = cameFrom.get(node) ?? start;
  return path.toReversed();
}

export interface Order {
  /** Blockers before dependents; nodes on or behind a cycle are missing. */
  readonly order: readonly number[];
  /** Wave of each node from 0; -1 on or behind a cycle. */
  readonly level: Int32Array;
}

/** Kahn's algorithm: first come, first served, lowest number first. */
export function topological(graph: Graph): Order {
  const level = new Int32Array(graph.count).fill(-1);
  const missing = graph.blockers.map((blockers) => blockers.length);
  const order: number[] = [];
  for (let node = 0; node < graph.count; node += 1) {
    if (missing[node] !== 0) continue;
    level[node] = 0;
    order.push(node);
  }
  for (const node of order) {
    for (const dependent of graph.dependents[node] ?? []) {
      missing[dependent] = (missing[dependent] ?? 0) - 1;
      if (missing[dependent] !== 0) continue;
      // The last blocker to be taken is one of the deepest: nodes are taken level by level.
      level[dependent] = (level[node] ?? 0) + 1;
      order.push(dependent);
    }
  }
  return { order, level };
}

/** Longest way from each node to an end, its own weight included; 0 on or behind a cycle. */
export function longestRemaining(graph: Graph, weights: readonly number[]): readonly number[] {
  const remaining = Array.from({ length: graph.count }, () => 0);
  for (const node of topological(graph).order.toReversed()) {
    let longest = 0;
    for (const dependent of graph.dependents[node] ?? [])
      longest = Math.max(longest, remaining[dependent] ?? 0);
    remaining[node] = longest + (weights[node] ?? 0);
  }
  return remaining;
}

/** The heaviest chain; of equal ones the one with the lowest numbers. */
export function heaviestPath(graph: Graph, weights: readonly number[]): readonly number[] {
  const remaining = longestRemaining(graph, weights);
  const heaviest = (nodes: readonly number[]): number | undefined => {
    let best: number | undefined;
    for (const node of nodes) {
      if ((remaining[node] ?? 0) > (best === undefined ? 0 : (remaining[best] ?? 0))) best = node;
    }
    return best;
  };
  const path: number[] = [];
  let next = heaviest(
    topological(graph)
      .order.filter((node) => graph.blockers[node]?.length === 0)
      .toSorted((a, b) => a - b),
  );
  while (next !== undefined) {
    path.push(next);
    next = heaviest(graph.dependents[next] ?? []);
  }
  return path;
}

/** Blockers first; among nodes that are free at the same time the one that `before` prefers. Nodes on or behind a cycle are missing. */
export function preferredOrder(
  graph: Graph,
  before: (a: number, b: number) => number,
): readonly number[] {
  const missing = graph.blockers.map((blockers) => blockers.length);
  const free = new Heap(before);
  for (let node = 0; node < graph.count; node += 1) if (missing[node] === 0) free.push(node);
  const order: number[] = [];
  for (let node = free.pop(); node !== undefined; node = free.pop()) {
    order.push(node);
    for (const dependent of graph.dependents[node] ?? []) {
      missing[dependent] = (missing[dependent] ?? 0) - 1;
      if (missing[dependent] === 0) free.push(dependent);
    }
  }
  return order;
}

class Heap {
  readonly #items: number[] = [];
  readonly #before: (a: number, b: number) => number;

  constructor(before: (a: number, b: number) => number) {
    this.#before = before;
  }

  push(item: number): void {
    this.#items.push(item);
    let at = this.#items.length - 1;
    while (at > 0 && this.#swapIfBefore(at, (at - 1) >> 1)) at = (at - 1) >> 1;
  }

  pop(): number | undefined {
    const [first] = this.#items;
    const last = this.#items.pop();
    if (this.#items.length === 0 || last === undefined) return first;
    this.#items[0] = last;
    for (let at = 0; ;) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      const child = right < this.#items.length && this.#compare(right, left) < 0 ? right : left;
      if (child >= this.#items.length || !this.#swapIfBefore(child, at)) return first;
      at = child;
    }
  }

  #compare(a: number, b: number): number {
    return this.#before(this.#items[a] ?? 0, this.#items[b] ?? 0);
  }

  #swapIfBefore(lower: number, upper: number): boolean {
    if (this.#compare(lower, upper) >= 0) return false;
    [this.#items[lower], this.#items[upper]] = [this.#items[upper] ?? 0, this.#items[lower] ?? 0];
    return true;
  }
}
