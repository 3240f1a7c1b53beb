import type { Milestone } from "./issue.ts";
import type { ConflictGroup, PlannedIssue } from "./plan.ts";

/** What is known about files beyond the issues' own words. */
export interface ConflictFacts {
  /** Pairs of files that changed together before, with how often; nothing is known where absent. */
  readonly changedTogether?: readonly {
    readonly files: readonly [string, string];
    readonly commits: number;
  }[];
}

export interface GroupedIssues {
  readonly issues: readonly PlannedIssue[];
  readonly groups: readonly ConflictGroup[];
}

/** Puts open issues that may touch the same files, and that nothing orders yet, into groups. */
export function groupConflicts(
  issues: readonly PlannedIssue[],
  milestone: Milestone,
  _facts: ConflictFacts,
): GroupedIssues {
  const declared = milestone.conflictGroups ?? [];
  const groups = declared.map(({ id, reason, keys }) => ({ id, reason, keys }));
  const groupOf = new Map(groups.flatMap(({ id, keys }) => keys.map((key) => [key, id] as const)));
  return {
    issues: issues.map((issue) => ({ ...issue, conflictGroup: groupOf.get(issue.key) ?? null })),
    groups,
  };
}
