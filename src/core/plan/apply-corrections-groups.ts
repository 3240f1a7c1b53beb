import type { TaskKey } from "../shared/names.ts";
import type { ConflictGroup } from "./plan.ts";

interface Regrouped {
  readonly groups: readonly ConflictGroup[];
  readonly notes: readonly string[];
}

/** Issues that must not be worked on together. An issue has one group: two that meet become one. */
export function withGroup(
  groups: readonly ConflictGroup[],
  keys: readonly TaskKey[],
  said: { readonly words: string; readonly order: readonly TaskKey[] },
): Regrouped {
  const wanted = new Set(keys);
  const met = groups.filter((group) => group.keys.some((key) => wanted.has(key)));
  for (const key of met.flatMap((group) => group.keys)) wanted.add(key);
  const names = keys.join(" and ");
  const group: ConflictGroup = {
    id: met[0]?.id ?? freeId(groups),
    reason: [...met.map(({ reason }) => reason), `said by a person: "${said.words}"`].join("; "),
    keys: said.order.filter((key) => wanted.has(key)),
  };
  if (met[0]?.keys.length === group.keys.length)
    return { groups, notes: [`${names} are in the conflict group ${group.id} already.`] };
  const others = groups.filter((other) => !met.includes(other));
  const notes =
    group.keys.length > keys.length
      ? [`${group.keys.join(", ")} are one conflict group now: ${names} had others in theirs.`]
      : [];
  return { groups: [...others, group], notes };
}

/** Issues that may be worked on together: their group goes, unless others are in it too. */
export function withoutGroup(
  groups: readonly ConflictGroup[],
  keys: readonly TaskKey[],
): Regrouped {
  const inside = new Set(keys);
  const notes: string[] = [];
  const kept = groups.filter((group) => {
    const shared = group.keys.filter((key) => inside.has(key));
    if (shared.length > 0 && shared.length === group.keys.length) return false;
    if (shared.length > 1) {
      notes.push(
        `${shared.join(", ")} stay in the conflict group ${group.id}, which has others too: they are not worked on at the same time.`,
      );
    }
    return true;
  });
  return { groups: kept, notes };
}

function freeId(groups: readonly ConflictGroup[]): string {
  const taken = new Set(groups.map((group) => group.id));
  let number = 1;
  while (taken.has(`said-${number}`)) number += 1;
  return `said-${number}`;
}
