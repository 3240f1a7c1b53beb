import type { TaskKey } from "../shared/names.ts";
import { clusterBy } from "./conflict-groups-cluster.ts";
import type { Cluster } from "./conflict-groups-cluster.ts";
import { touchedFiles } from "./conflict-groups-files.ts";
import { orderBetween } from "./conflict-groups-order.ts";
import { overlapsOf } from "./conflict-groups-paths.ts";
import type { Overlap } from "./conflict-groups-paths.ts";
import { topological } from "./graph.ts";
import type { Milestone } from "./issue.ts";
import { openGraph } from "./plan-graph.ts";
import type { OpenGraph } from "./plan-graph.ts";
import type { ConflictGroup, PlannedIssue } from "./plan.ts";

/** What is known about files beyond the issues' own words; each is optional. */
export interface ConflictFacts {
  /** Pairs of files that changed together before. */
  readonly changedTogether?: readonly FilePair[];
  /** What tasks really changed in earlier runs of this milestone. */
  readonly touched?: ReadonlyMap<TaskKey, readonly string[]>;
  /** `independent`: somebody has said so of the issues that say nothing themselves. */
  readonly unmapped?: "propose" | "serialise" | "independent";
}

/** Two files and the commits that changed both. */
export interface FilePair {
  readonly files: readonly [string, string];
  readonly commits: number;
  /** Commits that changed the rarer of the two; absent: as many. */
  readonly rarer?: number;
}

export interface GroupedIssues {
  readonly issues: readonly PlannedIssue[];
  readonly groups: readonly ConflictGroup[];
}

/** A file that more issues name says nothing about who gets into whose way. */
const HUB_SHARE = 0.5;
/** In a small plan a file that all name is simply the one that all change. */
const HUB_MIN = 5;
/** Above this an overlap is not looked through pair by pair. */
const PAIRS_OF_MAX = 256;
const TOGETHER_MIN = 3;
const TOGETHER_SHARE_MIN = 0.4;

/**
 * Puts open issues that may touch the same files, and that nothing orders yet, into groups: members never run at the
 * same time. Strongest evidence first, an issue has one group: declared by the source (kept as they are), files that
 * the issues name or that earlier runs touched, files that changed together in the history. A path between two issues
 * orders them already, so that an edge makes a group unnecessary.
 */
export function groupConflicts(
  issues: readonly PlannedIssue[],
  milestone: Milestone,
  facts: ConflictFacts,
): GroupedIssues {
  const groups: ConflictGroup[] = [...declaredGroups(issues, milestone)];
  const groupOf = new Map<TaskKey, string>();
  const place = (group: ConflictGroup): void => {
    for (const key of group.keys) if (!groupOf.has(key)) groupOf.set(key, group.id);
  };
  groups.forEach(place);
  const graph = openGraph(issues);
  // A person went through the groups of a dispatch plan: one that was taken out stays out.
  const isSettled = milestone.groupsAreGiven === true;
  const counted = graph.open.flatMap((issue, node) =>
    isSettled ||
    groupOf.has(issue.key) ||
    (facts.unmapped === "independent" && !issue.statesDependencies)
      ? []
      : [node],
  );
  for (const { prefix, words, clusters } of evidence(graph, counted, facts)) {
    const nextId = freeIds(prefix, groups);
    for (const cluster of clusters) {
      const group = {
        id: nextId(),
        reason: words(cluster),
        keys: cluster.nodes.map((node) => graph.open[node]?.key ?? ""),
      };
      groups.push(group);
      place(group);
    }
  }
  return {
    issues: issues.map((issue) => ({ ...issue, conflictGroup: groupOf.get(issue.key) ?? null })),
    groups,
  };
}

/** Groups that the source lists, and those that issues only name. */
function declaredGroups(
  issues: readonly PlannedIssue[],
  milestone: Milestone,
): readonly ConflictGroup[] {
  const listed = (milestone.conflictGroups ?? []).map(({ id, reason, keys }) => ({
    id,
    reason,
    keys,
  }));
  const known = new Set(listed.map(({ id }) => id));
  const named = Map.groupBy(
    issues.filter(({ group }) => group !== undefined && !known.has(group)),
    ({ group }) => group ?? "",
  );
  return [
    ...listed,
    ...[...named].map(([id, members]) => ({
      id,
      reason: "declared by the issues",
      keys: members.map(({ key }) => key),
    })),
  ];
}

interface Evidence {
  readonly prefix: string;
  readonly words: (cluster: Cluster) => string;
  readonly clusters: readonly Cluster[];
}

