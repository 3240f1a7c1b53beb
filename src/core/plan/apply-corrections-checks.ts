import type { TaskKey } from "../shared/names.ts";
import { buildGraph, components, type Graph } from "./graph.ts";
import { openGraph, type OpenGraph } from "./plan-graph.ts";
import type { Blocker, PlannedIssue, ProposedEdge } from "./plan.ts";

/** Sentences of one kind that a person reads. */
const SENTENCES_MAX = 5;
/** Pairs that are looked at for a way around; more are nobody's reading. */
const PAIRS_MAX = 100;

/** The dependent waits for the blocker. */
export interface PlanEdge {
  readonly blocker: TaskKey;
  readonly dependent: TaskKey;
}

export function isHard(blocker: Blocker): boolean {
  return blocker.strength === "hard";
}

export function isHardOn(key: TaskKey): (blocker: Blocker) => boolean {
  return (blocker) => blocker.key === key && isHard(blocker);
}

/** Done, or closed without being done: it waits for nothing and nobody works on it. */
export function isOver(issue: PlannedIssue): boolean {
  return issue.done || issue.state === "closed";
}

/** Which of the new edges close a circle, each with its path. */
export function newCycles(
  issues: readonly PlannedIssue[],
  added: readonly PlanEdge[],
): readonly string[] {
  if (added.length === 0) return [];
  const around = openGraph(issues);
  const known = componentOf(around.graph);
  const node = nodesOf(around);
  const closing = added.filter(({ blocker, dependent }) => {
    const [from, to] = [node.get(blocker), node.get(dependent)];
    return from !== undefined && to !== undefined && known[from] === known[to];
  });
  // Several new edges of one knot are one circle to a person.
  const knots = new Map(closing.map((edge) => [known[node.get(edge.blocker) ?? 0], edge]));
  return [...knots.values()].slice(0, SENTENCES_MAX).map(({ blocker, dependent }) => {
    const path = pathTo(around.graph, node.get(blocker) ?? 0, node.get(dependent) ?? 0);
    const keys = [dependent, ...path.map((at) => around.open[at]?.key ?? "")];
    return `${shortened(keys).join(" -> ")} would wait for each other.`;
  });
}

/** Issues that are left out although somebody waits for them. */
export function stillNeeded(
  issues: readonly PlannedIssue[],
  dropped: ReadonlySet<TaskKey>,
): readonly string[] {
  if (dropped.size === 0) return [];
  const needs = new Map<TaskKey, TaskKey[]>();
  for (const issue of issues.filter((other) => !isOver(other)))
    for (const { key } of issue.blockers.filter(isHard))
      if (dropped.has(key)) needs.set(key, [...(needs.get(key) ?? []), issue.key]);
  return [...needs].slice(0, SENTENCES_MAX).map(([key, dependents]) => {
    const names = dependents.slice(0, SENTENCES_MAX).join(", ");
    const [need, too] = dependents.length === 1 ? ["needs", "it"] : ["need", "them"];
    return `${key} cannot be left out: ${names} ${need} it. Drop ${too} too, or say first: ${dependents[0]} does not need ${key}.`;
  });
}

/** Issues that were said to be independent and still wait for each other by way of others. */
export function waysAround(
  issues: readonly PlannedIssue[],
  independent: readonly (readonly TaskKey[])[],
): readonly string[] {
  if (independent.length === 0) return [];
  const around = openGraph(issues);
  const node = nodesOf(around);
  const pairs = independent.flatMap((keys) =>
    keys.flatMap((a) => keys.flatMap((b) => (a === b ? [] : [[a, b] as const]))),
  );
  return pairs.slice(0, PAIRS_MAX).flatMap(([a, b]) => {
    const [from, to] = [node.get(a), node.get(b)];
    if (from === undefined || to === undefined) return [];
    const path = pathTo(around.graph, from, to).map((at) => around.open[at]?.key ?? "");
    if (path.length < 3) return [];
    return [`${a} still waits for ${b}, by way of ${shortened(path.slice(1, -1)).join(", ")}.`];
  });
}

/** Proposals between open issues that are not edges yet and, all taken together, close no circle. */
export function standingProposals(
  issues: readonly PlannedIssue[],
  proposed: readonly ProposedEdge[],
): readonly ProposedEdge[] {
  const around = openGraph(issues);
  const node = nodesOf(around);
  const stays = proposed.flatMap((edge) => {
    const [blocker, dependent] = [node.get(edge.blocker), node.get(edge.dependent)];
    if (blocker === undefined || dependent === undefined || blocker === dependent) return [];
    if (around.graph.blockers[dependent]?.includes(blocker)) return [];
    return [{ edge, ends: [blocker, dependent] as const }];
  });
  const edges = around.graph.blockers.flatMap((blockers, dependent) =>
    blockers.map((blocker): readonly [number, number] => [blocker, dependent]),
  );
  const all = [...edges, ...stays.map(({ ends }) => ends)];
  const known = componentOf(buildGraph(around.open.length, all));
  return stays
    .filter(({ ends: [blocker, dependent] }) => known[blocker] !== known[dependent])
    .map(({ edge }) => edge);
}

/** Both ends of a long way tell what it is. */
function shortened(keys: readonly TaskKey[]): readonly TaskKey[] {
  return keys.length <= 12 ? keys : [...keys.slice(0, 6), "…", ...keys.slice(-3)];
}

function nodesOf({ open }: OpenGraph): ReadonlyMap<TaskKey, number> {
  return new Map(open.map((issue, index) => [issue.key, index]));
}

function componentOf(graph: Graph): Int32Array {
  const component = new Int32Array(graph.count);
  for (const [id, nodes] of components(graph).entries())
    for (const node of nodes) component[node] = id;
  return component;
}

/** Shortest way along what each waits for, both ends included; empty when there is none. */
function pathTo(graph: Graph, from: number, to: number): readonly number[] {
  const cameFrom = new Map<number, number>([[from, from]]);
  const queue = [from];
  for (const node of queue) {
    if (node === to) break;
    for (const next of graph.blockers[node] ?? []) {
      if (cameFrom.has(next)) continue;
      cameFrom.set(next, node);
      queue.push(next);
    }
  }
  if (!cameFrom.has(to)) return [];
  const path = [to];
  for (let node = to; node !== from; path.push(node)) node = cameFrom.get(node) ?? from;
  return path.toReversed();
}
