import type { Action } from "../../../src/core/run/actions.ts";
import type { RunSettings } from "../../../src/core/run/run.ts";
import { roll } from "../../simulation/random.ts";
import type { StoryIssue } from "../../support/run-story.ts";
import { median } from "../figures.ts";
import { runOnPaper } from "../paper-run.ts";
import type { Row } from "./row.ts";

const ISSUES = 100;
const SLOTS = 8;
const SEEDS = 40;
const MINUTE_MS = 60_000;
/** Of an implementer's session, lognormal and clipped; nobody reviews. */
const SESSION = { median: 12, sigma: 0.8, min: 3, max: 60 } as const;
const GATE_MINUTES = 5;
/**
 * As many as keep up with the agents, whose sessions take 16 minutes on the average, if a branch is gated once; each is
 * gated alone and as merged, so that the runs with twice as many are those that gates do not hold up.
 */
const GATE_SLOTS = Math.ceil((SLOTS * GATE_MINUTES) / 16);

/** As labels of size are read, each up to so many minutes; three in ten are off by one. */
const SIZES = [
  { upTo: 8, minutes: 10 },
  { upTo: 24, minutes: 20 },
  { upTo: SESSION.max, minutes: 45 },
] as const;
const WRONG_SIZES = 0.3;

/**
 * Whole runs on the real rules, in simulated time, against what no scheduler can beat: max(critical path, work / slots).
 * Where nothing is known of an issue's length a path is the number of issues on it, and any schedule of that kind comes
 * to 1.07 to 1.10 of that bound on these milestones; labels of size, wrong as they are, say enough.
 */
export function wholeRunRows(): readonly Row[] {
  const gates = { gateMinutes: GATE_MINUTES, gateSlots: GATE_SLOTS };
  return (["foundations", "any before"] as const).flatMap((waits): readonly Row[] => {
    const sized = {
      waits,
      sizes: true,
      start: "merged",
      gateMinutes: 0,
      gateSlots: SLOTS,
    } as const;
    const unsized = { ...sized, sizes: false } as const;
    return [
      rowOf(sized, 0.5, 1.05),
      rowOf(sized, 0.95, 1.2),
      rowOf(unsized, 0.5, 1.05),
      rowOf(unsized, 0.95, 1.2),
      rowOf({ ...sized, ...gates }, 0.5, null),
      rowOf({ ...sized, ...gates, start: "stacked" }, 0.5, 1.25),
      rowOf({ ...sized, ...gates, gateSlots: 2 * GATE_SLOTS, start: "stacked" }, 0.5, 1.25),
    ];
  });
}

interface Place {
  /** What most issues wait for. */
  readonly waits: "foundations" | "any before";
  /** Whether issues have a label of their size. */
  readonly sizes: boolean;
  readonly start: "merged" | "stacked";
  readonly gateMinutes: number;
  readonly gateSlots: number;
}

const known = new Map<string, readonly { readonly bound: number; readonly makespan: number }[]>();

function rowOf(place: Place, at: 0.5 | 0.95, aim: number | null): Row {
  const name = JSON.stringify(place);
  const runs =
    known.get(name) ?? Array.from({ length: SEEDS }, (_, index) => wholeRun(index + 1, place));
  known.set(name, runs);
  const { waits, sizes, start, gateMinutes, gateSlots } = place;
  const gates = gateMinutes === 0 ? "no gates" : `gates of ${gateMinutes} min, ${gateSlots} slots`;
  const ratios = runs.map(({ bound, makespan }) => makespan / bound).toSorted((a, b) => a - b);
  const labels = sizes ? "sizes" : "no sizes";
  return {
    what: `run of ${ISSUES} on ${waits}, ${labels}, ${SLOTS} agents, ${gates}, ${start}${at === 0.5 ? "" : ", p95"}`,
    baseline: median(runs.map(({ bound }) => bound)),
    ours: median(runs.map(({ makespan }) => makespan)),
    unit: "min",
    ratio: at === 0.5 ? median(ratios) : (ratios[Math.ceil(at * SEEDS) - 1] ?? Number.NaN),
    aim,
    note: `critical path or work / agents, gates left out of it; seeds 1..${SEEDS}, worst ${(ratios.at(-1) ?? 0).toFixed(3)}`,
  };
}

