import type { Action } from "../../src/core/run/actions.ts";
import { commit, type StoryIssue } from "../support/run-story.ts";
import { runOnPaper } from "./paper-run.ts";
import { median, type Figure } from "./figures.ts";

const SLOTS = 8;
const ISSUES = 100;
const SEEDS = 50;
const MINUTE_MS = 60_000;
const GATES_MS = 30_000;

/** Length of simulated runs against what no scheduler can beat: `max(critical path, work / slots)`. */
export function benchMakespan(): readonly Figure[] {
  const ratios = Array.from({ length: SEEDS }, (_, index) => ratioOf(index + 1));
  const worst = ratios.reduce((a, b) => Math.max(a, b));
  return [
    {
      what: `makespan / max(critical path, work / ${SLOTS}), ${ISSUES} issues, seeds 1..${SEEDS}`,
      value: median(ratios),
      unit: "x",
      aim: 1.05,
      note: `worst ${worst.toFixed(3)}`,
    },
  ];
}

function ratioOf(seed: number): number {
  const issues = randomMilestone(seed);
  const timeOf = (action: Action): number => durationOf(seed, action);
  const settings = {
    parallel: SLOTS,
    inFlight: 2 * SLOTS + 1,
    budget: { sessionUsd: null, taskUsd: null, runUsd: null },
  };
  const { run, makespanMs } = runOnPaper(issues, settings, timeOf);
  if (run.merged.length !== ISSUES)
    throw new Error(`Seed ${seed}: ${run.merged.length} of ${ISSUES} merged, ${run.status}.`);
  return makespanMs / bound(seed, issues);
}

/** Later issues wait for up to three of the fifteen before them. */
function randomMilestone(seed: number): readonly StoryIssue[] {
  return Array.from({ length: ISSUES }, (_, index) => {
    const count = Math.floor(roll(seed, `count-${index}`) * 4);
    const needs = new Set<string>();
    for (let edge = 0; edge < Math.min(count, index); edge += 1) {
      const back = 1 + Math.floor(roll(seed, `edge-${index}-${edge}`) * Math.min(15, index));
      needs.add(keyOf(index - back));
    }
    return { key: keyOf(index), title: `Issue ${index + 1}`, needs: [...needs] };
  });
}

function keyOf(index: number): string {
  return `1.${index + 1}`;
}

function durationOf(seed: number, action: Action): number {
  switch (action.type) {
    case "RunSession":
      return sessionMs(seed, action.task, action.stages.length > 0);
    case "RunGates":
    case "RunBaseline":
    case "TestIntegration":
      return GATES_MS;
    default:
      return 0;
  }
}

/** An implementer takes 5 to 45 minutes, a reviewer 2 to 8. */
function sessionMs(seed: number, task: string, isReview: boolean): number {
  const [from, to] = isReview ? [2, 8] : [5, 45];
  return Math.round((from + roll(seed, `${task}-${String(isReview)}`) * (to - from)) * MINUTE_MS);
}

/** Baseline and verification stand before and behind everything; a task's way is session, gates, review, merge. */
function bound(seed: number, issues: readonly StoryIssue[]): number {
  const ends = new Map<string, number>();
  let work = 0;
  for (const { key, needs = [] } of issues) {
    const sessions = sessionMs(seed, key, false) + sessionMs(seed, key, true);
    work += sessions;
    const begin = Math.max(0, ...needs.map((need) => ends.get(need) ?? 0));
    ends.set(key, begin + sessions + 2 * GATES_MS);
  }
  return 2 * GATES_MS + Math.max(work / SLOTS, ...ends.values());
}

/** The same number in [0, 1) for the same words. */
function roll(seed: number, words: string): number {
  return Number.parseInt(commit(`${seed}/${words}`).slice(0, 8), 16) / 2 ** 32;
}
