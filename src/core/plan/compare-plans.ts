import type { TaskKey } from "../shared/names.ts";
import { textFingerprint } from "./fingerprint-issue.ts";
import type { Blocker, ConflictGroup, Plan } from "./plan.ts";

/** What of a plan can be compared with another one, whether it was read today or saved long ago. */
export interface PlanOutline {
  readonly issues: readonly OutlinedIssue[];
  readonly groups: readonly Pick<ConflictGroup, "id" | "keys">[];
}

export interface OutlinedIssue {
  readonly key: TaskKey;
  readonly title: string;
  /** Null where only the fingerprint is known. */
  readonly body: string | null;
  /** Of title and text; null: nobody knows what the text was. */
  readonly fingerprint: string | null;
  readonly state: IssueEnd;
  readonly blockers: readonly Pick<Blocker, "key" | "strength">[];
  /** Takes over what this issue left. */
  readonly followUpOf?: TaskKey;
}

export type IssueEnd = "open" | "completed" | "not-planned" | "duplicate";

export interface PlanDifference {
  readonly added: readonly NamedIssue[];
  readonly removed: readonly NamedIssue[];
  /** Open before, and how it is closed now. */
  readonly closed: readonly { readonly key: TaskKey; readonly as: Exclude<IssueEnd, "open"> }[];
  readonly reopened: readonly TaskKey[];
  readonly retitled: readonly {
    readonly key: TaskKey;
    readonly before: string;
    readonly after: string;
  }[];
  readonly edited: readonly TaskKey[];
  /** Between issues that are in the later plan. */
  readonly edgesAdded: readonly ComparedEdge[];
  /** Of issues that are in both plans; edges to removed issues go with them. */
  readonly edgesRemoved: readonly ComparedEdge[];
  readonly groups: readonly GroupChange[];
  /** Keys that both have, as they follow each other now; null where that is as before. */
  readonly order: readonly TaskKey[] | null;
}

interface NamedIssue {
  readonly key: TaskKey;
  readonly title: string;
  readonly followUpOf?: TaskKey;
}

export interface ComparedEdge {
  readonly dependent: TaskKey;
  readonly blocker: TaskKey;
  readonly strength: Blocker["strength"];
}

export interface GroupChange {
  readonly id: string;
  /** Empty: there was no such group. */
  readonly before: readonly TaskKey[];
  /** Empty: the group is no more. */
  readonly after: readonly TaskKey[];
}

/** What changed from one plan to another of the same milestone. Linear in issues and edges. */
export function comparePlans(before: Plan, after: Plan): PlanDifference {
  return compareOutlines(outlineOf(before), outlineOf(after));
}

/** True when nothing changed. */
export function isSamePlan(difference: PlanDifference): boolean {
  return Object.values(difference).every((part) => part === null || part.length === 0);
}

/** What can be compared of a plan. */
export function outlineOf(plan: Plan): PlanOutline {
  return {
    issues: plan.issues.map((issue) => ({
      key: issue.key,
      title: issue.title,
      body: issue.body,
      fingerprint: textFingerprint(issue),
      state: issue.done
        ? "completed"
        : issue.state === "open"
          ? "open"
          : (issue.closedAs ?? "completed"),
      blockers: issue.blockers,
      ...(issue.followUpOf === undefined ? {} : { followUpOf: issue.followUpOf }),
    })),
    groups: plan.conflictGroups,
  };
}

