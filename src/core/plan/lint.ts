import type { Issue, Milestone, PlanFinding } from "./issue.ts";
import { lintGroups, lintWaves } from "./lint/declared-order.ts";
import { lintLabels } from "./lint/labels.ts";
import { lintRelations } from "./lint/relations.ts";
import { lintSize } from "./lint/size.ts";
import { lintText } from "./lint/texts.ts";
import type { Estimates } from "./plan-graph.ts";
import type { PlannedIssue } from "./plan.ts";

export interface LintViews {
  readonly estimates: Estimates;
}

/**
 * Defects of a plan that its texts, its edges and what its source declares show. What the source and the resolving of
 * edges have reported is not repeated; every code stands in docs/plan-findings.md. Linear, never throws.
 */
export function lintPlan(
  issues: readonly PlannedIssue[],
  milestone: Milestone,
  { estimates }: LintViews,
): readonly PlanFinding[] {
  const open = issues.filter((issue) => issue.state === "open" && !issue.done);
  const found = [
    ...open.flatMap((issue) => (issue.groomed === false ? [notGroomed(issue)] : [])),
    ...(isSpecified(milestone) ? open.filter(isBlank) : open).flatMap(lintText),
    ...open.flatMap((issue) => lintSize(issue, estimates[issue.key])),
    ...lintLabels(open),
    ...lintRelations(issues),
    ...lintGroups(issues, milestone),
    ...lintWaves(issues, milestone),
  ];
  const reported = new Set(milestone.findings.map(nameOf));
  return reported.size === 0 ? found : found.filter((finding) => !reported.has(nameOf(finding)));
}

/** Tasks of spec-kit are lines; what is to be true in the end stands in the specification, which every agent gets. */
function isSpecified({ source, documents }: Milestone): boolean {
  return source.kind === "spec-kit" && documents.some((path) => /(?:^|\/)spec\.md$/u.test(path));
}

function isBlank({ body }: Issue): boolean {
  return body.trim() === "";
}

function nameOf({ code, key }: PlanFinding): string {
  return `${code} ${key ?? ""}`;
}

function notGroomed(issue: Issue): PlanFinding {
  return {
    code: "plan/not-groomed",
    severity: "critical",
    key: issue.key,
    ...issue.place,
    message: `not groomed: ${issue.key}, run \`cairn groom\``,
    hint: "The plan says that nobody has looked at its dependencies and conflicts yet; `cairn groom` proposes them.",
  };
}
