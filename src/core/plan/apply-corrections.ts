import type { TaskKey } from "../shared/names.ts";
import { isHard, standingProposals, type PlanEdge } from "./apply-corrections-checks.ts";
import { addedWords, CorrectedPlan } from "./apply-corrections-draft.ts";
import type { Correction } from "./corrections.ts";
import type { PlanFinding } from "./issue.ts";
import { graphViews } from "./plan-graph.ts";
import type { Blocker, ConflictGroup, Plan, PlannedIssue, ProposedEdge } from "./plan.ts";

export type { PlanEdge };

/** What corrections do to a plan, exactly. */
export interface PlanDiff {
  readonly added: readonly PlanEdge[];
  readonly removed: readonly PlanEdge[];
  /** Left out of the run. */
  readonly dropped: readonly TaskKey[];
  /** Conflict groups that are new or have grown. */
  readonly groups: readonly ConflictGroup[];
  readonly ungrouped: readonly ConflictGroup[];
  /** Proposals that stand no more. */
  readonly withdrawn: readonly ProposedEdge[];
  /** Issues whose prompt has more words, and which. */
  readonly worded: readonly { readonly key: TaskKey; readonly text: string }[];
  readonly waves: { readonly before: number; readonly after: number };
  /** Sentences about what was as it should be already, or is not what one might expect. */
  readonly notes: readonly string[];
}

export interface CorrectedResult {
  readonly plan: Plan;
  readonly diff: PlanDiff;
  /** Why the corrections cannot be taken; then nothing of them is. */
  readonly refusals: readonly string[];
}

/**
 * Applies what a person said, all of it or nothing: no cycle that was not there, nobody left waiting for an issue that
 * is left out. Views and groups are derived anew; status and fingerprint stay those of the source's plan, so that it
 * can be compared with what the source says later.
 */
export function applyCorrections(plan: Plan, corrections: readonly Correction[]): CorrectedResult {
  const draft = new CorrectedPlan(plan);
  for (const correction of corrections) draft.apply(correction);
  const refusals = draft.refusals();
  if (refusals.length > 0) return { plan, diff: planDiff(plan, plan), refusals };
  const corrected = withIssues(plan, draft);
  const diff = { ...planDiff(plan, corrected), notes: draft.notes() };
  return { plan: corrected, diff, refusals: [] };
}

/** Takes the plan as it is, with what is proposed: every proposal becomes an edge, and nothing waits for a person. */
export function approvePlan(plan: Plan, proposedBy: string): Plan {
  const edges = plan.proposed.map(({ blocker, dependent, reason }) => ({
    blocker,
    dependent,
    from: `proposed by ${proposedBy}, approved: ${reason}`,
  }));
  return { ...withEdges(plan, edges), status: "ready" };
}

/** A plan with more hard edges that close no circle; nothing is proposed any more. */
export function withEdges(
  plan: Plan,
  edges: readonly (PlanEdge & { readonly from: string })[],
): Plan {
  const added = Map.groupBy(edges, (edge) => edge.dependent);
  const issues = plan.issues.map((issue): PlannedIssue => {
    const own = added.get(issue.key) ?? [];
    if (own.length === 0) return issue;
    const keys = new Set(own.map((edge) => edge.blocker));
    const fresh = own.map(({ blocker, from }): Blocker => ({
      key: blocker,
      strength: "hard",
      from,
    }));
    return {
      ...issue,
      blockers: [...issue.blockers.filter((blocker) => !keys.has(blocker.key)), ...fresh],
    };
  });
  return { ...plan, issues, ...viewsOf(plan, issues), proposed: [] };
}

/** What is otherwise in the second plan: its edges, its issues, its groups. */
export function planDiff(before: Plan, after: Plan): PlanDiff {
  const left = new Set(after.issues.map((issue) => issue.key));
  const bodies = new Map(before.issues.map((issue) => [issue.key, issue.body]));
  const worded = after.issues.filter((issue) => bodies.get(issue.key) !== issue.body);
  const addedTo = ({ key, body }: PlannedIssue): string =>
    addedWords(body.slice(bodies.get(key)?.trimEnd().length ?? 0));
  return {
    ...edgeDiff(before, after),
    dropped: before.issues.flatMap(({ key }) => (left.has(key) ? [] : [key])),
    ...groupDiff(before, after),
    withdrawn: before.proposed.filter((edge) => !after.proposed.includes(edge)),
    worded: worded.map((issue) => ({ key: issue.key, text: addedTo(issue) })),
    waves: { before: wavesIn(before), after: wavesIn(after) },
    notes: [],
  };
}

