import type { ReviewStage } from "../execute/agent-report.ts";
import type { RoundKind, Run, Step, Task } from "../run/run.ts";
import { stagesOf } from "../run/settings.ts";

/**
 * What follows when a commit is published: the first group of stages that this patch-id still needs, or the end of the
 * draft. An unchanged patch-id is not reviewed again; a fix after the first stage is seen by it again, a later fix by
 * the last stage only.
 */
export function nextReviewStep(run: Run, task: Task, patchId: string, after: RoundKind | null): Step {
  const groups = stagesOf(run.settings.review.mode);
  for (const [index, group] of groups.entries()) {
    const isLast = index === groups.length - 1;
    if (!group.every((stage) => isSettled(task, stage, patchId, after, isLast))) return { at: "review", stages: group, retry: false };
  }
  return { at: "undraft" };
}

function isSettled(task: Task, stage: ReviewStage, patchId: string, after: RoundKind | null, isLast: boolean): boolean {
  const passed = task.passed[stage];
  if (passed === undefined) return false;
  return passed === patchId || (after !== null && after !== stage && !isLast);
}
