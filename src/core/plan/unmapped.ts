import type { TaskKey } from "../shared/names.ts";
import { orderBetween } from "./conflict-groups-order.ts";
import { overlapsOf } from "./conflict-groups-paths.ts";
import { openGraph } from "./plan-graph.ts";
import type { PlannedIssue, ProposedEdge } from "./plan.ts";

/**
 * True when two open issues have no path between them, at least one says nothing about dependencies, and their
 * files overlap or are unknown: they may collide, and nobody has said that they do not.
 */
export function mayCollide(issues: readonly PlannedIssue[]): boolean {
  const { open, graph } = openGraph(issues);
  if (open.every((issue) => issue.statesDependencies)) return false;
  const unknown = open.flatMap((issue, node) => (issue.files.length === 0 ? [node] : []));
  const beside = unknown.length > 0 ? [...open.keys()] : [];
  const overlaps = overlapsOf(open.map(({ files }) => files));
  const isOrdered = orderBetween(graph, [...beside, ...overlaps.flatMap(({ nodes }) => nodes)]);
  const isSilent = (node: number): boolean => open[node]?.statesDependencies === false;
  const isLoose = (node: number, others: readonly number[]): boolean =>
    others.some((other) => other !== node && !isOrdered(node, other));
  return (
    overlaps.some(({ nodes }) => nodes.some((node) => isSilent(node) && isLoose(node, nodes))) ||
    unknown.some((node) => isSilent(node) && isLoose(node, beside)) ||
    (unknown.length > 0 && beside.some((node) => isSilent(node) && isLoose(node, unknown)))
  );
}

/**
 * An edge for each pair that touches the same file and has no path yet, the earlier one in merge order first.
 * Pairs that a proposed chain already connects are left out.
 */
export function proposeEdges(
  issues: readonly PlannedIssue[],
  mergeOrder: readonly TaskKey[],
): readonly ProposedEdge[] {
  const { open, graph } = openGraph(issues);
  const position = new Map(mergeOrder.map((key, index) => [key, index]));
  const place = (node: number): number => position.get(open[node]?.key ?? "") ?? -1;
  const shared = new Map<string, { blocker: number; dependent: number; files: string[] }>();
  const overlaps = overlapsOf(open.map(({ files }) => files));
  for (const { label, nodes } of overlaps) {
    const ordered = nodes
      .filter((node) => place(node) >= 0)
      .toSorted((a, b) => place(a) - place(b));
    for (const [blocker, dependent] of chain(ordered, open)) {
      const id = `${blocker} ${dependent}`;
      const edge = shared.get(id) ?? { blocker, dependent, files: [] };
      edge.files.push(label);
      shared.set(id, edge);
    }
  }
  const isOrdered = orderBetween(
    graph,
    overlaps.flatMap(({ nodes }) => nodes),
  );
  return [...shared.values()]
    .filter(({ blocker, dependent }) => !isOrdered(blocker, dependent))
    .toSorted(
      (a, b) => place(a.dependent) - place(b.dependent) || place(a.blocker) - place(b.blocker),
    )
    .map(({ blocker, dependent, files }) => ({
      blocker: open[blocker]?.key ?? "",
      dependent: open[dependent]?.key ?? "",
      reason: `Both touch ${files.join(", ")}, and nothing says which comes first.`,
      files,
    }));
}

/** Connects every issue that says nothing with its neighbours; two that both have spoken are left to their groups. */
function chain(
  ordered: readonly number[],
  open: readonly PlannedIssue[],
): readonly [number, number][] {
  const edges: [number, number][] = [];
  let since: number[] = [];
  for (const node of ordered) {
    const isSilent = open[node]?.statesDependencies === false;
    // What lies between two silent ones connects them already.
    const between =
      since.length > 1 ? since.filter((other) => open[other]?.statesDependencies) : since;
    const before = isSilent
      ? between
      : since.filter((other) => open[other]?.statesDependencies === false);
    edges.push(...before.map((other): [number, number] => [other, node]));
    since = isSilent ? [node] : [...since, node];
  }
  return edges;
}

/**
 * The safe answer when nobody can be asked: where files overlap, the proposed edges; where files are unknown,
 * every silent issue waits for all before it and all after wait for it. Answers `[blocker, dependent, reason]`.
 */
export function serialEdges(
  issues: readonly PlannedIssue[],
  mergeOrder: readonly TaskKey[],
): readonly (readonly [TaskKey, TaskKey, string])[] {
  const overlaps = proposeEdges(issues, mergeOrder).map(
    (edge) =>
      [edge.blocker, edge.dependent, `made serial: both touch ${edge.files.join(", ")}`] as const,
  );
  const { open } = openGraph(issues);
  if (open.every((issue) => issue.files.length > 0)) return overlaps;
  const byKey = new Map(open.map((issue) => [issue.key, issue]));
  return [...overlaps, ...barriers(mergeOrder.flatMap((key) => byKey.get(key) ?? []))];
}

function barriers(
  ordered: readonly PlannedIssue[],
): readonly (readonly [TaskKey, TaskKey, string])[] {
  const reason = "made serial: files unknown";
  const edges: [TaskKey, TaskKey, string][] = [];
  let barrier: TaskKey | null = null;
  let since: PlannedIssue[] = [];
  for (const issue of ordered) {
    if (issue.statesDependencies) {
      if (barrier !== null) edges.push([barrier, issue.key, reason]);
      since.push(issue);
      continue;
    }
    const before: readonly TaskKey[] =
      since.length > 0 ? since.map((other) => other.key) : barrier === null ? [] : [barrier];
    edges.push(...before.map((key): [TaskKey, TaskKey, string] => [key, issue.key, reason]));
    barrier = issue.key;
    since = [];
  }
  return edges;
}
