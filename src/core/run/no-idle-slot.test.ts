import fc from "fast-check";
import { expect, test } from "vitest";
import { runOnPaper, type Watch } from "../../../test/bench/paper-run.ts";
import type { StoryIssue } from "../../../test/support/run-story.ts";
import { slotsTaken, tasksInFlight } from "./admission.ts";
import type { Run } from "./run.ts";
import { isTerminal, taskStatus } from "./task-state.ts";
import { RULES } from "./transition.ts";

interface Problem {
  /** For each task, in order: minutes of its session, and which earlier tasks block it. */
  readonly tasks: readonly { readonly minutes: number; readonly blockers: readonly number[] }[];
  readonly parallel: number;
  readonly start: "merged" | "stacked";
}

const problem: fc.Arbitrary<Problem> = fc.record({
  tasks: fc
    .array(
      fc.record({
        minutes: fc.integer({ min: 1, max: 60 }),
        blockers: fc.array(fc.nat(30), { maxLength: 3 }),
      }),
      { minLength: 1, maxLength: 24 },
    )
    .map((tasks) =>
      tasks.map(({ minutes, blockers }, at) => ({
        minutes,
        blockers: at === 0 ? [] : [...new Set(blockers.map((one) => one % at))],
      })),
    ),
  parallel: fc.integer({ min: 1, max: 6 }),
  start: fc.constantFrom("merged", "stacked"),
});

const nameOf = (at: number): string => `t${at}`;

/** Every slot that is free while somebody could begin, by name of the first who could. */
function idleSlot(run: Run, now: number): string | null {
  const { parallel, inFlight } = run.settings;
  if (run.status !== "running" || slotsTaken(run) >= parallel) return null;
  if (tasksInFlight(run) >= inFlight) return null;
  const preparing = new Set(
    [...run.effects.values()].map(({ action }) => ("task" in action ? action.task : "")),
  );
  for (const task of run.tasks.values()) {
    const waits = task.notBefore !== null && task.notBefore > now;
    if (taskStatus(run, task) === "ready" && !preparing.has(task.key) && !waits) return task.key;
  }
  return null;
}

function solve(
  { tasks, parallel, start }: Problem,
  rules: Watch["rules"] = {},
): { readonly makespan: number; readonly bound: number; readonly idle: readonly string[] } {
  const issues = tasks.map(({ blockers }, at): StoryIssue => ({
    key: nameOf(at),
    title: nameOf(at),
    needs: blockers.map(nameOf),
  }));
  const minutesOf = new Map(tasks.map(({ minutes }, at) => [nameOf(at), minutes]));
  const settings = {
    parallel,
    inFlight: 2 * parallel + 1,
    start,
    review: { mode: "none", rounds: 0 },
  } as const;
  const idle: string[] = [];
  const { run, makespanMs } = runOnPaper(
    issues,
    settings,
    (action) => (action.type === "RunSession" ? (minutesOf.get(action.task) ?? 0) : 0),
    Infinity,
    {
      rules,
      decided: (state, now) => {
        const task = idleSlot(state, now);
        if (task !== null) idle.push(task);
      },
    },
  );
  for (const task of run.tasks.values()) expect(isTerminal(task.status)).toBe(true);
  const path: number[] = [];
  for (const [at, { minutes, blockers }] of tasks.entries())
    path[at] = minutes + Math.max(0, ...blockers.map((blocker) => path[blocker] ?? 0));
  const work = tasks.reduce((sum, { minutes }) => sum + minutes, 0);
  const least = Math.max(work / parallel, ...path);
  return { makespan: makespanMs, bound: (2 - 1 / parallel) * least, idle };
}

test("no slot is idle while a task could begin, so no run is longer than a list schedule may be", () => {
  fc.assert(
    fc.property(problem, (one) => {
      const { makespan, bound, idle } = solve(one);
      expect(idle).toEqual([]);
      expect(makespan).toBeLessThanOrEqual(bound + 1e-6);
    }),
    { numRuns: 300 },
  );
});

const oneSlotLess: typeof RULES.decide = (run, now) => {
  const settings = { ...run.settings, parallel: run.settings.parallel - 1 };
  return RULES.decide({ ...run, settings }, now);
};

test("planted: a slot that is never given away is seen", () => {
  const field = { minutes: 10, blockers: [] };
  const one: Problem = { tasks: [field, field, field], parallel: 2, start: "merged" };
  expect(solve(one).idle).toEqual([]);
  expect(solve(one, { decide: oneSlotLess }).idle.length).toBeGreaterThan(0);
});
