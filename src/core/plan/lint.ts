import type { Issue, Milestone, PlanFinding } from "./issue.ts";
import type { ConflictGroup, Plan, PlannedIssue } from "./plan.ts";

export interface LintViews {
  readonly groups: readonly ConflictGroup[];
  readonly waves: Plan["waves"];
}

/** Defects of a plan that its texts and edges show; what the resolving of edges has reported is not repeated. */
export function lintPlan(
  issues: readonly PlannedIssue[],
  _milestone: Milestone,
  _views: LintViews,
): readonly PlanFinding[] {
  return issues.filter((issue) => issue.state === "open").flatMap(textFindings);
}

/** What is missing in one open issue's text. */
function textFindings(issue: Issue): readonly PlanFinding[] {
  const where = { key: issue.key, ...issue.place };
  if (issue.body.trim() === "") {
    return [
      {
        code: "plan/empty-body",
        severity: "critical",
        ...where,
        message: `${issue.key} has a title and no text: an agent would have to guess.`,
        hint: "Write what should be true afterwards, or give the words when the run asks for them.",
      },
    ];
  }
  if (issue.acceptanceCriteria.length > 0) return [];
  return [
    {
      code: "plan/no-acceptance",
      severity: "warning",
      ...where,
      message: `${issue.key} says nowhere when it is done.`,
      hint: 'Add a section "Acceptance criteria" with one point for each thing that can be checked.',
    },
  ];
}
