import { TASK_BRANCH } from "../execute/workspace-name.ts";
import type { Milestone } from "../plan/issue.ts";
import type { Instant } from "../shared/names.ts";
import type { RunEvent, TaskEvent } from "./events.ts";
import { textsOf } from "./issue-texts.ts";
import { isAddedFollowUp } from "./follow-up-chain.ts";
import { edgeNews } from "./milestone-edges.ts";
import { growth } from "./milestone-growth.ts";
import { readAgain, type Reading } from "./milestone-reading.ts";
import type { Run, RunStatus, Task } from "./run.ts";
import { isTerminal } from "./task-state.ts";
import { WaitsGraph } from "./waits-graph.ts";

/** Before and after these the plan is being made, or there is nothing left that could change. */
const READS: ReadonlySet<RunStatus> = new Set([
  "running",
  "draining",
  "paused",
  "waiting",
  "halted",
]);

/**
 * What has changed since the milestone was read last: texts, edges, what is closed, added or gone. The answer folded,
 * the same reading answers nothing. What follows from a closed issue is decided by `closedIssues`, when nothing of its
 * task is under way. `branches` is the pattern of task branches.
 */
export function reactToMilestone(
  run: Run,
  milestone: Milestone,
  now: Instant,
  branches: string = TASK_BRANCH,
): readonly RunEvent[] {
  if (!READS.has(run.status)) return [];
  const reading = readAgain(run, milestone);
  const graph = new WaitsGraph(run);
  const open = [...run.tasks.values()].filter((task) => !isTerminal(task.status));
  const edges = edgeNews(run, reading, graph, open);
  const added = growth(run, reading, graph, { now, branches, milestone });
  const events = [
    ...open.flatMap((task) => issueNews(run, task, reading)),
    ...edges.freeing,
    ...added,
    // Last, for it may close whole chains over tasks of which nothing is to be told then.
    ...edges.holding(),
  ];
  return [...events, ...wakes(run, events)];
}

/** What became of one issue, apart from its edges. */
function issueNews(run: Run, task: Task, { listed }: Reading): readonly TaskEvent[] {
  const issue = listed.get(task.key);
  // A list that was asked for before a follow-up was made, or that the service keeps for a while, has it not yet.
  if (issue === undefined && isAddedFollowUp(run, task.key)) return [];
  if (issue === undefined)
    return noted(task, `${task.key} is no longer in the milestone; its work goes on.`);
  const texts = textsOf(issue);
  const isSame = JSON.stringify(texts) === JSON.stringify(textsOf(task.issue));
  return [
    ...(isSame ? [] : [{ type: "IssueEdited", task: task.key, issue: texts } as const]),
    ...closing(run, task, issue),
  ];
}

function closing(
  run: Run,
  task: Task,
  { state, closedAs }: Pick<Task["issue"], "state" | "closedAs">,
): readonly TaskEvent[] {
  if (state === task.issue.state) return [];
  if (state === "open") return [{ type: "IssueReopened", task: task.key }];
  // By this run, when its work was merged: that was taken back since.
  if (
    closedAs === "completed" &&
    run.landings.some((one) => one.takesBack && one.task === task.key)
  )
    return noted(task, `The issue ${task.key} was closed when it was merged; its work goes on.`);
  // A part of a milestone may begin with what was closed before: that is no news of today.
  if (!run.settings.wholeMilestone)
    return noted(task, `The issue ${task.key} is closed; this run of a part goes on with it.`);
  return [{ type: "IssueClosedElsewhere", task: task.key, as: closedAs ?? "completed" }];
}

function noted(task: Task, words: string): readonly TaskEvent[] {
  return task.notes.includes(words) ? [] : [{ type: "TaskNoted", task: task.key, words }];
}

/** Row 34: a run that waited goes on when something was freed. */
function wakes(run: Run, events: readonly RunEvent[]): readonly RunEvent[] {
  const isFreed = events.some(
    ({ type }) => type === "DependencyRemoved" || type === "OutsideFreed",
  );
  if (run.status !== "waiting" || !isFreed) return [];
  return [{ type: "RunResumed", by: "the milestone", afterPanic: false, acknowledged: false }];
}
