import type { Issue } from "../plan/issue.ts";
import type { PlannedIssue } from "../plan/plan.ts";

/** What of an issue may change while its task goes on. */
export type IssueTexts = Pick<
  Issue,
  | "title"
  | "body"
  | "labels"
  | "priority"
  | "files"
  | "acceptanceCriteria"
  | "declarations"
  | "statesDependencies"
> & { readonly parent: string | null };

/** The texts of an issue, in the order in which they are compared. */
export function textsOf(issue: Issue): IssueTexts {
  const { title, body, labels, priority, files } = issue;
  const { acceptanceCriteria, declarations, statesDependencies, parent = null } = issue;
  return {
    title,
    body,
    labels,
    priority,
    files,
    acceptanceCriteria,
    declarations,
    statesDependencies,
    parent,
  };
}

/** The issue with those texts; one that names no parent has none. */
export function withTexts(issue: PlannedIssue, texts: IssueTexts): PlannedIssue {
  const { parent, ...rest } = texts;
  const { parent: _before, ...kept } = issue;
  return { ...kept, ...rest, ...(parent === null ? {} : { parent }) };
}
