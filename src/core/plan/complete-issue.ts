import { parseFollowUpOf } from "./follow-up-line.ts";
import type { Declaration, Issue, IssueType, Priority } from "./issue.ts";
import { readBody, readPriority } from "./read-body.ts";
import { readDependencies } from "./read-dependencies.ts";

/**
 * Fills in what the issue's own text says: dependencies, type, priority, files, acceptance criteria, labels.
 * What the source knows by itself (labels, forge edges, order of the plan) comes in with the issue and is kept;
 * an order of the plan gives way to any statement about blockers in the text, also to `none`.
 */
export function completeIssue(issue: Issue): Issue {
  const said = readBody(issue.body);
  const files = union(issue.files, said.files);
  const labels = union(issue.labels, said.labels);
  const followUpOf = issue.followUpOf ?? parseFollowUpOf(issue.body);
  return {
    ...issue,
    ...readEdges(issue),
    ...(followUpOf === null ? {} : { followUpOf }),
    files,
    labels,
    priority: issue.priority ?? said.priority ?? priorityOf(labels),
    type: said.type ?? typeOf(issue.type, labels, files),
    acceptanceCriteria:
      issue.acceptanceCriteria.length > 0 ? issue.acceptanceCriteria : said.acceptanceCriteria,
  };
}

function readEdges(issue: Issue): Pick<Issue, "declarations" | "statesDependencies" | "parent"> {
  // A source that has read the text itself is not read twice.
  if (issue.edgesAreGiven === true) {
    return { declarations: issue.declarations, statesDependencies: issue.statesDependencies };
  }
  if (issue.declarations.some((item) => item.origin === "text")) {
    return { declarations: issue.declarations, statesDependencies: true };
  }
  const { file, line } = issue.place;
  const read = readDependencies(issue.body, {
    ...(file === undefined ? {} : { file }),
    firstLine: bodyLine(line, file),
  });
  const kept = read.statesBlockers
    ? issue.declarations.filter((item) => item.origin !== "order")
    : issue.declarations;
  const declarations: readonly Declaration[] = [...kept, ...read.declarations];
  const parent = issue.parent ?? read.parent;
  return {
    ...(parent === null ? {} : { parent }),
    declarations,
    statesDependencies: issue.statesDependencies || read.statesDependencies || kept.length > 0,
  };
}

/** In a file the body begins below its heading; a body without a file counts its own lines. */
function bodyLine(line: number | undefined, file: string | undefined): number {
  return file === undefined || line === undefined ? 1 : line + 1;
}

function union(first: readonly string[], second: readonly string[]): readonly string[] {
  return [...new Set([...first, ...second])];
}

function priorityOf(labels: readonly string[]): Priority | null {
  for (const label of labels) {
    const priority = /^(?:p[0-2]$|prio)/iu.test(label) ? readPriority(label) : null;
    if (priority !== null) return priority;
  }
  return null;
}

/** Without a type line an issue is CODING, unless its label or its paths say documentation. */
function typeOf(type: IssueType, labels: readonly string[], files: readonly string[]): IssueType {
  if (type !== "CODING") return type;
  const isLabelled = labels.some((label) =>
    /^(?:(?:type|kind|area)[:/ ]\s*)?(?:docs?|documentation)$/iu.test(label),
  );
  return isLabelled || (files.length > 0 && files.every(isDocument)) ? "RESEARCH" : "CODING";
}

function isDocument(path: string): boolean {
  return /^docs\/|\.(?:md|mdx|rst|adoc|txt)$/iu.test(path);
}

/** An issue about whose blockers another one's text speaks (an epic's) has been spoken about, too. */
export function withSpokenFor(issues: readonly Issue[]): readonly Issue[] {
  const named = new Set(
    issues.flatMap(({ declarations }) =>
      declarations.flatMap(({ dependent }) => (dependent === undefined ? [] : [plain(dependent)])),
    ),
  );
  if (named.size === 0) return issues;
  return issues.map((issue) =>
    named.has(plain(issue.key)) || named.has(plain(issue.number))
      ? { ...issue, statesDependencies: true }
      : issue,
  );
}

function plain(reference: string): string {
  return reference.replace(/^#/u, "").toLowerCase();
}
