import { stopTask } from "../review/fix-round.ts";
import type { Instant, TaskKey } from "../shared/names.ts";
import type { RunEvent } from "./events.ts";
import { failWork } from "./fail-work.ts";
import { leftOf, openDependents } from "./follow-ups.ts";
import { hasNotBegun } from "./milestone-edges.ts";
import type { Outcome } from "./outcomes.ts";
import type { Run, RunStatus, Task } from "./run.ts";

type Added = Extract<Outcome, { of: "AddFollowUps" }>;

/** Nothing joins a run that is over; its tasks are, too. */
const OVER: ReadonlySet<RunStatus> = new Set(["complete", "cancelled"]);

/**
 * What a partial result leaves is in the source: its issues join the run without being asked about, every dependent that
 * has not begun waits for both parts, and the part goes on.
 */
export function reactToFollowUps(
  run: Run,
  task: Task,
  outcome: Added,
  now: Instant,
): readonly RunEvent[] {
  const { step } = task;
  if (step.at !== "follow-up" || OVER.has(run.status)) return [];
  const { result } = outcome;
  if (result.kind === "refused") return refused(run, task, result.why, now);
  const isTaken = result.issues.some(({ issue }) => {
    const known = run.tasks.get(issue.key);
    return known !== undefined && known.issue.followUpOf !== task.key;
  });
  if (isTaken) {
    // Two rests were named at the same time; the names are chosen anew, by what the run has now.
    const why = "Another issue has that name by now; the rest gets the next one.";
    return [{ type: "StepDecided", task: task.key, step, why }];
  }
  const keys = result.issues.map(({ issue }) => issue.key);
  const added = result.issues.flatMap(({ issue, branch }): readonly RunEvent[] =>
    run.tasks.has(issue.key) ? [] : [{ type: "TaskAdded", task: issue.key, issue, branch }],
  );
  return [
    ...added,
    ...openDependents(run, task.key)
      .filter((dependent) => !keys.includes(dependent))
      .flatMap((dependent) => keys.flatMap((key) => waitsForBoth(run, task, dependent, key))),
    { type: "FollowUpsAdded", task: task.key, keys, step: { at: "publish", commit: step.commit } },
  ];
}

/** What has begun already stands on something else: it is only told. */
function waitsForBoth(
  run: Run,
  task: Task,
  dependent: TaskKey,
  blocker: TaskKey,
): readonly RunEvent[] {
  const waiting = run.tasks.get(dependent);
  if (waiting === undefined) return [];
  if (hasNotBegun(run, waiting)) {
    const by = `follow-up of ${task.key}`;
    return [{ type: "DependencyAdded", task: dependent, blocker, by }];
  }
  const words = `Only a part of ${task.key} is done, the rest is ${blocker}; ${dependent} has begun already and goes on.`;
  return [{ type: "TaskNoted", task: dependent, words }];
}

/** Without a place for the rest a part is never merged as the whole. */
function refused(run: Run, task: Task, why: string, now: Instant): readonly RunEvent[] {
  const detail = `${whatIsLeft(run, task)} ${why}`;
  if (run.settings.mode === "autonomous")
    return failWork(run, task, { reason: "partial", detail }, [], now);
  return asked(run, task, detail);
}

/** As many rests as one issue may have were made already: a person decides what becomes of this one. */
export function tooManyFollowUps(run: Run, task: Task, left: string): readonly RunEvent[] {
  const most = run.settings.discipline?.followUps ?? 0;
  const issues = most === 1 ? "one follow-up" : `${most} follow-ups`;
  return asked(
    run,
    task,
    `${left} Its original has ${issues} already, which is the most there may be.`,
  );
}

function asked(run: Run, task: Task, text: string): readonly RunEvent[] {
  return stopTask(run, task, {
    kind: "partial",
    reason: "partial",
    text,
    options: ["retry", "skip", "abort"],
    // Not `retry`: with a time limit nobody would ever end it.
    default: "skip",
  });
}

function whatIsLeft(run: Run, task: Task): string {
  return `Only a part was done. Left: ${leftOf(run, task).join("; ")}.`;
}
