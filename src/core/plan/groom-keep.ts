import type { TaskKey } from "../shared/names.ts";
import { buildGraph, components } from "./graph.ts";
import type { EarlierItem, EarlierPlan } from "./groom-earlier.ts";
import { keepGroups } from "./groom-keep-groups.ts";
import { graphViews } from "./plan-graph.ts";
import type { Blocker, Plan, PlannedIssue } from "./plan.ts";

export interface KeptPlan {
  readonly plan: Plan;
  /** What the file has otherwise than the source, and keeps. */
  readonly kept: readonly string[];
  /** What is new against the file. */
  readonly changed: readonly string[];
}

/**
 * The plan as the source has it today with what a person changed in the file. A difference between the two is the
 * person's where the issue's text is still the one the file was written from; where it was edited since, nobody can
 * tell, and the edges of both hold. Edges that would close a circle, and whatever names an issue that is gone, are
 * left out and told.
 */
export function keepEarlier(fresh: Plan, earlier: EarlierPlan): KeptPlan {
  const items = new Map(earlier.items.map((item) => [item.key, item]));
  const present = new Set(fresh.issues.map(({ key }) => key));
  const merged = fresh.issues.map((issue) => withEdges(issue, items.get(issue.key), present));
  const issues = withoutCircles(merged);
  const edges = fresh.issues.flatMap((issue, at) => {
    const item = items.get(issue.key);
    const now = issues[at];
    return item === undefined || now === undefined || !isOpen(issue)
      ? []
      : edgeWords(now, { fresh: issue, item, present, file: earlier.file });
  });
  const { groups, kept, changed } = keepGroups(fresh, earlier, (key) => {
    const item = items.get(key);
    if (item?.isGroomed !== true) return "new";
    return item.isSame ? "same" : "edited";
  });
  const groupOf = new Map(groups.flatMap(({ id, keys }) => keys.map((key) => [key, id] as const)));
  const ordered = inOrderOf(issues, earlier).map((issue) => ({
    ...issue,
    conflictGroup: groupOf.get(issue.key) ?? null,
  }));
  return {
    plan: {
      ...fresh,
      issues: ordered,
      ...graphViews(ordered, fresh.estimates),
      conflictGroups: groups,
    },
    kept: [...edges.flatMap((edge) => edge.kept ?? []), ...kept],
    changed: [
      ...comings(fresh, items),
      ...goings(present, earlier),
      ...edges.flatMap((edge) => edge.changed ?? []),
      ...changed,
    ],
  };
}

function isOpen(issue: PlannedIssue): boolean {
  return issue.state === "open" && !issue.done;
}

function comings(fresh: Plan, items: ReadonlyMap<TaskKey, EarlierItem>): readonly string[] {
  return fresh.issues.flatMap((issue) => {
    const item = items.get(issue.key);
    if (item === undefined) return isOpen(issue) ? [`+ ${issue.key} ${issue.title}`] : [];
    return item.isSame ? [] : [`~ ${issue.key} was edited since`];
  });
}

function goings(present: ReadonlySet<TaskKey>, earlier: EarlierPlan): readonly string[] {
  return earlier.items
    .filter(({ key }) => !present.has(key))
    .map(({ key }) => `- ${key} is in the source no more`);
}

/** Origin of an edge that only the file has. */
const BY_HAND = "the dispatch plan";

function withEdges(
  issue: PlannedIssue,
  item: EarlierItem | undefined,
  present: ReadonlySet<TaskKey>,
): PlannedIssue {
  if (item === undefined || !isOpen(issue)) return issue;
  const filed: readonly Blocker[] = [
    ...item.after.map((key) => ({ key, strength: "hard" as const, from: BY_HAND })),
    ...item.softAfter.map((key) => ({ key, strength: "soft" as const, from: BY_HAND })),
  ].filter(({ key }) => key !== issue.key && present.has(key));
  const read = item.isSame
    ? issue.blockers.filter((blocker) => !present.has(blocker.key) || has(filed, blocker))
    : issue.blockers;
  const added = filed.filter((blocker) => !has(read, blocker));
  const all = [...read, ...added];
  // Of two edges between the same issues the hard one holds.
  const hard = new Set(hardOf(all));
  const blockers = all.filter(({ key, strength }) => strength === "hard" || !hard.has(key));
  return { ...issue, statesDependencies: true, blockers };
}

function has(list: readonly Blocker[], { key, strength }: Blocker): boolean {
  return list.some((other) => other.key === key && other.strength === strength);
}

function hardOf(blockers: readonly Blocker[]): readonly TaskKey[] {
  return blockers.flatMap(({ key, strength }) => (strength === "hard" ? [key] : []));
}

/** A circle of the source is the source's: only what the file adds to one is left out. */
function withoutCircles(issues: readonly PlannedIssue[]): readonly PlannedIssue[] {
  const indexes = new Map(issues.map(({ key }, index) => [key, index]));
  const edges = issues.flatMap(({ blockers }, dependent) =>
    hardOf(blockers).map((key): [number, number] => [indexes.get(key) ?? dependent, dependent]),
  );
  const knot = new Int32Array(issues.length);
  for (const [id, nodes] of components(buildGraph(issues.length, edges)).entries())
    for (const node of nodes) knot[node] = id;
  return issues.map((issue, index) => ({
    ...issue,
    blockers: issue.blockers.filter(
      ({ key, strength, from }) =>
        from !== BY_HAND || strength === "soft" || knot[indexes.get(key) ?? -1] !== knot[index],
    ),
  }));
}

interface EdgeWords {
  readonly kept?: string;
  readonly changed?: string;
}

/** What became of an issue's edges, against the source and against the file. */
function edgeWords(
  now: PlannedIssue,
  before: {
    readonly fresh: PlannedIssue;
    readonly item: EarlierItem;
    readonly present: ReadonlySet<TaskKey>;
    readonly file: string;
  },
): readonly EdgeWords[] {
  const { item, present, file } = before;
  const [said, filed, holds] = [
    new Set(hardOf(before.fresh.blockers).filter((key) => present.has(key))),
    new Set(item.after.filter((key) => present.has(key))),
    new Set(hardOf(now.blockers).filter((key) => present.has(key))),
  ];
  const doubt = item.isSame ? "" : ": its text was edited and does not say so";
  return [...new Set([...said, ...filed])].flatMap((key): readonly EdgeWords[] => {
    const edge = `${now.key} waits for ${key}`;
    if (!holds.has(key))
      return filed.has(key)
        ? [{ changed: `${edge} no more: ${file} has it, and it would close a circle` }]
        : [{ kept: `${now.key} does not wait for ${key}, though its text says so` }];
    if (!said.has(key)) return [{ kept: `${edge}${doubt}` }];
    return filed.has(key) ? [] : [{ changed: `${edge} now` }];
  });
}

/** The file's order; what is new comes after what stands before it in the source. */
function inOrderOf(issues: readonly PlannedIssue[], earlier: EarlierPlan): readonly PlannedIssue[] {
  const places = new Map(earlier.items.map(({ key }, place) => [key, place]));
  let last = -1;
  const placed = issues.map((issue) => {
    const place = places.get(issue.key);
    if (place !== undefined) last = place;
    return { issue, place: place ?? last + 0.5 };
  });
  return placed.toSorted((a, b) => a.place - b.place).map(({ issue }) => issue);
}
