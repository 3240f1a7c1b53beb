import type { ReviewStage } from "../execute/agent-report.ts";
import type { RoundKind, Run, RunSettings, Step, Task } from "../run/run.ts";

/** Stages a review mode asks for, in order; `one-pass` gets both verdicts from one session. */
export function stagesOf(mode: RunSettings["review"]["mode"]): readonly (readonly ReviewStage[])[] {
  switch (mode) {
    case "none":
      return [];
    case "one-pass":
      return [["spec", "quality"]];
    case "two-stage":
      return [["spec"], ["quality"]];
  }
}

/** The groups that look at this task: those of the mode, then its tests where the scan of them has found something. */
function groupsFor(run: Run, task: Task): readonly (readonly ReviewStage[])[] {
  const { review, discipline } = run.settings;
  const groups = stagesOf(review.mode);
  const judgesTests = review.mode !== "none" && (discipline?.testRounds ?? null) !== null;
  // Whoever has asked for a change of the tests looks at what became of it, also where the scan finds nothing any more.
  const hasAsked = task.rejections.some(({ stage }) => stage === "tests");
  const looks = judgesTests && (hasAsked || (task.change?.tests.length ?? 0) > 0);
  return looks ? [...groups, ["tests"] as const] : groups;
}

/**
 * What follows when a commit is published: the first group of stages that this patch-id still needs, or the end of the
 * draft. An unchanged patch-id is not reviewed again; a fix after the first stage is seen by it again, a later fix by
 * the last stage only.
 */
export function nextReviewStep(
  run: Run,
  task: Task,
  patchId: string,
  after: RoundKind | null,
): Step {
  const groups = groupsFor(run, task);
  const reviewing = stagesOf(run.settings.review.mode).length;
  for (const [index, group] of groups.entries()) {
    const isLast = index >= reviewing - 1;
    const isSettled = (stage: ReviewStage): boolean => {
      const passed = task.passed[stage];
      if (passed === undefined) return false;
      const isOthers = after !== null && after !== stage && !isLast;
      return passed === patchId || isOthers;
    };
    if (!group.every(isSettled)) return { at: "review", stages: group, retry: false };
  }
  return { at: "undraft" };
}

/** The stages whose verdict a question is about: those that were asked, or the one whose fix rounds are used up. */
export function stagesAskedAbout(task: Task): readonly ReviewStage[] {
  const came = task.cameFrom?.step;
  if (came?.at === "review") return came.stages;
  const kind = task.cameFrom?.status === "fixing" ? task.roundKind : null;
  return kind === "spec" || kind === "quality" || kind === "tests" ? [kind] : [];
}

/** What follows when these stages have passed this patch-id: the groups after them that have not seen it yet. */
export function stepAfterReview(
  run: Run,
  task: Task,
  reviewed: readonly ReviewStage[],
  patchId: string,
): Step {
  const groups = groupsFor(run, task);
  const at = groups.findIndex((group) => reviewed.every((stage) => group.includes(stage)));
  const next = groups
    .slice(at + 1)
    .find((group) => !group.every((stage) => task.passed[stage] === patchId));
  return next === undefined ? { at: "undraft" } : { at: "review", stages: next, retry: false };
}
