import picomatch from "picomatch";
import { stopTask } from "../review/fix-round.ts";
import type { RunEvent, TaskEvent } from "./events.ts";
import type { Run, Task } from "./run.ts";

/**
 * The end of review: a protected surface, or the owner's wish to merge by hand, asks a person about this head; else the
 * task may queue.
 */
export function approveOrAsk(run: Run, task: Task): readonly RunEvent[] {
  const labels = surfaceLabels(run, task.changedPaths);
  const events: TaskEvent[] = [];
  if (labels.length > 0) events.push({ type: "LabelsSet", task: task.key, labels });
  if (labels.length > 0 && task.approvedHead !== task.head)
    return [...events, ...asks(run, task, labels)];
  if (!run.settings.mergeAuto && task.approvedHead !== task.head) {
    const stop = stopTask(run, task, {
      kind: "merge",
      reason: "protected-surface",
      text: `${task.key} is reviewed and green; merging waits for your word (merge.auto is false).`,
      options: ["approve", "skip", "abort"],
      default: "approve",
      always: true,
    });
    return [...events, ...stop];
  }
  return [...events, { type: "MergeApproved", task: task.key, head: task.head ?? "" }];
}

function asks(run: Run, task: Task, labels: readonly string[]): readonly TaskEvent[] {
  return stopTask(run, task, {
    kind: "protected-surface",
    reason: "protected-surface",
    text: `${task.key} changes a protected surface (${labels.join(", ")}).`,
    options: ["approve", "skip", "abort"],
    default: "skip",
    always: true,
  });
}

/** Somebody put a label of a protected surface on the pull request: it holds the merge as a changed path would. */
export function heldByLabel(run: Run, task: Task, labels: readonly string[]): readonly TaskEvent[] {
  const surfaces = Object.keys(run.settings.protectedSurfaces);
  const known = new Set(surfaces.map((label) => label.toLowerCase()));
  const holding = labels.filter((label) => known.has(label.toLowerCase()));
  if (holding.length === 0 || task.approvedHead === task.head) return [];
  const why = `The label ${holding.join(", ")} was put on its pull request.`;
  const asked = asks(run, task, holding);
  return task.status === "queued"
    ? [{ type: "ApprovalWithdrawn", task: task.key, why }, ...asked]
    : asked;
}

/** Labels of the protected surfaces that these paths touch. */
export function surfaceLabels(run: Run, paths: readonly string[]): readonly string[] {
  return Object.entries(run.settings.protectedSurfaces)
    .filter(([, patterns]) => {
      const isMatch = picomatch([...patterns], { dot: true });
      return paths.some((path) => isMatch(path));
    })
    .map(([label]) => label);
}
