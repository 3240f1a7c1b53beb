import { minutesOfLabels, sizeOf, statedMinutes } from "./estimates-words.ts";
import { KnownWork } from "./estimates-known.ts";
import type { HistorySample } from "./forecast-history.ts";
import type { PlannedIssue } from "./plan.ts";
import type { Estimates } from "./plan-graph.ts";

/** Sources in which somebody said how long it takes; the others follow from sizes and from the log. */
const STATED: ReadonlySet<EstimateSource | undefined> = new Set([
  "source",
  "steps",
  "text",
  "label",
]);

/** Where an estimate comes from, the strongest first. */
export type EstimateSource = "source" | "steps" | "size" | "text" | "label" | "history" | "default";

export interface Estimate {
  /** Of an agent's work from its first session to the merge. */
  readonly minutes: number;
  /** Dollars, from what such work cost before; absent where no price is known. */
  readonly usd?: number;
  /** Absent in plans stored before it was kept. */
  readonly source?: EstimateSource;
}

export interface EstimateOptions {
  /** For issues without a size; 20. */
  readonly defaultMinutes?: number;
  /** Tasks that earlier runs merged. */
  readonly history?: readonly HistorySample[];
}

/** Of an issue that nothing is known of: size M. A rule of thumb until the log has tasks. */
export const DEFAULT_MINUTES = 20;
/** One step without a time: two to five minutes, as plans of steps want it. */
const STEP_MINUTES = 4;

/**
 * Minutes of each issue: what the source says, its steps, its size label, a time in its text or in a label; else the
 * median of what issues of its type took before; else the default. A size takes the median of its size once the
 * history has one. Dollars follow from the minutes where the history has prices.
 */
export function estimateIssues(
  issues: readonly PlannedIssue[],
  { defaultMinutes = DEFAULT_MINUTES, history = [] }: EstimateOptions,
): Estimates {
  const known = new KnownWork(history);
  const price = known.usdPerMinute();
  return Object.fromEntries(
    issues.map((issue) => {
      const estimate = estimateOf(issue, known, defaultMinutes);
      const usd = price === null ? {} : { usd: roundCents(estimate.minutes * price) };
      return [issue.key, { ...estimate, ...usd }];
    }),
  );
}

/** True where the issue itself says how long it takes. */
export function isStated({ source }: Estimate): boolean {
  return STATED.has(source);
}

function estimateOf(issue: PlannedIssue, known: KnownWork, otherwise: number): Estimate {
  if (issue.minutes !== undefined && issue.minutes > 0)
    return { minutes: issue.minutes, source: "source" };
  const steps = issue.steps ?? [];
  if (steps.some((step) => step.minutes !== null)) {
    const minutes = steps.reduce((sum, step) => sum + (step.minutes ?? STEP_MINUTES), 0);
    return { minutes, source: "steps" };
  }
  const size = sizeOf(issue.labels);
  if (size !== null) return { minutes: known.minutesOfSize(size), source: "size" };
  const stated = statedMinutes(issue.title, issue.body);
  if (stated !== null) return { minutes: stated, source: "text" };
  const labelled = minutesOfLabels(issue.labels);
  if (labelled !== null) return { minutes: labelled, source: "label" };
  const before = known.minutesOfType(issue.type);
  return before === null
    ? { minutes: otherwise, source: "default" }
    : { minutes: before, source: "history" };
}

function roundCents(usd: number): number {
  return Math.round(usd * 100) / 100;
}
