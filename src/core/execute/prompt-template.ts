import type { IssueType } from "../plan/issue.ts";
import type { AgentRole } from "../run/settings.ts";
import type { ReviewStage } from "./agent-report.ts";

/**
 * Name of the template a session works by: `prompts/<name>.md`, or the file of that name in the repository's own
 * folder. Implementers have one for each task type, all others one for each role; a session that gives several
 * verdicts has its own.
 */
export function promptTemplate(
  role: AgentRole,
  type: IssueType,
  stages: readonly ReviewStage[],
): string {
  if (stages.length > 1) return "one-pass-reviewer";
  return role === "implementer" ? IMPLEMENTERS[type] : role;
}

const IMPLEMENTERS: Readonly<Record<IssueType, string>> = {
  CODING: "implementer",
  VALIDATION: "implementer-validation",
  RESEARCH: "implementer-research",
  MIXED: "implementer-mixed",
};
