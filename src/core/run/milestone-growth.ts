import { taskBranch } from "../execute/workspace-name.ts";
import { groupConflicts } from "../plan/conflict-groups.ts";
import type { Issue, Milestone } from "../plan/issue.ts";
import type { Blocker, PlannedIssue } from "../plan/plan.ts";
import { isDone } from "../plan/resolve-edges.ts";
import { stopTask } from "../review/fix-round.ts";
import type { Instant, TaskKey } from "../shared/names.ts";
import type { RunEvent } from "./events.ts";
import { circleWords } from "./milestone-edges.ts";
import type { Reading } from "./milestone-reading.ts";
import type { Run } from "./run.ts";
import { newTask } from "./task-state.ts";
import type { WaitsGraph } from "./waits-graph.ts";

interface Growing {
  readonly now: Instant;
  /** Pattern of task branches. */
  readonly branches: string;
  readonly milestone: Milestone;
}

/**
 * A task for each issue that came into the milestone, and the question whether it is to be brought home too: growth of
 * scope needs a person's word; without one the issue is left out.
 */
export function growth(
  run: Run,
  reading: Reading,
  graph: WaitsGraph,
  { now, branches, milestone }: Growing,
): readonly RunEvent[] {
  if (reading.added.length === 0) return [];
  const groups = groupsOf(run, reading, milestone);
  const taken = new Set([...run.tasks.values()].map(({ branch }) => branch));
  return reading.added.flatMap((issue): readonly RunEvent[] => {
    const { blockers, refused } = blockersOf(run, reading, graph, issue.key);
    const planned = {
      ...issue,
      blockers,
      conflictGroup: groups.get(issue.key) ?? null,
      done: false,
      blockedFromOutside: reading.after.outside.get(issue.key) ?? null,
    };
    const branch = freeName(taskBranch(branches, issue), taken);
    return [
      { type: "TaskAdded", task: issue.key, issue: planned, branch },
      ...asked(run, planned, branch, now),
      // Of a task that was left out at once nothing more is said.
      ...(run.settings.mode === "autonomous"
        ? []
        : refused.map((words) => ({ type: "TaskNoted", task: issue.key, words }) as const)),
    ];
  });
}

function asked(run: Run, issue: PlannedIssue, branch: string, now: Instant): readonly RunEvent[] {
  return stopTask(run, newTask(issue, branch, now), {
    kind: "scope",
    reason: "not-in-plan",
    text: `${issue.key} "${issue.title}" was added to the milestone while it runs.`,
    options: ["approve", "skip"],
    default: "skip",
  });
}

/** What the new issue waits for in this run; an edge that would close a circle is refused with words. */
function blockersOf(
  run: Run,
  reading: Reading,
  graph: WaitsGraph,
  key: TaskKey,
): { readonly blockers: readonly Blocker[]; readonly refused: readonly string[] } {
  const added = new Set(reading.added.map((issue) => issue.key));
  const blockers: Blocker[] = [];
  const refused: string[] = [];
  for (const blocker of reading.after.blockers.get(key) ?? []) {
    // What is neither a task nor taken as done is named as a blocker from outside.
    if (!run.tasks.has(blocker.key) && !added.has(blocker.key)) continue;
    if (blocker.strength === "hard") {
      if (graph.waitsFor(blocker.key, key)) {
        refused.push(circleWords(key, blocker.key));
        continue;
      }
      graph.add(key, blocker.key);
    }
    blockers.push(blocker);
  }
  return { blockers, refused };
}

/** The group of the run that a new issue falls into; of two that are new, one of their own. */
function groupsOf(
  run: Run,
  reading: Reading,
  milestone: Milestone,
): ReadonlyMap<TaskKey, string | null> {
  const { issues, after } = reading;
  const planned = issues.map((issue): PlannedIssue => ({
    ...issue,
    blockers: after.blockers.get(issue.key) ?? [],
    conflictGroup: null,
    done: isDone(issue),
    blockedFromOutside: after.outside.get(issue.key) ?? null,
  }));
  const { groups } = groupConflicts(planned, milestone, {});
  const groupIn = ({ key }: Issue): string | null => {
    const group = groups.find(({ keys }) => keys.includes(key));
    const known = (group?.keys ?? []).flatMap(
      (member) => run.tasks.get(member)?.issue.conflictGroup ?? [],
    );
    return known[0] ?? group?.id ?? null;
  };
  return new Map(reading.added.map((issue) => [issue.key, groupIn(issue)]));
}

function freeName(name: string, taken: Set<string>): string {
  let branch = name;
  for (let count = 2; taken.has(branch); count += 1) branch = `${name}-${count}`;
  taken.add(branch);
  return branch;
}