function evidence(
  { open, graph }: OpenGraph,
  counted: readonly number[],
  facts: ConflictFacts,
): readonly Evidence[] {
  if (counted.length < 2) return [];
  const inside = new Set(counted);
  const files = open.map((issue, node) =>
    inside.has(node) ? touchedFiles(issue, facts.touched) : [],
  );
  const naming = files.filter((list) => list.length > 0).length;
  const isHub = ({ nodes }: Overlap): boolean =>
    nodes.length > Math.max(HUB_MIN, naming * HUB_SHARE);
  const shared = overlapsOf(files)
    // A folder in which nearly everybody has a file still says something of those that are about the folder.
    .map(({ label, nodes, named = nodes }) => {
      const overlap = { label, nodes };
      return isHub(overlap) ? { label, nodes: named } : overlap;
    })
    .filter((overlap) => overlap.nodes.length > 1 && !isHub(overlap));
  const together = togetherOverlaps(files, facts.changedTogether ?? []).filter(
    (overlap) => !isHub(overlap),
  );
  if (shared.length + together.length === 0) return [];
  const isOrdered = orderBetween(
    graph,
    [...shared, ...together].flatMap(({ nodes }) => nodes),
  );
  const { level } = topological(graph);
  const unordered = (nodes: readonly number[]): readonly number[] =>
    unorderedOf(nodes, level, isOrdered);
  const byFile = clusterBy(shared, unordered);
  const placed = new Set(byFile.flatMap(({ nodes }) => nodes));
  const loose = together.map(({ label, nodes }) => ({
    label,
    nodes: nodes.filter((node) => !placed.has(node)),
  }));
  const byHistory = clusterBy(loose, unordered);
  return [
    { prefix: "files", words: fileWords, clusters: byFile },
    { prefix: "history", words: historyWords, clusters: byHistory },
  ];
}

/** Issues whose files differ, but changed together often enough to be expected to again. */
function togetherOverlaps(
  files: readonly (readonly string[])[],
  pairs: readonly FilePair[],
): readonly Overlap[] {
  if (pairs.length === 0) return [];
  const nodesOf = new Map<string, number[]>();
  for (const [node, list] of files.entries()) {
    for (const file of list) {
      const nodes = nodesOf.get(file);
      if (nodes === undefined) nodesOf.set(file, [node]);
      else nodes.push(node);
    }
  }
  return pairs.flatMap(({ files: [first, second], commits, rarer = commits }) => {
    if (commits < TOGETHER_MIN || commits < rarer * TOGETHER_SHARE_MIN) return [];
    const [one, other] = [nodesOf.get(first), nodesOf.get(second)];
    if (one === undefined || other === undefined) return [];
    const nodes = [...new Set([...one, ...other])].toSorted((a, b) => a - b);
    return nodes.length > 1 ? [{ label: `${first} and ${second} (${commits} times)`, nodes }] : [];
  });
}

/** Those that could run beside at least one of the others. */
function unorderedOf(
  nodes: readonly number[],
  level: Int32Array,
  isOrdered: (a: number, b: number) => boolean,
): readonly number[] {
  const byLevel = nodes.toSorted((a, b) => (level[a] ?? 0) - (level[b] ?? 0));
  // Most often a plan's own order has put all of them in a row.
  const isRow = byLevel.every((node, at) => at === 0 || isOrdered(byLevel[at - 1] ?? node, node));
  if (isRow) return [];
  if (nodes.length > PAIRS_OF_MAX) return nodes;
  return nodes.filter((node) => nodes.some((other) => other !== node && !isOrdered(node, other)));
}

const NAMES_SHOWN = 3;

function fileWords({ nodes, overlaps }: Cluster): string {
  const common = overlaps.filter((overlap) => overlap.nodes.length === nodes.length);
  const [shown, link] = common.length > 0 ? [common, "and"] : [overlaps, "or"];
  return `${nodes.length} issues touch ${inWords(shown, link)}`;
}

function historyWords({ nodes, overlaps }: Cluster): string {
  return `${nodes.length} issues touch files that changed together before: ${inWords(overlaps, "and")}`;
}

function inWords(overlaps: readonly Overlap[], link: string): string {
  const labels = overlaps.map(({ label }) => label);
  const rest = labels.length - NAMES_SHOWN;
  if (rest > 0) return `${labels.slice(0, NAMES_SHOWN).join(", ")} ${link} ${rest} more`;
  const last = labels.at(-1) ?? "";
  return labels.length < 2 ? last : `${labels.slice(0, -1).join(", ")} ${link} ${last}`;
}

/** `files-1`, `files-2`, without those that a source has given already. */
function freeIds(prefix: string, groups: readonly ConflictGroup[]): () => string {
  const taken = new Set(groups.map(({ id }) => id));
  let number = 0;
  return () => {
    do number += 1;
    while (taken.has(`${prefix}-${number}`));
    return `${prefix}-${number}`;
  };
}
