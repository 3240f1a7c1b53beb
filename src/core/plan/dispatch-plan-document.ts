import type { TaskKey } from "../shared/names.ts";
import type { PlanOutline } from "./compare-plans.ts";
import { namesOf } from "./dispatch-plan-names.ts";
import type { FindName } from "./dispatch-plan-names.ts";
import { textFingerprint } from "./fingerprint-issue.ts";
import type { DispatchItem, DispatchPlan } from "./dispatch-plan.ts";
import type { Issue, Place, PlanFinding } from "./issue.ts";

/** Words of a file, and where they stand. */
export interface Worded {
  readonly text: string;
  readonly place: Place;
}

/** A dispatch plan as it stands in a file: nothing is resolved yet, every name has its place. */
export interface DispatchDocument {
  readonly file: string;
  readonly milestone: { readonly [Key in keyof DispatchPlan["milestone"]]: string | null };
  readonly source: DispatchPlan["source"];
  readonly groups: readonly DocumentGroup[];
  /** `conflict_groups` is written, though perhaps empty: the groups are decided on. */
  readonly hasGroups: boolean;
  readonly waves: readonly DocumentWave[];
  readonly gates: DispatchPlan["gates"];
  readonly gaps: readonly string[];
  /** What is wrong with the file by itself: spelling, types, unknown words. */
  readonly findings: readonly PlanFinding[];
}

export interface DocumentGroup {
  readonly id: string;
  readonly reason: string;
  readonly items: readonly Worded[];
  readonly place: Place;
}

export interface DocumentWave {
  /** As written; null: it is counted. */
  readonly number: number | null;
  readonly parallel: boolean;
  readonly items: readonly DocumentItem[];
  readonly place: Place;
}

export interface DocumentItem extends Omit<
  DispatchItem,
  "key" | "number" | "group" | "after" | "softAfter"
> {
  /** Both null: only the title says which issue it is. */
  readonly issue: Worded | null;
  readonly key: Worded | null;
  readonly group: Worded | null;
  readonly after: readonly Worded[];
  readonly softAfter: readonly Worded[];
  readonly place: Place;
}

/** An item of which is known what it is. */
export interface NamedItem {
  readonly item: DocumentItem;
  /** Index of its wave. */
  readonly wave: number;
  readonly key: TaskKey;
  readonly number: string;
  /** As the source of truth has it; null where the file stands alone, or the source has it no more. */
  readonly issue: Issue | null;
}

/**
 * Items with their keys, in the order of the file. With a source of truth they are called as it calls them; where it
 * has no such issue, and without it, by what stands in the file.
 */
export function asNamedItems(
  document: DispatchDocument,
  truth: readonly Issue[],
): readonly NamedItem[] {
  const find = namesOf(truth);
  return document.waves.flatMap(({ items }, wave) =>
    items.map((item): NamedItem => {
      const names = [item.key?.text, item.issue?.text, item.title];
      const found = names.flatMap((name) => (name === undefined ? [] : (find(name) ?? [])))[0];
      const issue = found === undefined ? null : (truth[found] ?? null);
      if (issue !== null) return { item, wave, key: issue.key, number: issue.number, issue };
      return { item, wave, ...ownName(item), issue: null };
    }),
  );
}

/** `153` and `#153` are issues of a forge; `4.2` is its own key. */
function ownName({ key, issue, title }: DocumentItem): Pick<NamedItem, "key" | "number"> {
  const written = (issue ?? key)?.text ?? title;
  const number = /^#?(\d{1,9})$/u.exec(written)?.[1];
  const own = number !== undefined && key === null ? `#${number}` : (key?.text ?? written);
  return { key: own, number: number ?? written };
}

/** Whether there is work left in it; the source of truth knows better than the file. */
export function isOpenItem({ item, issue }: NamedItem): boolean {
  return issue === null ? item.closedAs === null : issue.state === "open";
}

/** The document as a value, by itself: edges and groups by keys where they name items of it. */
export function asDispatchPlan(document: DispatchDocument): DispatchPlan {
  const items = asNamedItems(document, []);
  const find = namesOf(asNames(items));
  const keyOf = ({ text }: Worded): string => items[find(text) ?? -1]?.key ?? text;
  const byWave = Map.groupBy(items, ({ wave }) => wave);
  const { milestone, source, gates, gaps } = document;
  return {
    milestone: {
      number: milestone.number ?? "",
      title: milestone.title ?? "",
      integrationBranch: milestone.integrationBranch,
    },
    source,
    conflictGroups: groupKeys(document, items, find).map(({ id, reason, keys }) => ({
      id,
      reason,
      keys,
    })),
    waves: document.waves.map(({ parallel }, index) => ({
      parallel,
      items: (byWave.get(index) ?? []).map(({ item, key, number }) => {
        const { place: _place, issue: _issue, ...rest } = item;
        return {
          ...rest,
          key,
          number,
          group: item.group?.text ?? null,
          after: item.after.map(keyOf),
          softAfter: item.softAfter.map(keyOf),
        };
      }),
    })),
    gates,
    gaps,
  };
}

/** Groups with their members: those that the group lists, and those that name it. */
export function groupKeys(
  document: DispatchDocument,
  items: readonly NamedItem[],
  find: FindName,
): readonly (Omit<DocumentGroup, "items"> & { readonly keys: readonly TaskKey[] })[] {
  const members = Map.groupBy(items, ({ item }) => item.group?.text ?? "");
  return document.groups.map(({ id, reason, items: listed, place }) => {
    const named = listed.map(({ text }) => items[find(text) ?? -1]?.key ?? text);
    const naming = (members.get(id) ?? []).map(({ key }) => key);
    return { id, reason, place, keys: [...new Set([...named, ...naming])] };
  });
}

/** Items as issues are searched by name: also by the title that the source of truth has. */
export function asNames(
  items: readonly NamedItem[],
): readonly Pick<Issue, "key" | "number" | "title">[] {
  return items.map(({ item, key, number, issue }) => ({
    key,
    number,
    title: issue?.title ?? item.title,
  }));
}

/** What can be compared of a saved plan. */
export function outlineOfDispatch(plan: DispatchPlan): PlanOutline {
  const items = plan.waves.flatMap((wave) => wave.items);
  return {
    issues: items.map(({ key, title, body, fingerprint, closedAs, after, softAfter }) => ({
      key,
      title,
      body: body === "" ? null : body,
      fingerprint: plan.source === null ? textFingerprint({ title, body }) : fingerprint,
      state: closedAs ?? "open",
      blockers: [
        ...after.map((blocker) => ({ key: blocker, strength: "hard" as const })),
        ...softAfter.map((blocker) => ({ key: blocker, strength: "soft" as const })),
      ],
    })),
    groups: plan.conflictGroups,
  };
}
