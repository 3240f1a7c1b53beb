import type { TaskKey } from "../shared/names.ts";
import type { EarlierPlan } from "./groom-earlier.ts";
import type { ConflictGroup, Plan } from "./plan.ts";

/** What became of an issue's text since it was groomed; new also where nobody has groomed it. */
type Since = "same" | "edited" | "new";

interface KeptGroups {
  readonly groups: readonly ConflictGroup[];
  /** What the file has otherwise, and keeps; what is new against it. */
  readonly kept: readonly string[];
  readonly changed: readonly string[];
}

/** Groups that Cairn counts up; any other name is a person's. */
const COUNTED = /^(?:files|history)-\d+$/u;

/**
 * The file's groups, with the issues that are still open, and what is new beside them. An issue joins or leaves only
 * where it is new or its text was edited; groups that carry a name of somebody's lose nobody.
 */
export function keepGroups(
  fresh: Plan,
  earlier: EarlierPlan,
  since: (key: TaskKey) => Since,
): KeptGroups {
  const kept: string[] = [];
  const changed: string[] = [];
  const open = new Set(
    fresh.issues.flatMap(({ key, state, done }) => (state === "open" && !done ? [key] : [])),
  );
  const groups: ConflictGroup[] = [];
  for (const group of earlier.groups) {
    const found = fresh.conflictGroups.filter(({ keys }) => shares(keys, group.keys));
    const leaves = (key: TaskKey): boolean =>
      COUNTED.test(group.id) &&
      since(key) === "edited" &&
      !found.some(({ keys }) => keys.includes(key));
    const stays = group.keys.filter((key) => open.has(key) && !leaves(key));
    for (const key of group.keys)
      if (open.has(key) && leaves(key))
        changed.push(`${key} leaves ${group.id}: its files are others now`);
    const joins = found
      .flatMap(({ keys }) => keys)
      .filter((key) => since(key) !== "same" && !isPlaced(earlier.groups, key) && open.has(key));
    const keys = [...new Set([...stays, ...joins])];
    if (keys.length < 2) {
      if (stays.length > 0 || group.keys.length > 1)
        changed.push(`the group ${group.id} is no more`);
      continue;
    }
    for (const key of new Set(joins)) changed.push(`${key} joins ${group.id}`);
    groups.push({ ...group, keys });
  }
  for (const group of fresh.conflictGroups) {
    const free = group.keys.filter((key) => !isPlaced(groups, key));
    if (free.length < 2) continue;
    if (free.every((key) => since(key) === "same")) {
      kept.push(`${free.join(", ")} are in no group, though ${group.reason}`);
      continue;
    }
    const id = freeId(group.id, groups);
    groups.push({ ...group, id, keys: free });
    changed.push(`${free.join(", ")} are a group now: ${group.reason}`);
  }
  return { groups, kept: [...kept, ...ownGroups(groups, fresh)], changed };
}

/** Groups that only the file knows. */
function ownGroups(groups: readonly ConflictGroup[], fresh: Plan): readonly string[] {
  return groups
    .filter(({ keys }) => !fresh.conflictGroups.some((other) => isSame(keys, other.keys)))
    .filter(({ keys }) => !fresh.conflictGroups.some((other) => shares(other.keys, keys)))
    .map(({ id, keys }) => `${keys.join(", ")} are the group ${id}`);
}

function shares(some: readonly TaskKey[], others: readonly TaskKey[]): boolean {
  return some.filter((key) => others.includes(key)).length > 0;
}

function isSame(some: readonly TaskKey[], others: readonly TaskKey[]): boolean {
  return some.length === others.length && some.every((key) => others.includes(key));
}

function isPlaced(groups: readonly ConflictGroup[], key: TaskKey): boolean {
  return groups.some(({ keys }) => keys.includes(key));
}

function freeId(wanted: string, groups: readonly ConflictGroup[]): string {
  const taken = new Set(groups.map(({ id }) => id));
  if (!taken.has(wanted)) return wanted;
  const stem = wanted.replace(/-\d+$/u, "");
  let number = 2;
  while (taken.has(`${stem}-${number}`)) number += 1;
  return `${stem}-${number}`;
}
