import type { RunEvent } from "./events.ts";
import { asked, othersIn } from "./conflict-rounds.ts";
import { openDependents, type FollowUpDraft, type JoiningIssue } from "./follow-ups.ts";
import type { MetConflict } from "./merge-state.ts";
import { hasNotBegun } from "./milestone-edges.ts";
import type { Outcome } from "./outcomes.ts";
import type { Run, RunStatus, Task } from "./run.ts";

type GivenBackOutcome = Extract<Outcome, { of: "GiveBack" }>;

const OVER: ReadonlySet<RunStatus> = new Set(["complete", "cancelled"]);
const TITLE_MAX = 200;
const PATHS_MAX = 20;

/** The issue that takes the place of a task whose conflict is too heavy. The same state gives the same draft. */
export function giveBackDraft(run: Run, task: Task, conflict: MetConflict): FollowUpDraft {
  const { key, issue } = task;
  const others = othersIn(run, key, conflict);
  const against = others.length === 0 ? run.settings.integrationBranch : others.join(", ");
  return {
    marker: `conflict:${run.id}:${key}:${task.retries}`,
    of: key,
    title: `Resolve merge conflict: ${key} vs ${against}`.slice(0, TITLE_MAX).trim(),
    body: bodyOf(run, task, conflict, others),
    type: issue.type,
    priority: issue.priority,
    labels: [...new Set([...issue.labels, "conflict-resolution"])],
    files: [...new Set([...issue.files, ...conflict.files.map(({ path }) => path)])],
    acceptanceCriteria: issue.acceptanceCriteria,
    dependents: waitingDependents(run, key),
  };
}

/** What it takes over from the original: whom it waits for. The original itself is none of them, it is over. */
export function inItsPlace(original: Task, joining: JoiningIssue): JoiningIssue {
  const blockers = original.issue.blockers.filter(({ strength }) => strength === "hard");
  return { ...joining, issue: { ...joining.issue, blockers } };
}

function bodyOf(
  run: Run,
  { key, issue, branch, head }: Task,
  { why, files }: MetConflict,
  others: readonly string[],
): string {
  const merged = others.map(
    (other) => `- ${other} ${oneLine(run.tasks.get(other)?.issue.title ?? "")}`,
  );
  const criteria = issue.acceptanceCriteria.map((criterion) => `- ${oneLine(criterion)}`);
  const paths = files.slice(0, PATHS_MAX).map(({ path, kind }) => `- \`${path}\` (${kind})`);
  const more = files.length > PATHS_MAX ? [`- and ${files.length - PATHS_MAX} more`] : [];
  return [
    `The work of ${key} (${oneLine(issue.title)}) is done on the branch \`${branch}\`, at \`${head ?? ""}\`, and does not fit on what was merged meanwhile. Do it anew on the newest base: take from that branch what still holds, and keep what both wanted.`,
    why,
    ["**Paths that conflict:**", "", ...paths, ...more].join("\n"),
    ...(merged.length === 0 ? [] : [["**Merged meanwhile:**", "", ...merged].join("\n")]),
    ...(criteria.length === 0 ? [] : [["**Acceptance criteria:**", "", ...criteria].join("\n")]),
  ].join("\n\n");
}

function oneLine(words: string): string {
  return words.replaceAll(/\s+/g, " ").trim().slice(0, 300);
}

/** Whoever waits for it, or has begun on its unmerged work and is merged after it. */
function waitingDependents(run: Run, key: string): readonly string[] {
  return openDependents(run, key).filter((dependent) => {
    const task = run.tasks.get(dependent);
    if (task === undefined) return false;
    const standsOn = run.settings.start === "stacked" && !task.released.includes(key);
    return standsOn || hasNotBegun(run, task);
  });
}

/**
 * Row 20: the conflict is an issue of the source by now, and takes the task's place. In one append it joins the run, the
 * dependents wait for it instead, and the task is over; its branch stays, as material.
 */
export function reactToGiveBack(
  run: Run,
  task: Task,
  { result }: GivenBackOutcome,
): readonly RunEvent[] {
  const { step, key } = task;
  if (step.at !== "give-back" || OVER.has(run.status)) return [];
  if (result.kind === "refused")
    return asked(
      run,
      task,
      `${key} has a conflict too heavy to settle in place: ${step.conflict.why} ${result.why}`,
    );
  const { issue, branch } = result;
  const known = run.tasks.get(issue.key);
  // By its title too: a reading of the milestone may have brought it in before its maker's answer came.
  const isOther = known?.issue.followUpOf !== key && known?.issue.title !== issue.title;
  if (known !== undefined && isOther) {
    const why = "Another issue has that name by now; this one gets the next.";
    return [{ type: "StepDecided", task: key, step, why }];
  }
  const added: readonly RunEvent[] =
    known === undefined ? [{ type: "TaskAdded", task: issue.key, issue, branch }] : [];
  const by = `conflict of ${key}`;
  const moved = waitingDependents(run, key).flatMap((dependent): readonly RunEvent[] => [
    { type: "DependencyAdded", task: dependent, blocker: issue.key, by },
    { type: "DependencyRemoved", task: dependent, blocker: key, by },
  ]);
  const detail = `Given back as ${issue.key}: ${step.conflict.why}`;
  return [...added, ...moved, { type: "ConflictGivenBack", task: key, to: issue.key, detail }];
}
