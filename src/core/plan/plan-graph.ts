import type { TaskKey } from "../shared/names.ts";
import {
  buildGraph,
  components,
  findCycles,
  heaviestPath,
  longestRemaining,
  preferredOrder,
  topological,
} from "./graph.ts";
import type { Graph } from "./graph.ts";
import type { Plan, PlannedIssue } from "./plan.ts";

/** The open issues of a plan with the hard edges between them; a node is the index in `open`. */
export interface OpenGraph {
  readonly open: readonly PlannedIssue[];
  readonly graph: Graph;
}

export type GraphViews = Pick<Plan, "waves" | "criticalPath" | "mergeOrder" | "free" | "cycles">;
export type Estimates = Plan["estimates"];

/** What is done frees, what is closed without being done is nobody's work: both are left out. */
export function openGraph(issues: readonly PlannedIssue[]): OpenGraph {
  const open = issues.filter((issue) => issue.state === "open" && !issue.done);
  return { open, graph: buildGraph(open.length, edgesOf(open, "hard")) };
}

function edgesOf(
  open: readonly PlannedIssue[],
  strength: "hard" | "soft",
): readonly [number, number][] {
  const indexes = new Map(open.map((issue, index) => [issue.key, index]));
  return open.flatMap((issue, dependent) =>
    issue.blockers.flatMap((blocker): [number, number][] => {
      const index = indexes.get(blocker.key);
      return blocker.strength === strength && index !== undefined ? [[index, dependent]] : [];
    }),
  );
}

/**
 * Waves of the open and the done issues, by what lies before them in the whole plan; each issue in one wave, but for
 * those on or behind a cycle. Done issues count, or the numbers would move up with every issue that is brought home.
 */
function wavesOf(issues: readonly PlannedIssue[]): readonly (readonly TaskKey[])[] {
  const counted = issues.filter((issue) => issue.state === "open" || issue.done);
  const edges = edgesOf(counted, "hard");
  const component = new Int32Array(counted.length);
  for (const [id, nodes] of components(buildGraph(counted.length, edges)).entries())
    for (const node of nodes) component[node] = id;
  // What a done issue is said to wait for holds nobody: a circle through it is none, nor does an open issue push it back.
  const holds = ([a, b]: readonly [number, number]): boolean =>
    counted[b]?.done !== true || (counted[a]?.done === true && component[a] !== component[b]);
  const kept = edges.filter(holds);
  const { level } = topological(buildGraph(counted.length, kept));
  const waves: TaskKey[][] = [];
  for (const [node, wave] of level.entries())
    if (wave >= 0) (waves[wave] ??= []).push(counted[node]?.key ?? "");
  return waves;
}

/** Waves of everything; critical path, merge order, free issues and cycles of the open issues. */
export function graphViews(issues: readonly PlannedIssue[], estimates: Estimates): GraphViews {
  const { open, graph } = openGraph(issues);
  const key = (node: number): TaskKey => open[node]?.key ?? "";
  const weights = open.map((issue) => estimates[issue.key]?.minutes ?? 0);
  const isFree = (issue: PlannedIssue, node: number): boolean =>
    issue.blockedFromOutside === null &&
    graph.blockers[node]?.length === 0 &&
    graph.dependents[node]?.length === 0;
  return {
    waves: wavesOf(issues),
    criticalPath: heaviestPath(graph, weights).map(key),
    mergeOrder: mergeOrder(open, graph, weights).map(key),
    free: open.filter(isFree).map((issue) => issue.key),
    cycles: findCycles(graph).map((cycle) => cycle.map(key)),
  };
}

/** Blockers first; then the longest remaining path, then priority, then source order. */
function mergeOrder(
  open: readonly PlannedIssue[],
  graph: Graph,
  weights: readonly number[],
): readonly number[] {
  const remaining = longestRemaining(graph, weights);
  const rank = open.map((issue) => (issue.priority === null ? 3 : Number(issue.priority[1])));
  const before = (a: number, b: number): number =>
    (remaining[b] ?? 0) - (remaining[a] ?? 0) || (rank[a] ?? 3) - (rank[b] ?? 3) || a - b;
  return preferredOrder(withSoftEdges(open, graph), before);
}

/** Adds the soft edges that close no circle: they order what may be ordered and never hold anything. */
function withSoftEdges(open: readonly PlannedIssue[], graph: Graph): Graph {
  const soft = edgesOf(open, "soft");
  if (soft.length === 0) return graph;
  const hard = graph.blockers.flatMap((blockers, node) =>
    blockers.map((blocker): [number, number] => [blocker, node]),
  );
  const all = buildGraph(graph.count, [...hard, ...soft]);
  const component = new Int32Array(graph.count);
  for (const [id, nodes] of components(all).entries())
    for (const node of nodes) component[node] = id;
  // Behind a cycle of hard edges nothing has a place, and a soft edge must not pull others in there.
  const { level } = topological(graph);
  const kept = soft.filter(([a, b]) => component[a] !== component[b] && level[a] !== -1);
  return buildGraph(graph.count, [...hard, ...kept]);
}

/**
 * Minutes of the longest chain that begins with each open issue, itself included: who starts first when slots
 * are few. Issues on or behind a cycle have 0.
 */
export function bottomLevels(
  plan: Pick<Plan, "issues" | "estimates">,
): ReadonlyMap<TaskKey, number> {
  const { open, graph } = openGraph(plan.issues);
  const weights = open.map((issue) => plan.estimates[issue.key]?.minutes ?? 0);
  const remaining = longestRemaining(graph, weights);
  return new Map(open.map((issue, node) => [issue.key, remaining[node] ?? 0]));
}
