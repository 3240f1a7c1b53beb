import type { TaskKey } from "../shared/names.ts";
import { completeIssue, withSpokenFor } from "./complete-issue.ts";
import { groupConflicts } from "./conflict-groups.ts";
import type { ConflictFacts } from "./conflict-groups.ts";
import { estimateIssues } from "./estimates.ts";
import type { Estimate, EstimateOptions } from "./estimates.ts";
import { calibrate } from "./forecast-calibration.ts";
import type { Calibration } from "./forecast-calibration.ts";
import { sha256 } from "./fingerprint.ts";
import type { Issue, Milestone, PlanFinding, SourceReference } from "./issue.ts";
import { lintPlan } from "./lint.ts";
import { graphViews } from "./plan-graph.ts";
import type { Estimates } from "./plan-graph.ts";
import { isDone, resolveEdges } from "./resolve-edges.ts";
import { mayCollide, proposeEdges, serialEdges } from "./unmapped.ts";

export interface Blocker {
  readonly key: TaskKey;
  readonly strength: "hard" | "soft";
  /** Where the edge was read: `plan.md:12 "Depends on: 4.1"`, `order of the plan`. */
  readonly from: string;
}

/** An issue inside a plan: the issue and the edges that were resolved for it. */
export interface PlannedIssue extends Issue {
  readonly blockers: readonly Blocker[];
  readonly conflictGroup: string | null;
  /** Done before the run: closed as completed, or marked done in a handoff. */
  readonly done: boolean;
  /** Blocked by something that no task of this plan can free; the words name it. */
  readonly blockedFromOutside: string | null;
}

export interface ConflictGroup {
  readonly id: string;
  readonly reason: string;
  readonly keys: readonly TaskKey[];
}

export interface ProposedEdge {
  readonly blocker: TaskKey;
  readonly dependent: TaskKey;
  readonly reason: string;
  readonly files: readonly string[];
}

/** Issues + graph + waves + critical path + fingerprint: a value that can be saved, reviewed, edited. */
export interface Plan {
  readonly source: SourceReference;
  readonly milestone: {
    readonly title: string;
    readonly number: string;
    readonly url: string | null;
  };
  readonly status: "ready" | "needs_review";
  /** In source order, done ones included. */
  readonly issues: readonly PlannedIssue[];
  /**
   * Open and done issues, so that a wave keeps its number when the ones before it are done. A view and a report:
   * scheduling goes by readiness.
   */
  readonly waves: readonly (readonly TaskKey[])[];
  readonly criticalPath: readonly TaskKey[];
  readonly mergeOrder: readonly TaskKey[];
  /** Open issues that nothing in the plan blocks and that block nothing. */
  readonly free: readonly TaskKey[];
  readonly done: readonly TaskKey[];
  /** Each cycle once, as its path without the repeated first key. */
  readonly cycles: readonly (readonly TaskKey[])[];
  readonly findings: readonly PlanFinding[];
  readonly proposed: readonly ProposedEdge[];
  readonly conflictGroups: readonly ConflictGroup[];
  readonly estimates: Readonly<Record<TaskKey, Estimate>>;
  /** How estimates turned out before; absent without enough history. */
  readonly calibration?: Calibration;
  /** Equal for equal plans whatever the order of reading; changes when any body, edge or state does. */
  readonly fingerprint: string;
  readonly documents: readonly string[];
  readonly handoff: string | null;
}

export interface PlanOptions extends EstimateOptions, ConflictFacts {
  /** Issues without a word about dependencies that may collide: ask, put them in a row, or take them as they are. */
  readonly unmapped?: "propose" | "serialise" | "independent";
}

/**
 * Makes a plan of what a source has read: reads the texts, resolves the dependencies, computes the graph.
 * Never throws: everything that is wrong is a finding, critical where the run must not start without a person.
 */