/** What changed between two outlines. */
export function compareOutlines(before: PlanOutline, after: PlanOutline): PlanDifference {
  const was = new Map(before.issues.map((issue) => [issue.key, issue]));
  const is = new Map(after.issues.map((issue) => [issue.key, issue]));
  const common = after.issues.flatMap((issue): readonly Pair[] => {
    const earlier = was.get(issue.key);
    return earlier === undefined ? [] : [{ was: earlier, is: issue }];
  });
  const fresh = after.issues.filter((issue) => !was.has(issue.key));
  return {
    added: fresh.map(named),
    removed: before.issues.filter((issue) => !is.has(issue.key)).map(named),
    ...stateChanges(common),
    retitled: common.flatMap((pair) =>
      isRetitled(pair) ? [{ key: pair.is.key, before: pair.was.title, after: pair.is.title }] : [],
    ),
    edited: common.filter(isEdited).map((pair) => pair.is.key),
    edgesAdded: [
      ...common.flatMap((pair) => edgesOnlyIn(pair.is, pair.was)),
      ...fresh.flatMap((issue) => edgesOnlyIn(issue, null)),
    ],
    edgesRemoved: common
      .flatMap((pair) => edgesOnlyIn(pair.was, pair.is))
      // That nothing waits for a removed issue any more goes without saying.
      .filter(({ blocker }) => is.has(blocker) || !was.has(blocker)),
    groups: groupChanges(before.groups, after.groups),
    order: newOrder(before, common),
  };
}

interface Pair {
  readonly was: OutlinedIssue;
  readonly is: OutlinedIssue;
}

function named({ key, title, followUpOf }: OutlinedIssue): NamedIssue {
  return { key, title, ...(followUpOf === undefined ? {} : { followUpOf }) };
}

function stateChanges(common: readonly Pair[]): Pick<PlanDifference, "closed" | "reopened"> {
  return {
    closed: common.flatMap((pair) =>
      pair.is.state !== "open" && pair.is.state !== pair.was.state
        ? [{ key: pair.is.key, as: pair.is.state }]
        : [],
    ),
    reopened: common
      .filter((pair) => pair.is.state === "open" && pair.was.state !== "open")
      .map((pair) => pair.is.key),
  };
}

/** A title that somebody wrote otherwise into a saved plan is no other title of the issue. */
function isRetitled(pair: Pair): boolean {
  return pair.was.title.trim() !== pair.is.title.trim() && !isSameText(pair);
}

function isSameText({ was, is }: Pair): boolean {
  return was.fingerprint !== null && was.fingerprint === is.fingerprint;
}

function isEdited(pair: Pair): boolean {
  const { was, is } = pair;
  if (was.fingerprint === null || is.fingerprint === null || isSameText(pair)) return false;
  // Where one of the texts is known, the other title tells whether it is only that.
  if (is.body !== null)
    return textFingerprint({ title: was.title, body: is.body }) !== was.fingerprint;
  if (was.body !== null)
    return textFingerprint({ title: is.title, body: was.body }) !== is.fingerprint;
  return was.title.trim() === is.title.trim();
}

function edgesOnlyIn(issue: OutlinedIssue, other: OutlinedIssue | null): readonly ComparedEdge[] {
  const known = new Set(other?.blockers.map(({ key, strength }) => `${strength} ${key}`));
  return issue.blockers.flatMap(({ key, strength }) =>
    known.has(`${strength} ${key}`) ? [] : [{ dependent: issue.key, blocker: key, strength }],
  );
}

/** Names of groups are often counted up: a group with the same members is the same group. */
function groupChanges(
  before: PlanOutline["groups"],
  after: PlanOutline["groups"],
): readonly GroupChange[] {
  const [was, is] = [new Set(before.map(membersOf)), new Set(after.map(membersOf))];
  const gone = before.filter((group) => !is.has(membersOf(group)));
  const fresh = after.filter((group) => !was.has(membersOf(group)));
  const byId = new Map(gone.map((group) => [group.id, group.keys]));
  const changed = new Set(fresh.map(({ id }) => id));
  return [
    ...fresh.map(({ id, keys }) => ({ id, before: byId.get(id) ?? [], after: keys })),
    ...gone
      .filter(({ id }) => !changed.has(id))
      .map(({ id, keys }) => ({ id, before: keys, after: [] })),
  ];
}

function membersOf({ keys }: { readonly keys: readonly TaskKey[] }): string {
  return JSON.stringify([...new Set(keys)].toSorted());
}

function newOrder(before: PlanOutline, common: readonly Pair[]): readonly TaskKey[] | null {
  const now = common.map((pair) => pair.is.key);
  const shared = new Set(now);
  const then = before.issues.map(({ key }) => key).filter((key) => shared.has(key));
  return then.every((key, index) => key === now[index]) ? null : now;
}
