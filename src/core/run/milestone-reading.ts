import { completeIssue, withSpokenFor } from "../plan/complete-issue.ts";
import type { Issue, Milestone } from "../plan/issue.ts";
import type { Blocker } from "../plan/plan.ts";
import { isDone, resolveEdges } from "../plan/resolve-edges.ts";
import type { TaskKey } from "../shared/names.ts";
import { owedActions } from "./admission.ts";
import type { Run } from "./run.ts";
import { isTerminal } from "./task-state.ts";

/** What holds each issue, as declarations say it. */
export interface EdgesRead {
  readonly blockers: ReadonlyMap<TaskKey, readonly Blocker[]>;
  readonly outside: ReadonlyMap<TaskKey, string | null>;
}

/** A milestone read again, beside what the run knew of it. */
export interface Reading {
  /** Issues as they are now, read to the end. */
  readonly listed: ReadonlyMap<TaskKey, Issue>;
  /** Open issues that are no task of the run and were not taken as done. */
  readonly added: readonly Issue[];
  /** All that count for the graph now; those that are gone from the milestone as they were. */
  readonly issues: readonly Issue[];
  /** By what the run knew, and by what is written now: edges of corrections and of serial order are in neither. */
  readonly before: EdgesRead;
  readonly after: EdgesRead;
}

/** Reads what a source answered against what the run knows. A run of a part of the milestone takes nothing new in. */
export function readAgain(run: Run, milestone: Milestone): Reading {
  const listed = new Map(
    withSpokenFor(distinct(milestone.issues).map(completeIssue)).map((issue) => [issue.key, issue]),
  );
  const known = knownIssues(run);
  const asTask = (issue: Issue): Issue =>
    run.tasks.has(issue.key) ? { ...issue, state: "open", closedAs: null } : issue;
  const { wholeMilestone } = run.settings;
  const beingMade = restsBeingMade(run);
  const added = [...listed.values()].filter(
    ({ key, state, followUpOf = "" }) =>
      wholeMilestone &&
      state === "open" &&
      !run.tasks.has(key) &&
      !run.freed.has(key) &&
      !beingMade.has(followUpOf),
  );
  const counts = (issue: Issue): boolean =>
    known.has(issue.key) || wholeMilestone || isDone(issue) || run.freed.has(issue.key);
  // In the order of the source both times, so that what is listed stands in the same order.
  const gone = [...known.values()].filter(({ key }) => !listed.has(key));
  // What is over is not read again: what its text said of others holds.
  const current = (issue: Issue): Issue => {
    const task = run.tasks.get(issue.key);
    return task !== undefined && isTerminal(task.status) ? task.issue : issue;
  };
  const issues = [...[...listed.values()].filter(counts).map(current), ...gone].map(asTask);
  const grown = new Set(added.map(({ key }) => key));
  const were = issues
    .filter(({ key }) => known.has(key) || !grown.has(key))
    .map((issue) => asTask(known.get(issue.key) ?? issue));
  const repository = milestone.repository ?? null;
  return {
    listed,
    added,
    issues,
    before: edgesOf(were, repository),
    after: edgesOf(issues, repository),
  };
}

/**
 * Tasks whose rest is being made an issue just now: it may be read before whoever makes it has answered. That answer
 * takes it in, without a question; only what nobody makes any more has come from outside.
 */
function restsBeingMade(run: Run): ReadonlySet<TaskKey> {
  const making = new Set<TaskKey>();
  for (const action of owedActions(run))
    if (action.type === "AddFollowUps") making.add(action.task);
  return making;
}

/** Issues of the plan and of what was added since, as the run knows them. */
function knownIssues(run: Run): ReadonlyMap<TaskKey, Issue> {
  const known = new Map<TaskKey, Issue>();
  for (const issue of run.plan?.issues ?? []) known.set(issue.key, issue);
  for (const { key, issue } of run.tasks.values()) known.set(key, issue);
  return known;
}

function distinct(issues: readonly Issue[]): readonly Issue[] {
  const first = new Map<string, Issue>();
  for (const issue of issues) {
    const name = issue.key.toLowerCase();
    if (!first.has(name)) first.set(name, issue);
  }
  return [...first.values()];
}

function edgesOf(issues: readonly Issue[], repository: string | null): EdgesRead {
  const { blockers, outside } = resolveEdges(issues, repository);
  return {
    blockers: new Map(issues.map(({ key }, index) => [key, blockers[index] ?? []])),
    outside: new Map(issues.map(({ key }, index) => [key, outside[index] ?? null])),
  };
}

/** Hard blockers by key, with where each was read. */
export function hardIn(edges: EdgesRead, key: TaskKey): ReadonlyMap<TaskKey, string> {
  const hard = (edges.blockers.get(key) ?? []).filter(({ strength }) => strength === "hard");
  return new Map(hard.map((blocker) => [blocker.key, blocker.from]));
}
