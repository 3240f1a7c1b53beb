import type { Declaration, Issue, Mark, PlanFinding } from "../../../core/plan/issue.ts";
import { compareUnit } from "./compare-unit.ts";
import { readReferences } from "./issue-names.ts";
import { numberIssues } from "./number-issues.ts";
import type { Numbered, Unit } from "./number-issues.ts";
import { phaseEdges } from "./phase-order.ts";
import type { PlanFile } from "./plan-file.ts";
import { sizeLabel, sizeMinutes } from "./sizes.ts";
import { priorityIn, titleFrom } from "./spec-file.ts";
import type { PlacedReference, SpecFile } from "./spec-file.ts";
import { statusOf } from "./status-words.ts";
import { latestEntries } from "./tracking.ts";
import type { TrackingEntry } from "./tracking.ts";

export interface Joined {
  readonly issues: readonly Issue[];
  readonly findings: readonly PlanFinding[];
}

/** Holds the plan's table and the issue files against each other; where they differ the file counts. */
export function joinPlan(
  milestone: string,
  plan: PlanFile | null,
  specs: readonly SpecFile[],
): Joined {
  const numbered = numberIssues(milestone, plan?.rows ?? [], specs);
  const tracked =
    plan === null
      ? new Map<string, TrackingEntry>()
      : latestEntries(plan.tracking.entries, numbered.lookUp);
  const edges = new Map(numbered.units.map((unit) => [unit.key, declarationsOf(unit, numbered)]));
  const issues = withPhaseOrder(
    numbered.units.map((unit) =>
      toIssue(unit, edges.get(unit.key) ?? [], statusFor(unit, tracked, plan), plan),
    ),
    plan,
  );
  const hasTable = (plan?.rows.length ?? 0) > 0;
  return {
    issues,
    findings: [
      ...numbered.findings,
      ...numbered.units.flatMap((unit) =>
        compareUnit(unit, numbered.lookUp, {
          planFile: plan?.file ?? "",
          hasTable,
          tracked: tracked.get(unit.key) ?? null,
        }),
      ),
      ...(plan === null ? [] : unknownEntries(plan, numbered)),
    ],
  };
}

interface StatusSaid {
  readonly mark: Mark | null;
  readonly words: string;
  readonly place: Required<Issue["place"]>;
}

/** The tracking section counts; without a word there, the status column of the table. */
function statusFor(
  unit: Unit,
  tracked: ReadonlyMap<string, TrackingEntry>,
  plan: PlanFile | null,
): StatusSaid | null {
  const entry = tracked.get(unit.key);
  if (entry !== undefined && plan !== null) {
    const mark = entry.status === "open" || entry.status === "unknown" ? null : entry.status;
    const { line, column, words } = entry;
    return { mark, words, place: { file: plan.file, line, column } };
  }
  const words = unit.row?.cells.status;
  if (words === undefined || unit.row === null) return null;
  const status = statusOf(words);
  const mark = status === "open" || status === "unknown" ? null : status;
  return { mark, words, place: unit.row.placeOf("status") };
}

function toIssue(
  unit: Unit,
  declarations: readonly Declaration[],
  status: StatusSaid | null,
  plan: PlanFile | null,
): Issue {
  const { key, number, row, spec } = unit;
  const cells = row?.cells ?? {};
  const size = sizeLabel(cells.size ?? "");
  const minutes = spec?.minutes ?? sizeMinutes(cells.size ?? "");
  const phase = spec?.phase ?? row?.phase ?? null;
  const labels = spec?.labels ?? [];
  const hasSize = labels.some((label) => /^size\b/iu.test(label));
  const saysBlockers = (spec?.dependencies ?? cells.dependencies) !== undefined;
  const isClosed = status?.mark === "done" || status?.mark === "skipped";
  return {
    key,
    number,
    title:
      spec?.title ?? titleOfRow(cells) ?? (spec === null ? `Issue ${key}` : titleFrom(spec.stem)),
    body: spec?.body ?? "",
    state: isClosed ? "closed" : "open",
    closedAs: !isClosed ? null : status.mark === "done" ? "completed" : "not-planned",
    labels: size === null || hasSize ? labels : [...labels, size],
    priority: spec?.priority?.value ?? priorityIn(cells.priority ?? ""),
    type: spec?.type ?? "CODING",
    url: null,
    files: [...new Set((spec?.steps ?? []).flatMap((step) => step.files))],
    acceptanceCriteria: [],
    declarations: status?.mark === "blocked" ? [...declarations, blockedBy(status)] : declarations,
    statesDependencies: (saysBlockers && spec?.dependencies !== null) || declarations.length > 0,
    place: spec?.place ?? row?.placeOf("issue") ?? { file: plan?.file ?? "" },
    ...(spec === null || spec.steps.length === 0 ? {} : { steps: spec.steps }),
    ...(phase === null ? {} : { phase }),
    ...(minutes === null ? {} : { minutes }),
    ...(spec === null || spec.groomed === null ? {} : { groomed: spec.groomed }),
  };
}

