import { nearestName } from "../shared/nearest-name.ts";
import type { TaskKey } from "../shared/names.ts";
import { differenceLines } from "./compare-plans-lines.ts";
import { compareOutlines, outlineOf } from "./compare-plans.ts";
import type { OutlinedIssue, PlanDifference, PlanOutline } from "./compare-plans.ts";
import type { DispatchDocument, NamedItem } from "./dispatch-plan-document.ts";
import { asNames } from "./dispatch-plan-document.ts";
import { namesOf } from "./dispatch-plan-names.ts";
import { sourceFingerprint } from "./fingerprint-issue.ts";
import type { Milestone, PlanFinding } from "./issue.ts";
import { buildPlan } from "./plan.ts";
import type { Plan } from "./plan.ts";
import { isDone } from "./resolve-edges.ts";

const LINES_SHOWN = 30;

/**
 * Holds a dispatch plan against its source as it is now. What changed since in what is still to be done is one critical
 * finding `plan/stale` that names all of it; what was only brought home is told as progress.
 */
export function staleFindings(
  document: DispatchDocument,
  items: readonly NamedItem[],
  truth: Milestone,
): readonly PlanFinding[] {
  const now = buildPlan(truth, { unmapped: "independent" });
  const all = compareOutlines(outlineOfItems(items), { ...outlineOf(now), groups: [] });
  const done = new Set(truth.issues.filter(isDone).map(({ key }) => key));
  const closed = new Set(
    truth.issues.filter(({ state }) => state === "closed").map(({ key }) => key),
  );
  const gone = new Set(
    items.filter(({ issue, item }) => issue === null && item.closedAs !== null).map((it) => it.key),
  );
  // What a person wrote by hand names what it is about, and need not name all there is.
  const isSaved =
    document.source?.fingerprint != null || items.some(({ item }) => item.fingerprint !== null);
  const strangers = items.filter(
    ({ issue, item }) => issue === null && item.fingerprint === null && item.closedAs === null,
  );
  const unknown = new Set(strangers.map(({ key }) => key));
  const added = isSaved ? all.added : [];
  const edited = new Set([...all.edited, ...added.map(({ key }) => key)]);
  const tellsEdges = areEdgesOther(document, now, all);
  const stale: PlanDifference = {
    ...all,
    added: added.filter(({ key }) => !closed.has(key)),
    removed: all.removed.filter(({ key }) => !gone.has(key) && !unknown.has(key)),
    closed: all.closed.filter(({ key }) => !done.has(key)),
    retitled: all.retitled.filter(({ key }) => !closed.has(key)),
    edited: all.edited.filter((key) => !closed.has(key)),
    edgesAdded: all.edgesAdded.filter(
      ({ dependent }) => !closed.has(dependent) && (tellsEdges || edited.has(dependent)),
    ),
    edgesRemoved: all.edgesRemoved.filter(
      ({ dependent }) => !closed.has(dependent) && (tellsEdges || edited.has(dependent)),
    ),
    groups: [],
    order: null,
  };
  return [
    ...strangers.map((named) => unknownIssue(named, truth)),
    ...staleFinding(document, truth, differenceLines(stale)),
    ...progressFinding(document, all, done),
  ];
}

/**
 * True where the source's dependencies changed though no text did: an edge of the forge, the order of a file. Which of
 * them the file has otherwise is then told; where no such thing happened, a difference is what a person wrote into it.
 */
function areEdgesOther(
  { source }: DispatchDocument,
  now: Plan,
  { added, removed, retitled, edited }: PlanDifference,
): boolean {
  const known = source?.fingerprint ?? null;
  if (known === null || known === sourceFingerprint(now.issues)) return false;
  return added.length + removed.length + retitled.length + edited.length === 0;
}

function unknownIssue({ item, key }: NamedItem, { issues, source }: Milestone): PlanFinding {
  const near = nearestName(
    key,
    issues.map((issue) => issue.key),
  );
  return {
    code: "dispatch/unknown-issue",
    severity: "critical",
    key,
    ...(item.issue ?? item).place,
    message: `${key} is not in ${source.reference}.`,
    hint:
      near === null
        ? "Correct the number, or take the item out."
        : `Did you mean ${near}? Else take the item out.`,
  };
}

function staleFinding(
  { file, source }: DispatchDocument,
  truth: Milestone,
  lines: readonly string[],
): readonly PlanFinding[] {
  if (lines.length === 0) return [];
  const { reference } = truth.source;
  const rest = lines.length - LINES_SHOWN;
  const shown = lines.slice(0, LINES_SHOWN).join("; ");
  const since = source?.fingerprint == null ? "is otherwise now" : "has changed since it was saved";
  return [
    {
      code: "plan/stale",
      severity: "critical",
      file,
      line: 1,
      column: 1,
      message: `${file} is stale: ${reference} ${since}: ${shown}${rest > 0 ? `; and ${rest} more` : ""}.`,
      hint: `Make it anew and keep what still fits: cairn groom ${reference} --output ${file}, or write it as the source has it: cairn plan ${reference} --output ${file}`,
    },
  ];
}

function progressFinding(
  { file }: DispatchDocument,
  all: PlanDifference,
  done: ReadonlySet<TaskKey>,
): readonly PlanFinding[] {
  const finished = all.closed.map(({ key }) => key).filter((key) => done.has(key));
  if (finished.length === 0) return [];
  return [
    {
      code: "plan/progress",
      severity: "info",
      file,
      line: 1,
      column: 1,
      message: `Done since ${file} was saved: ${finished.slice(0, LINES_SHOWN).join(", ")}${finished.length > LINES_SHOWN ? ` and ${finished.length - LINES_SHOWN} more` : ""}.`,
      hint: "Nothing to do: the source knows what is done.",
    },
  ];
}

function outlineOfItems(items: readonly NamedItem[]): PlanOutline {
  const find = namesOf(asNames(items));
  const keyOf = (text: string): string => items[find(text) ?? -1]?.key ?? text;
  return {
    issues: items.map(({ item, key, issue }): OutlinedIssue => ({
      key,
      // Without a fingerprint a title is a person's own short name for it.
      title: item.fingerprint === null ? (issue?.title ?? item.title) : item.title,
      body: null,
      fingerprint: item.fingerprint,
      state: item.closedAs ?? "open",
      blockers: [
        ...item.after.map(({ text }) => ({ key: keyOf(text), strength: "hard" as const })),
        ...item.softAfter.map(({ text }) => ({ key: keyOf(text), strength: "soft" as const })),
      ],
    })),
    groups: [],
  };
}
