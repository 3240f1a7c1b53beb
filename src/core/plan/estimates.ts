import type { PlannedIssue } from "./plan.ts";
import type { Estimates } from "./plan-graph.ts";

export interface EstimateOptions {
  /** For issues without a size; 20. */
  readonly defaultMinutes?: number;
}

const DEFAULT_MINUTES = 20;
const MINUTES_BY_SIZE: Readonly<Record<string, number>> = { XS: 5, S: 10, M: 20, L: 45, XL: 90 };

/** Minutes of each issue by its size label, else the default. */
export function estimateIssues(
  issues: readonly PlannedIssue[],
  { defaultMinutes = DEFAULT_MINUTES }: EstimateOptions,
): Estimates {
  const minutesOf = (labels: readonly string[]): number => {
    for (const label of labels) {
      const size = /^size\s*[:/ -]\s*(xs|s|m|l|xl)$/iu.exec(label)?.[1]?.toUpperCase();
      if (size !== undefined) return MINUTES_BY_SIZE[size] ?? defaultMinutes;
    }
    return defaultMinutes;
  };
  return Object.fromEntries(
    issues.map((issue) => [issue.key, { minutes: minutesOf(issue.labels) }]),
  );
}
