import { nearestName } from "../shared/nearest-name.ts";
import { isOpenItem } from "./dispatch-plan-document.ts";
import type { DispatchDocument, NamedItem, Worded } from "./dispatch-plan-document.ts";
import type { FindName } from "./dispatch-plan-names.ts";
import type { PlanFinding } from "./issue.ts";

/**
 * What contradicts itself in a dispatch plan: an item that stands before what it waits for, or beside a member of its
 * conflict group; groups and issues that are not there; waves out of order; items that nobody has groomed. Codes are
 * those of the plan linter, which then does not tell the same again.
 */
export function checkWaves(
  document: DispatchDocument,
  items: readonly NamedItem[],
  find: FindName,
): readonly PlanFinding[] {
  const around = { document, items, find };
  return [
    ...numberFindings(document),
    ...items.flatMap((named, index) => orderFindings(named, index, around)),
    ...clashFindings(around),
    ...groupFindings(around),
    ...items.flatMap(groomedFindings),
  ];
}

function numberFindings({ waves }: DispatchDocument): readonly PlanFinding[] {
  let last: number | null = null;
  const findings: PlanFinding[] = [];
  for (const { number, place } of waves) {
    if (number !== null && last !== null && number <= last) {
      findings.push({
        code: "dispatch/wave-number",
        severity: "critical",
        ...place,
        message:
          number === last
            ? `There are two waves ${number}.`
            : `Wave ${number} stands behind wave ${last}.`,
        hint: "Number the waves from 1 in the order in which they are worked on.",
      });
    }
    last = number ?? last;
  }
  return findings;
}

interface Around {
  readonly document: DispatchDocument;
  readonly items: readonly NamedItem[];
  readonly find: FindName;
}

function orderFindings(
  named: NamedItem,
  index: number,
  { document, items, find }: Around,
): readonly PlanFinding[] {
  if (!isOpenItem(named)) return [];
  return named.item.after.flatMap((name): readonly PlanFinding[] => {
    const at = find(name.text) ?? -1;
    const blocker = items[at];
    // What names nothing is told, and held, when the edges are resolved.
    if (blocker === undefined || at === index || !isOpenItem(blocker)) return [];
    const isSameWave = blocker.wave === named.wave;
    const isRow = document.waves[named.wave]?.parallel === false;
    if (blocker.wave < named.wave || (isSameWave && isRow && at < index)) return [];
    const where = isSameWave ? "in the same wave" : `in wave ${numberOf(document, blocker.wave)}`;
    return [
      {
        code: "plan/wave-order",
        severity: "critical",
        key: named.key,
        ...name.place,
        message: `${named.key} is in wave ${numberOf(document, named.wave)} and waits for ${blocker.key}, which is ${where}.`,
        hint: "Put it into a later wave than what it waits for, or remove the dependency.",
      },
    ];
  });
}

/** By index of the item: the group it is in, and where that is written. */
function memberships({ document, items, find }: Around): ReadonlyMap<number, Worded> {
  const groups = new Map<number, Worded>();
  for (const [index, { item }] of items.entries())
    if (item.group !== null) groups.set(index, item.group);
  for (const { id, items: listed } of document.groups) {
    for (const { text, place } of listed) {
      const index = find(text);
      if (index !== undefined && !groups.has(index)) groups.set(index, { text: id, place });
    }
  }
  return groups;
}

function clashFindings(around: Around): readonly PlanFinding[] {
  const { document, items } = around;
  const groups = memberships(around);
  const first = new Map<string, NamedItem>();
  return items.flatMap((named, index): readonly PlanFinding[] => {
    const { wave, key } = named;
    const group = groups.get(index);
    if (group === undefined || !isOpenItem(named)) return [];
    // One after another is just what a group asks for.
    if (document.waves[wave]?.parallel === false) return [];
    const place = `${wave} ${group.text}`;
    const other = first.get(place);
    if (other === undefined) {
      first.set(place, named);
      return [];
    }
    return [
      {
        code: "plan/wave-clash",
        severity: "critical",
        key,
        ...group.place,
        message: `${key} and ${other.key} are both in wave ${numberOf(document, wave)} and in the conflict group ${group.text}: they never run at the same time.`,
        hint: "Put one of them into another wave, or out of the group.",
      },
    ];
  });
}

function groupFindings({ document, items, find }: Around): readonly PlanFinding[] {
  const ids = document.groups.map(({ id }) => id);
  const known = new Set(ids);
  const unknownGroups = items.flatMap(({ item, key }): readonly PlanFinding[] => {
    const { group } = item;
    if (group === null || known.has(group.text)) return [];
    const near = nearestName(group.text, ids);
    return [
      {
        code: "plan/group-unknown",
        severity: "critical",
        key,
        ...group.place,
        message: `${key} names the conflict group ${group.text.slice(0, 100)}, which is not under \`conflict_groups\`.`,
        hint: near === null ? "List the group, or remove the name." : `Did you mean ${near}?`,
      },
    ];
  });
  const unknownMembers = document.groups.flatMap(({ id, items: listed }) =>
    listed.flatMap(({ text, place }): readonly PlanFinding[] =>
      find(text) === undefined
        ? [
            {
              code: "plan/group-unknown",
              severity: "critical",
              key: text,
              ...place,
              message: `The conflict group ${id.slice(0, 100)} names ${text.slice(0, 100)}, which is in no wave of this plan.`,
              hint: "Correct the name, put the issue into a wave, or take it out of the group.",
            },
          ]
        : [],
    ),
  );
  return [...doubledGroups(document), ...unknownGroups, ...unknownMembers];
}

function doubledGroups({ groups }: DispatchDocument): readonly PlanFinding[] {
  const seen = new Set<string>();
  return groups.flatMap(({ id, place }): readonly PlanFinding[] => {
    if (!seen.has(id)) {
      seen.add(id);
      return [];
    }
    return [
      {
        code: "dispatch/group-twice",
        severity: "critical",
        ...place,
        message: `There are two conflict groups ${id}.`,
        hint: "Give one of them another id, or make one group of both.",
      },
    ];
  });
}

function groomedFindings({ item, key }: NamedItem): readonly PlanFinding[] {
  if (item.groomed !== false || item.closedAs !== null) return [];
  return [
    {
      code: "plan/not-groomed",
      severity: "critical",
      key,
      ...item.place,
      message: `not groomed: ${key}, run \`cairn groom\``,
      hint: "Nobody has looked at its dependencies and conflicts yet: look at them and write `groomed: true`, or have `cairn groom` propose them.",
    },
  ];
}

/** As the file numbers it, else counted. */
function numberOf({ waves }: DispatchDocument, index: number): number {
  return waves[index]?.number ?? index + 1;
}
