import { DEFAULT_MINUTES, isStated } from "./estimates.ts";
import { calibrate, RULE_OF_THUMB } from "./forecast-calibration.ts";
import type { Calibration, Range } from "./forecast-calibration.ts";
import type { HistorySample } from "./forecast-history.ts";
import { makespan } from "./forecast-schedule.ts";
import type { Schedule } from "./forecast-schedule.ts";
import { openGraph } from "./plan-graph.ts";
import type { OpenGraph } from "./plan-graph.ts";
import type { Plan, PlannedIssue } from "./plan.ts";

export interface ForecastOptions {
  /** Issues worked on at the same time. */
  readonly parallel: number;
  /** Tasks that earlier runs merged; absent: what the plan was made with. */
  readonly history?: readonly HistorySample[];
}

/** How long a run of a plan may take and cost. Time that a run waits for people is not in it. */
export interface Forecast {
  readonly minutes: Range;
  /** Null where no price is known. */
  readonly usd: Range | null;
  /** What it rests on, in words: `history of 12 tasks`, `sizes`, `defaults`. */
  readonly basis: string;
  /** Open issues that it is about. */
  readonly tasks: number;
  /** Open issues that cannot start, for a cycle or a blocker outside; not in it. */
  readonly stuck: number;
  readonly parallel: number;
}

/**
 * What a run of the open issues takes: they are put on `parallel` slots as the scheduler would, longest chain first,
 * members of a conflict group one after another, three times: with everything early, as expected, and late. That all
 * issues are late together is a bad case, not a likely one: the bounds are wide on purpose. Deterministic.
 */
export function forecast(
  plan: Pick<Plan, "issues" | "estimates" | "calibration">,
  { parallel, history }: ForecastOptions,
): Forecast {
  const calibration = history === undefined ? (plan.calibration ?? null) : calibrate(history);
  const graph = openGraph(plan.issues);
  const factors = graph.open.map((issue) => factorsOf(plan, issue, calibration));
  const { low, likely, high, nodes } = schedules(
    graph,
    graph.open.map(({ key }) => plan.estimates[key]?.minutes ?? DEFAULT_MINUTES),
    factors,
    parallel,
  );
  const isPriced = nodes.some((node) => usdOf(plan, graph.open[node]) !== null);
  const cost = (end: keyof Range): number =>
    cents(
      nodes.reduce(
        (sum, node) => sum + (usdOf(plan, graph.open[node]) ?? 0) * (factors[node]?.[end] ?? 1),
        0,
      ),
    );
  return {
    minutes: {
      low: Math.round(low),
      likely: Math.round(likely),
      high: Math.round(high),
    },
    usd: isPriced ? { low: cost("low"), likely: cost("likely"), high: cost("high") } : null,
    basis: basisOf(plan, graph.open, calibration),
    tasks: nodes.length,
    stuck: graph.open.length - nodes.length,
    parallel,
  };
}

/** One play for each bound; where all factors are equal, they only stretch the time of one. */
function schedules(
  graph: OpenGraph,
  minutes: readonly number[],
  factors: readonly Range[],
  parallel: number,
): Range & { readonly nodes: readonly number[] } {
  const [first = RULE_OF_THUMB] = factors;
  if (factors.every((range) => range === first)) {
    const once = makespan(graph, minutes, parallel);
    const stretched = (factor: number): number => once.minutes * factor;
    return {
      low: stretched(first.low),
      likely: stretched(first.likely),
      high: stretched(first.high),
      nodes: once.nodes,
    };
  }
  const play = (end: keyof Range): Schedule =>
    makespan(
      graph,
      minutes.map((each, node) => each * (factors[node]?.[end] ?? 1)),
      parallel,
    );
  const likely = play("likely");
  return {
    low: play("low").minutes,
    likely: likely.minutes,
    high: play("high").minutes,
    nodes: likely.nodes,
  };
}

function factorsOf(
  { estimates }: Pick<Plan, "estimates">,
  { key }: PlannedIssue,
  calibration: Calibration | null,
): Range {
  const estimate = estimates[key];
  const isOwn = estimate !== undefined && isStated(estimate);
  return (isOwn ? calibration?.stated : calibration?.learnt) ?? RULE_OF_THUMB;
}

function usdOf(
  { estimates }: Pick<Plan, "estimates">,
  issue: PlannedIssue | undefined,
): number | null {
  return estimates[issue?.key ?? ""]?.usd ?? null;
}

function basisOf(
  { estimates }: Pick<Plan, "estimates">,
  open: readonly PlannedIssue[],
  calibration: Calibration | null,
): string {
  if (calibration !== null) return `history of ${calibration.tasks} tasks`;
  const sources = open.map(({ key }) => estimates[key]?.source ?? "default");
  return sources.every((source) => source === "default") ? "defaults" : "sizes";
}

function cents(usd: number): number {
  return Math.round(usd * 100) / 100;
}
