import type { TaskKey } from "../shared/names.ts";
import { dispatchWaves } from "./dispatch-plan-waves.ts";
import { sourceFingerprint, textFingerprint } from "./fingerprint-issue.ts";
import type { Issue, IssueType, Priority, SourceKind } from "./issue.ts";
import type { Plan, PlannedIssue } from "./plan.ts";

/** A plan as a file keeps it: waves, conflict groups, gates and edges, with or without the texts of the issues. */
export interface DispatchPlan {
  readonly milestone: {
    readonly number: string;
    readonly title: string;
    readonly integrationBranch: string | null;
  };
  /** Where texts and states come from; null: the file itself has the texts. */
  readonly source: DispatchTruth | null;
  readonly conflictGroups: readonly DispatchGroup[];
  readonly waves: readonly DispatchWave[];
  readonly gates: { readonly preMerge: readonly string[]; readonly postMerge: readonly string[] };
  /** Questions to a person that concern no single issue. */
  readonly gaps: readonly string[];
}

export interface DispatchTruth {
  readonly kind: SourceKind;
  readonly reference: string;
  /** Of all texts and the dependencies in them, when the plan was saved; null: not known. */
  readonly fingerprint: string | null;
}

export interface DispatchGroup {
  readonly id: string;
  readonly reason: string;
  readonly keys: readonly TaskKey[];
}

export interface DispatchWave {
  /** False: its items are worked on one after another. */
  readonly parallel: boolean;
  readonly items: readonly DispatchItem[];
}

export interface DispatchItem {
  readonly key: TaskKey;
  readonly number: string;
  readonly title: string;
  readonly priority: Priority | null;
  readonly group: string | null;
  /** Keys; where nothing in the plan is called so, the words that were written. */
  readonly after: readonly string[];
  readonly softAfter: readonly string[];
  /** How it is closed; null while it is open. */
  readonly closedAs: Issue["closedAs"];
  /** Empty where the source of truth has the text. */
  readonly body: string;
  readonly type: IssueType;
  readonly files: readonly string[];
  readonly labels: readonly string[];
  readonly acceptance: readonly string[];
  readonly minutes: number | null;
  readonly phase: string | null;
  readonly parent: string | null;
  /** Null: the plan does not speak of that. */
  readonly groomed: boolean | null;
  /** Of title and text as they were when the plan was saved; null: not known. */
  readonly fingerprint: string | null;
  /** How the issue might be cut and what it seems to lack, in words for a person. */
  readonly proposed: { readonly splits: readonly string[]; readonly gaps: readonly string[] };
}

/** What a dispatch plan says beyond the plan it is made of. */
export interface DispatchAdditions {
  readonly gates?: DispatchPlan["gates"];
  readonly integrationBranch?: string;
  /** True writes into every item that somebody has groomed it. */
  readonly groomed?: boolean;
  readonly proposed?: ReadonlyMap<TaskKey, DispatchItem["proposed"]>;
  readonly gaps?: readonly string[];
}

/**
 * The plan as a dispatch plan: its edges, groups and states are the same when it is read again. Members of one conflict
 * group lie in different waves. Texts are left out where the source of the plan has them.
 */
export function toDispatch(plan: Plan, additions: DispatchAdditions = {}): DispatchPlan {
  const { number, title } = plan.milestone;
  const truth = plan.source.kind === "dispatch" ? plan.source.truth : plan.source;
  const byKey = new Map(plan.issues.map((issue) => [issue.key, issue]));
  const names = new Set(
    plan.issues.flatMap((issue) => [issue.key, issue.number, `#${issue.number}`].map(lower)),
  );
  const waves = dispatchWaves(plan);
  const places = new Map(waves.flat().map((key, place) => [key, place]));
  const toItem = (issue: PlannedIssue): DispatchItem => ({
    ...itemOf(issue, { hasTruth: truth !== undefined, names, places }),
    groomed: additions.groomed ?? issue.groomed ?? null,
    proposed: additions.proposed?.get(issue.key) ?? { splits: [], gaps: [] },
  });
  return {
    milestone: { number, title, integrationBranch: additions.integrationBranch ?? null },
    source:
      truth === undefined
        ? null
        : {
            kind: truth.kind,
            reference: truth.reference,
            fingerprint: plan.source.kind === "dispatch" ? null : sourceFingerprint(plan.issues),
          },
    conflictGroups: plan.conflictGroups.map(({ id, reason, keys }) => ({ id, reason, keys })),
    waves: waves.map((keys) => ({
      // Also for one: who puts another item beside it does not mean that it has to wait.
      parallel: true,
      items: keys.flatMap((key) => byKey.get(key) ?? []).map(toItem),
    })),
    gates: additions.gates ?? { preMerge: [], postMerge: [] },
    gaps: additions.gaps ?? [],
  };
}

interface Around {
  readonly hasTruth: boolean;
  /** Every way an issue of the plan may be called, in small letters. */
  readonly names: ReadonlySet<string>;
  readonly places: ReadonlyMap<TaskKey, number>;
}

function itemOf(
  issue: PlannedIssue,
  { hasTruth, names, places }: Around,
): Omit<DispatchItem, "groomed" | "proposed"> {
  return {
    key: issue.key,
    number: issue.number,
    title: issue.title,
    priority: issue.priority,
    group: issue.conflictGroup,
    after: [...keysOf(issue, "hard", places), ...danglingOf(issue, names)],
    softAfter: keysOf(issue, "soft", places),
    closedAs: issue.done ? "completed" : issue.closedAs,
    body: hasTruth ? "" : issue.body,
    type: issue.type,
    files: hasTruth ? [] : issue.files,
    labels: hasTruth ? [] : issue.labels,
    acceptance: hasTruth ? [] : issue.acceptanceCriteria,
    minutes: issue.minutes ?? null,
    phase: issue.phase ?? null,
    parent: issue.parent ?? null,
    fingerprint: hasTruth ? textFingerprint(issue) : null,
  };
}

/** In the order of the file, so that the same plan is the same text however it was read. */
function keysOf(
  { blockers }: PlannedIssue,
  strength: "hard" | "soft",
  places: Around["places"],
): readonly TaskKey[] {
  return blockers
    .flatMap((blocker) => (blocker.strength === strength ? [blocker.key] : []))
    .toSorted((a, b) => (places.get(a) ?? 0) - (places.get(b) ?? 0));
}

/** What the issue waits for and the plan does not have: left out it would be free all of a sudden. */
function danglingOf(issue: PlannedIssue, names: ReadonlySet<string>): readonly string[] {
  if (issue.blockedFromOutside === null) return [];
  const targets = issue.declarations.flatMap(({ target, strength, reverse, dependent, resolved }) =>
    strength === "hard" &&
    reverse !== true &&
    dependent === undefined &&
    !(resolved && names.has(lower(target)))
      ? [target]
      : [],
  );
  return [...new Set(targets)];
}

function lower(name: string): string {
  return name.trim().toLowerCase();
}