/** In minutes. */
function wholeRun(seed: number, { waits, sizes, start, gateMinutes, gateSlots }: Place) {
  const milestone = randomMilestone(seed, waits);
  const issues = sizes ? milestone.map((issue) => withSize(seed, issue)) : milestone;
  const timeOf = (action: Action): number => MINUTE_MS * minutesOf(seed, action, gateMinutes);
  const { run, makespanMs } = runOnPaper(issues, settingsOf(start, gateSlots), timeOf);
  if (run.merged.length !== ISSUES)
    throw new Error(`Seed ${seed}: ${run.merged.length} of ${ISSUES} merged, ${run.status}.`);
  return { bound: boundOf(seed, issues), makespan: makespanMs / MINUTE_MS };
}

function settingsOf(start: "merged" | "stacked", parallel: number): Partial<RunSettings> {
  const medium = { files: 3, hunks: 6, lines: 80, attempts: 2 };
  return {
    start,
    parallel: SLOTS,
    // Whoever waits for gates is not at work: enough may be begun that no agent waits for them.
    inFlight: 4 * SLOTS,
    review: { mode: "none", rounds: 0 },
    merging: { train: "auto", everyCommitGreen: false, medium, heavy: "ask" },
    gates: {
      preMerge: [{ name: "test", run: "true", kind: "test", timeoutMs: 60_000 }],
      postMerge: [],
      parallel,
      outputBytes: 1_000,
    },
    budget: { sessionUsd: null, taskUsd: null, runUsd: null },
  };
}

/** A tenth is a foundation, the last eight join things at the end, and the rest waits for one to three before it. */
function randomMilestone(seed: number, waits: Place["waits"]): readonly StoryIssue[] {
  const first = ISSUES / 10;
  const last = ISSUES - 8;
  return Array.from({ length: ISSUES }, (_, index) => {
    const count = index < first ? 0 : 1 + Math.floor(roll(seed, "count", index) * 3);
    const from = index < last ? 0 : first;
    const needs = new Set<string>();
    for (let edge = 0; edge < count; edge += 1) {
      const isOnFirst = waits === "foundations" && index < last;
      const reach = (isOnFirst ? first : Math.min(index, last)) - from;
      needs.add(keyOf(from + Math.floor(roll(seed, "edge", index, edge) * reach)));
    }
    return { key: keyOf(index), title: `Issue ${index + 1}`, needs: [...needs] };
  });
}

function withSize(seed: number, issue: StoryIssue): StoryIssue {
  const right = SIZES.findIndex(({ upTo }) => sessionMinutes(seed, issue.key) <= upTo);
  const off = roll(seed, "size", issue.key);
  const said = right + (off >= WRONG_SIZES ? 0 : off < WRONG_SIZES / 2 ? -1 : 1);
  const { minutes } = SIZES[Math.min(SIZES.length - 1, Math.max(0, said))] ?? SIZES[1];
  return { ...issue, minutes };
}

function keyOf(index: number): string {
  return `1.${index + 1}`;
}

function minutesOf(seed: number, action: Action, gateMinutes: number): number {
  switch (action.type) {
    case "RunSession":
      return sessionMinutes(seed, action.task);
    case "RunGates":
    case "GateTrain":
      return gateMinutes;
    default:
      return 0;
  }
}

function sessionMinutes(seed: number, task: string): number {
  const { median: middle, sigma, min, max } = SESSION;
  // Two even numbers make one that is normally distributed.
  const length = Math.sqrt(-2 * Math.log(1 - roll(seed, "length", task)));
  const normal = length * Math.cos(2 * Math.PI * roll(seed, "angle", task));
  return Math.min(max, Math.max(min, middle * Math.exp(sigma * normal)));
}

function boundOf(seed: number, issues: readonly StoryIssue[]): number {
  const ends = new Map<string, number>();
  let work = 0;
  for (const { key, needs = [] } of issues) {
    const session = sessionMinutes(seed, key);
    work += session;
    ends.set(key, session + Math.max(0, ...needs.map((need) => ends.get(need) ?? 0)));
  }
  return Math.max(work / SLOTS, ...ends.values());
}