/** A plan with other proposals: those of an agent, held against the graph as it is. */
export function withProposals(plan: Plan, proposed: readonly ProposedEdge[]): Plan {
  return { ...plan, proposed: standingProposals(plan.issues, proposed) };
}

function withIssues(plan: Plan, draft: CorrectedPlan): Plan {
  const issues = draft.issues();
  const views = viewsOf(plan, issues);
  return {
    ...plan,
    issues,
    ...views,
    done: plan.done.filter((key) => draft.has(key)),
    findings: findingsOf(plan, draft, views.cycles),
    proposed: draft.proposals(),
    conflictGroups: draft.groups(),
    estimates: Object.fromEntries(Object.entries(plan.estimates).filter(([key]) => draft.has(key))),
  };
}

/** A plan of one wave keeps that wave's number. */
function viewsOf(plan: Plan, issues: readonly PlannedIssue[]): ReturnType<typeof graphViews> {
  const views = graphViews(issues, plan.estimates);
  const before = plan.waves.findIndex((keys) => keys.length > 0);
  const empty = Array.from({ length: Math.max(0, before) }, (): TaskKey[] => []);
  return { ...views, waves: [...empty, ...views.waves] };
}

const ANSWERED_BY_WORDS = new Set(["plan/empty-body", "plan/no-acceptance", "plan/no-tests"]);

function findingsOf(
  plan: Plan,
  draft: CorrectedPlan,
  cycles: Plan["cycles"],
): readonly PlanFinding[] {
  const worded = new Set(draft.worded());
  const paths = cycles.map((cycle) => [...cycle, cycle[0] ?? ""].join(" -> "));
  const isKnown = (path: string): boolean =>
    plan.findings.some(
      (finding) => finding.code === "plan/cycle" && finding.message.startsWith(`${path} `),
    );
  const kept = plan.findings.filter(({ code, key, message }) => {
    if (code === "plan/cycle") return paths.some((path) => message.startsWith(`${path} `));
    if (key === undefined) return true;
    return draft.has(key) && !(worded.has(key) && ANSWERED_BY_WORDS.has(code));
  });
  // Behind a cycle that was cut another one of the same knot may show.
  const shown = cycles.flatMap((cycle, index): readonly PlanFinding[] => {
    const path = paths[index] ?? "";
    if (isKnown(path)) return [];
    return [
      {
        code: "plan/cycle",
        severity: "critical",
        key: cycle[0] ?? "",
        message: `${path} wait for each other.`,
        hint: `Say which of them does not wait: \`${cycle[0]} does not need ${cycle[1]}\`.`,
      },
    ];
  });
  return [...shown, ...kept];
}

function wavesIn(plan: Plan): number {
  return plan.waves.filter((keys) => keys.length > 0).length;
}

/** Edges of issues that are still in the plan; those of a dropped one went with it. */
function edgeDiff(before: Plan, after: Plan): Pick<PlanDiff, "added" | "removed"> {
  const was = new Map(before.issues.map((issue) => [issue.key, issue]));
  const left = new Set(after.issues.map((issue) => issue.key));
  const added: PlanEdge[] = [];
  const removed: PlanEdge[] = [];
  for (const issue of after.issues) {
    const old = was.get(issue.key)?.blockers ?? [];
    if (old === issue.blockers) continue;
    const hardBefore = new Set(old.filter(isHard).map(({ key }) => key));
    const now = new Set(issue.blockers.map(({ key }) => key));
    for (const { key, strength } of issue.blockers)
      if (strength === "hard" && !hardBefore.has(key))
        added.push({ blocker: key, dependent: issue.key });
    for (const { key } of old)
      if (!now.has(key) && left.has(key)) removed.push({ blocker: key, dependent: issue.key });
  }
  return { added, removed };
}

function groupDiff(before: Plan, after: Plan): Pick<PlanDiff, "groups" | "ungrouped"> {
  const now = new Map(after.conflictGroups.map((group) => [group.id, group]));
  const was = new Map(before.conflictGroups.map((group) => [group.id, group]));
  const left = new Set(after.issues.map((issue) => issue.key));
  return {
    groups: after.conflictGroups.filter(
      (group) => (was.get(group.id)?.keys.length ?? 0) < group.keys.length,
    ),
    // One that was taken into another is still a group, one whose issues are left out is nobody's.
    ungrouped: before.conflictGroups.filter(({ id, keys }) => {
      const stay = keys.filter((key) => left.has(key));
      const isInside = after.conflictGroups.some((group) =>
        stay.every((key) => group.keys.includes(key)),
      );
      return !now.has(id) && stay.length > 1 && !isInside;
    }),
  };
}
