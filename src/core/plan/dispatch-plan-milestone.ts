import type { TaskKey } from "../shared/names.ts";
import { checkWaves } from "./dispatch-plan-checks.ts";
import { asNames, groupKeys, isOpenItem, asNamedItems } from "./dispatch-plan-document.ts";
import type { DispatchDocument, NamedItem, Worded } from "./dispatch-plan-document.ts";
import { namesOf } from "./dispatch-plan-names.ts";
import type { FindName } from "./dispatch-plan-names.ts";
import { staleFindings } from "./dispatch-plan-stale.ts";
import type { Declaration, Issue, Milestone, PlanFinding } from "./issue.ts";

/**
 * The milestone that a dispatch plan describes. Edges, groups and waves are the document's; texts and states are those
 * of the source of truth, where it names one. What contradicts itself, and what the source has otherwise by now, are
 * critical findings, all at once.
 */
export function asMilestone(document: DispatchDocument, truth: Milestone | null): Milestone {
  const every = asNamedItems(document, truth?.issues ?? []);
  const { items, findings: doubles } = withoutDoubles(every);
  const present = truth === null ? items : items.filter(({ issue }) => issue !== null);
  const find = namesOf(asNames(items));
  const rows = rowsOf(document, items);
  const issues = present.map((named) => toIssue(named, { items, find, rows }));
  const { milestone, gates } = document;
  const hasGates = gates.preMerge.length + gates.postMerge.length > 0;
  return {
    source: {
      kind: "dispatch",
      reference: document.file,
      ...(truth === null ? {} : { truth: truth.source }),
    },
    title: milestone.title ?? truth?.title ?? titleOf(document.file),
    number: milestone.number ?? truth?.number ?? titleOf(document.file),
    url: truth?.url ?? null,
    issues,
    documents: truth?.documents ?? [],
    handoff: truth?.handoff ?? null,
    findings: [
      ...document.findings,
      ...doubles,
      ...checkWaves(document, items, find),
      ...(truth === null ? [] : staleFindings(document, items, truth)),
      ...(truth?.findings ?? []),
    ],
    conflictGroups: groupKeys(document, items, find),
    ...(document.hasGroups ? { groupsAreGiven: true as const } : {}),
    waves: wavesOf(document, present),
    ...(hasGates ? { gates } : {}),
    ...(milestone.integrationBranch === null
      ? {}
      : { integrationBranch: milestone.integrationBranch }),
  };
}

function withoutDoubles(every: readonly NamedItem[]): {
  readonly items: readonly NamedItem[];
  readonly findings: readonly PlanFinding[];
} {
  const first = new Map<string, NamedItem>();
  const findings: PlanFinding[] = [];
  for (const named of every) {
    const known = first.get(named.key.toLowerCase());
    if (known === undefined) {
      first.set(named.key.toLowerCase(), named);
      continue;
    }
    const line = known.item.place.line ?? 1;
    findings.push({
      code: "plan/wave-twice",
      severity: "critical",
      key: named.key,
      ...named.item.place,
      message: `${named.key} is listed twice: in wave ${known.wave + 1} (line ${line}) and here.`,
      hint: "Leave it in one of them; only the first counts.",
    });
  }
  return { items: [...first.values()], findings };
}

interface Around {
  readonly items: readonly NamedItem[];
  readonly find: FindName;
  readonly rows: ReadonlyMap<TaskKey, Declaration>;
}

function toIssue(named: NamedItem, around: Around): Issue {
  const { item, key, number, issue } = named;
  const said = {
    edgesAreGiven: true as const,
    declarations: declarationsOf(named, around),
    statesDependencies: true,
    ...(item.phase === null ? {} : { phase: item.phase }),
    ...(item.parent === null ? {} : { parent: item.parent }),
    ...(item.group === null ? {} : { group: item.group.text }),
    ...(item.minutes === null ? {} : { minutes: item.minutes }),
    ...(item.groomed === null ? {} : { groomed: item.groomed }),
  };
  if (issue !== null) {
    return {
      ...issue,
      ...said,
      priority: item.priority ?? issue.priority,
      labels: [...new Set([...issue.labels, ...item.labels])],
      files: [...new Set([...issue.files, ...item.files])],
      acceptanceCriteria: item.acceptance.length > 0 ? item.acceptance : issue.acceptanceCriteria,
    };
  }
  return {
    key,
    number,
    title: item.title,
    body: item.body,
    state: item.closedAs === null ? "open" : "closed",
    closedAs: item.closedAs,
    labels: item.labels,
    priority: item.priority,
    type: item.type,
    url: null,
    files: item.files,
    acceptanceCriteria: item.acceptance,
    place: item.place,
    ...said,
  };
}

function declarationsOf({ item, key }: NamedItem, around: Around): readonly Declaration[] {
  const row = around.rows.get(key);
  return [
    ...item.after.map((name) => declaration(name, "hard", around)),
    ...item.softAfter.map((name) => declaration(name, "soft", around)),
    ...(row === undefined ? [] : [row]),
  ];
}

function declaration(
  name: Worded,
  strength: Declaration["strength"],
  { items, find }: Around,
): Declaration {
  const words = `${strength === "hard" ? "depends_on" : "soft_after"}: ${name.text}`;
  return {
    target: items[find(name.text) ?? -1]?.key ?? name.text,
    strength,
    origin: "text",
    place: name.place,
    words: words.slice(0, 200),
    resolved: true,
  };
}

/** In a wave with `parallel: false` an open item waits for the open one before it: by key, what that is. */
function rowsOf(
  document: DispatchDocument,
  items: readonly NamedItem[],
): ReadonlyMap<TaskKey, Declaration> {
  const rows = new Map<TaskKey, Declaration>();
  const last = new Map<number, TaskKey>();
  for (const named of items) {
    const { wave: index, key } = named;
    const wave = document.waves[index];
    if (wave === undefined || wave.parallel || !isOpenItem(named)) continue;
    const target = last.get(index);
    last.set(index, key);
    if (target === undefined) continue;
    const words = `wave ${wave.number ?? index + 1} is not parallel`;
    const { place } = wave;
    rows.set(key, { target, strength: "hard", origin: "order", place, words, resolved: true });
  }
  return rows;
}

/** One wave of the file is one here, but for those whose items follow each other: each of them is a wave of its own. */
function wavesOf(
  document: DispatchDocument,
  items: readonly NamedItem[],
): NonNullable<Milestone["waves"]> {
  const keys = Map.groupBy(items, ({ wave }) => wave);
  return document.waves.flatMap(({ parallel }, index) => {
    const members = (keys.get(index) ?? []).map(({ key }) => key);
    return parallel ? [members] : members.map((key) => [key]);
  });
}

/** `plan/milestone-3-dispatch.yaml` becomes `milestone-3-dispatch`. */
function titleOf(file: string): string {
  const stem = file
    .slice(file.lastIndexOf("/") + 1)
    .replace(/\.ya?ml$/iu, "")
    .replaceAll(/[^A-Za-z0-9.]+/gu, "-")
    .replaceAll(/^[-.]+|[-.]+$/gu, "");
  return stem === "" ? "plan" : stem;
}
