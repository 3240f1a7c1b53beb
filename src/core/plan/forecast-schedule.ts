import { longestRemaining } from "./graph.ts";
import type { OpenGraph } from "./plan-graph.ts";

export interface Schedule {
  /** From the first start to the last end. */
  readonly minutes: number;
  /** The nodes that were done, in the order of their ends. */
  readonly nodes: readonly number[];
}

/**
 * Plays a run through: a free slot takes the ready issue with the longest chain behind it whose conflict group is free.
 * Issues on or behind a cycle, and those that wait for something outside, are never ready.
 */
export function makespan(
  { open, graph }: OpenGraph,
  minutes: readonly number[],
  parallel: number,
): Schedule {
  const remaining = longestRemaining(graph, minutes);
  const ends = new Float64Array(graph.count);
  const ready = new SortedNodes((a, b) => (remaining[b] ?? 0) - (remaining[a] ?? 0) || a - b);
  const running = new SortedNodes((a, b) => (ends[a] ?? 0) - (ends[b] ?? 0) || a - b);
  const missing = graph.blockers.map((blockers) => blockers.length);
  const groups = new GroupQueues(open.map((issue) => issue.conflictGroup));
  const free = (node: number): void => {
    if (open[node]?.blockedFromOutside === null && groups.mayStart(node)) ready.add(node);
  };
  for (let node = 0; node < graph.count; node += 1) if (missing[node] === 0) free(node);
  const nodes: number[] = [];
  let now = 0;
  for (;;) {
    while (running.size < Math.max(1, parallel)) {
      const node = ready.takeFirst();
      if (node === undefined) break;
      if (!groups.start(node)) continue;
      ends[node] = now + (minutes[node] ?? 0);
      running.add(node);
    }
    const done = running.takeFirst();
    if (done === undefined) return { minutes: now, nodes };
    now = ends[done] ?? now;
    nodes.push(done);
    for (const waiting of groups.end(done)) ready.add(waiting);
    for (const dependent of graph.dependents[done] ?? []) {
      missing[dependent] = (missing[dependent] ?? 0) - 1;
      if (missing[dependent] === 0) free(dependent);
    }
  }
}

/** Who holds a conflict group, and who waits for it. */
class GroupQueues {
  readonly #groups: readonly (string | null)[];
  readonly #holders = new Map<string, number>();
  readonly #waiting = new Map<string, number[]>();

  constructor(groups: readonly (string | null)[]) {
    this.#groups = groups;
  }

  /** False while another member runs; then the node is remembered until that one ends. */
  mayStart(node: number): boolean {
    const group = this.#groups[node] ?? null;
    if (group === null || !this.#holders.has(group)) return true;
    const waiting = this.#waiting.get(group);
    if (waiting === undefined) this.#waiting.set(group, [node]);
    else waiting.push(node);
    return false;
  }

  /** Takes the group for the node; false, and the node waits, where it is held. */
  start(node: number): boolean {
    if (!this.mayStart(node)) return false;
    const group = this.#groups[node] ?? null;
    if (group !== null) this.#holders.set(group, node);
    return true;
  }

  /** The nodes that may try again now. */
  end(node: number): readonly number[] {
    const group = this.#groups[node] ?? null;
    if (group === null) return [];
    this.#holders.delete(group);
    const waiting = this.#waiting.get(group) ?? [];
    this.#waiting.delete(group);
    return waiting;
  }
}

/** A few thousand numbers in order: inserting moves memory, which is quicker here than a tree. */
class SortedNodes {
  readonly #items: number[] = [];
  readonly #compare: (a: number, b: number) => number;

  /** The comparison is turned round inside, so that the first is taken from the end. */
  constructor(compare: (a: number, b: number) => number) {
    this.#compare = compare;
  }

  get size(): number {
    return this.#items.length;
  }

  add(node: number): void {
    let [low, high] = [0, this.#items.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#compare(this.#items[middle] ?? 0, node) > 0) low = middle + 1;
      else high = middle;
    }
    this.#items.splice(low, 0, node);
  }

  takeFirst(): number | undefined {
    return this.#items.pop();
  }
}