export function buildPlan(milestone: Milestone, options: PlanOptions = {}): Plan {
  const { unmapped = "propose" } = options;
  const { issues: distinct, findings: doubles } = withoutDoubles(milestone.issues);
  const issues = withSpokenFor(distinct.map(completeIssue));
  const edges = resolveEdges(issues, milestone.repository);
  const declared = issues.map((issue, index): PlannedIssue => ({
    ...issue,
    blockers: edges.blockers[index] ?? [],
    conflictGroup: null,
    done: isDone(issue),
    blockedFromOutside: edges.outside[index] ?? null,
  }));
  const estimates = estimateIssues(declared, options);
  const ordered = unmapped === "serialise" ? serialise(declared, estimates) : declared;
  const { issues: planned, groups } = groupConflicts(ordered, milestone, options);
  const views = graphViews(planned, estimates);
  const calibration = calibrate(options.history ?? []);
  const asks = unmapped === "propose" && mayCollide(planned);
  return {
    source: milestone.source,
    milestone: { title: milestone.title, number: milestone.number, url: milestone.url },
    status: asks ? "needs_review" : "ready",
    issues: planned,
    ...views,
    done: planned.filter((issue) => issue.done).map((issue) => issue.key),
    findings: inOrder([
      ...milestone.findings,
      ...doubles,
      ...edges.findings,
      ...cycleFindings(views.cycles, planned),
      ...lintPlan(planned, milestone, { estimates }),
    ]),
    proposed: unmapped === "propose" ? proposeEdges(planned, views.mergeOrder) : [],
    conflictGroups: groups,
    estimates,
    ...(calibration === null ? {} : { calibration }),
    fingerprint: fingerprintOf(planned),
    documents: milestone.documents,
    handoff: milestone.handoff,
  };
}

function withoutDoubles(issues: readonly Issue[]): Pick<Milestone, "issues" | "findings"> {
  const first = new Map<string, Issue>();
  const findings: PlanFinding[] = [];
  for (const issue of issues) {
    const known = first.get(issue.key.toLowerCase());
    if (known === undefined) {
      first.set(issue.key.toLowerCase(), issue);
      continue;
    }
    const where = known.place.line === undefined ? "" : ` (line ${known.place.line})`;
    findings.push({
      code: "plan/duplicate-key",
      severity: "critical",
      key: issue.key,
      ...issue.place,
      message: `${issue.key} is there twice: "${known.title}"${where} and "${issue.title}".`,
      hint: "Give one of them another number; only the first is in the plan.",
    });
  }
  return { issues: [...first.values()], findings };
}

function serialise(issues: readonly PlannedIssue[], estimates: Estimates): readonly PlannedIssue[] {
  if (!mayCollide(issues)) return issues;
  const added = new Map<TaskKey, Blocker[]>();
  for (const [key, dependent, from] of serialEdges(
    issues,
    graphViews(issues, estimates).mergeOrder,
  )) {
    const blockers = added.get(dependent) ?? [];
    if (!blockers.some((blocker) => blocker.key === key))
      blockers.push({ key, strength: "hard", from });
    added.set(dependent, blockers);
  }
  return issues.map((issue) => ({
    ...issue,
    blockers: merged(issue.blockers, added.get(issue.key) ?? []),
  }));
}

function merged(declared: readonly Blocker[], added: readonly Blocker[]): readonly Blocker[] {
  const hard = new Set(
    declared.flatMap((blocker) => (blocker.strength === "hard" ? [blocker.key] : [])),
  );
  const fresh = added.filter((blocker) => !hard.has(blocker.key));
  const replaced = new Set(fresh.map((blocker) => blocker.key));
  return [...declared.filter((blocker) => !replaced.has(blocker.key)), ...fresh];
}

function cycleFindings(
  cycles: Plan["cycles"],
  issues: readonly PlannedIssue[],
): readonly PlanFinding[] {
  const byKey = new Map(issues.map((issue) => [issue.key, issue]));
  return cycles.map((cycle) => {
    const key = cycle[0] ?? "";
    const reasons = cycle.map((dependent, index) => {
      const blocker = cycle[(index + 1) % cycle.length];
      const edge = byKey.get(dependent)?.blockers.find((item) => item.key === blocker);
      return `${dependent} waits for ${blocker} by ${edge?.from ?? "the plan"}`;
    });
    return {
      code: "plan/cycle",
      severity: "critical",
      key,
      ...byKey.get(key)?.place,
      message: `${[...cycle, key].join(" -> ")} wait for each other.`,
      hint: `Remove one of these: ${reasons.slice(0, 6).join("; ")}.`,
    };
  });
}

const SEVERITIES = ["critical", "warning", "info"] as const;

/** Worst first, otherwise as they were found. */
function inOrder(findings: readonly PlanFinding[]): readonly PlanFinding[] {
  return findings.toSorted(
    (a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity),
  );
}

function byText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function fingerprintOf(issues: readonly PlannedIssue[]): string {
  const rows = issues.map((issue) =>
    JSON.stringify([
      issue.key,
      issue.title,
      issue.body,
      issue.state,
      issue.closedAs,
      issue.blockers.map((blocker) => `${blocker.strength} ${blocker.key}`).toSorted(byText),
      issue.blockedFromOutside,
    ]),
  );
  return sha256(rows.toSorted(byText).join("\n"));
}