function titleOfRow(cells: NonNullable<Unit["row"]>["cells"]): string | null {
  const words = (cells.title ?? cells.issue ?? "")
    .replaceAll(/\[([^\]]{0,200})\]\([^()]{0,500}\)/gu, "$1")
    .replaceAll(/[*`]/gu, "")
    .replace(/^\s*(?:issue\s+)?#?\d[\d.]*[a-z]?\s*(?:[:.)–—-]+\s*)?(?=\S)/iu, "")
    .trim();
  return /\p{L}/u.test(words) ? words : null;
}

/** What an issue waits for, as its file says, or else the table. */
function declarationsOf({ spec, row }: Unit, numbered: Numbered): readonly Declaration[] {
  const references = spec?.dependencies ?? tableReferences(row);
  const read = references.flatMap((reference) => declared(reference, numbered));
  if (spec?.isUnreadable !== true) return read;
  const place = { file: spec.file, line: 1, column: 1 };
  // Its dependencies may stand there: nothing starts on a guess.
  const words = "front matter that cannot be read";
  return [
    ...read,
    { target: words, strength: "hard", origin: "text", place, words, resolved: false },
  ];
}

export function tableReferences(row: Unit["row"]): readonly PlacedReference[] {
  if (row === null) return [];
  const place = row.placeOf("dependencies");
  return readReferences(row.cells.dependencies ?? "").map((read) => ({ ...read, place }));
}

function declared(reference: PlacedReference, numbered: Numbered): readonly Declaration[] {
  const { aliases, words, place, phase } = reference;
  const written = `dependencies: ${words}`.slice(0, 200);
  const one = (target: string, resolved: boolean): Declaration => ({
    target: target.slice(0, 200),
    strength: "hard",
    origin: "text",
    place,
    words: written,
    resolved,
  });
  if (phase !== null) {
    const members = numbered.units.filter(
      ({ spec, row }) => phaseNumber(spec?.phase ?? row?.phase ?? null) === phase,
    );
    return members.length > 0 ? members.map(({ key }) => one(key, true)) : [one(words, false)];
  }
  const key = numbered.lookUp(aliases);
  if (key !== null) return [one(key, true)];
  // A number or a name is a reference, also where nothing is called so; the plan says what is missing.
  return [one(words, aliases.length > 0 || /#\d/u.test(words))];
}

function phaseNumber(phase: string | null): string | null {
  return /\d+/u.exec(phase ?? "")?.[0] ?? null;
}

function blockedBy({ words, place }: StatusSaid): Declaration {
  const said = words.slice(0, 200);
  return { target: said, strength: "hard", origin: "text", place, words: said, resolved: false };
}

function withPhaseOrder(issues: readonly Issue[], plan: PlanFile | null): readonly Issue[] {
  const order = plan?.phaseOrder ?? null;
  if (order === null) return issues;
  const edges = phaseEdges(
    issues.map(({ key, phase, declarations }) => ({
      key,
      phase: phase ?? null,
      waitsFor: declarations.map((declaration) => declaration.target),
    })),
    order,
  );
  return issues.map((issue) => ({
    ...issue,
    declarations: [...issue.declarations, ...(edges.get(issue.key) ?? [])],
    statesDependencies: issue.statesDependencies || (edges.get(issue.key) ?? []).length > 0,
  }));
}

function unknownEntries(plan: PlanFile, { lookUp }: Numbered): readonly PlanFinding[] {
  return plan.tracking.entries.flatMap((entry): readonly PlanFinding[] => {
    const place = { file: plan.file, line: entry.line, column: entry.column };
    const words = entry.words.slice(0, 100);
    if (lookUp(entry.aliases) === null) {
      return [
        {
          code: "source/unknown-issue",
          severity: "info",
          ...place,
          message: `The tracking section has a row for an issue that is not in the plan: "${words}".`,
          hint: "Nothing to do, unless the number is wrong.",
        },
      ];
    }
    if (entry.status !== "unknown") return [];
    return [
      {
        code: "source/unknown-status",
        severity: "warning",
        ...place,
        message: `"${words}" is no status that Cairn knows; the issue counts as open.`,
        hint: "Write Done, In Progress, Blocked or Skipped.",
      },
    ];
  });
}
