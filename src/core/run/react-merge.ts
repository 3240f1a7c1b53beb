import { stopTask } from "../review/fix-round.ts";
import type { Instant } from "../shared/names.ts";
import type { Action } from "./actions.ts";
import { meetConflict } from "./conflict-rounds.ts";
import type { RunEvent, TaskEvent } from "./events.ts";
import type { Outcome } from "./outcomes.ts";
import { putBack } from "./put-back.ts";
import type { Run, Step, Task } from "./run.ts";

type MergeOutcome = Extract<Outcome, { of: "BuildCandidate" | "MergePullRequest" }>;

/** What follows at a branch's turn: a candidate was built, or the branch it targets was moved to it. */
export function reactToMerge(
  run: Run,
  task: Task,
  action: Action,
  outcome: MergeOutcome,
  now: Instant,
): readonly RunEvent[] {
  if (outcome.of === "BuildCandidate") {
    const isAwaited = task.status === "merging" && task.step.at === "candidate";
    if (!isAwaited || action.type !== "BuildCandidate") return [];
    // Built for an earlier turn, before somebody else moved the base: it takes its turn again.
    const head = run.integration?.head ?? "";
    if (action.onto !== head) return [{ type: "BaseMoved", task: task.key, base: head }];
    return candidateBuilt(run, task, action, outcome.result);
  }
  if (action.type !== "MergePullRequest") return [];
  const isAwaited =
    task.status === "merging" &&
    task.step.at === "move" &&
    task.step.candidate === action.candidate;
  if (!isAwaited) return mergedMeanwhile(task, outcome);
  const { result } = outcome;
  switch (result.kind) {
    case "merged":
      return [
        {
          type: "PullRequestMerged",
          task: task.key,
          from: action.from,
          commit: result.commit,
          ...(result.isAsChecked === false ? { isAsChecked: false } : {}),
        },
      ];
    case "base-rewound":
      return baseRewound(run, task, result.base, now);
    case "base-moved":
      return [{ type: "BaseMoved", task: task.key, base: result.base }];
    case "head-moved":
      return headMoved(run, task, result.head);
    case "merged-by-person":
      return [{ type: "MergedByPerson", task: task.key, commit: result.commit, tip: result.tip }];
    case "refused":
      return refusedByForge(run, task, result.why);
    case "deferred":
      return deferred(run, task, result, now);
  }
}

/**
 * What follows when the tree that will be merged is green here. Where the forge demands checks and the base has moved
 * since they ran, the branch is brought up to date and checked there once more; else it is merged.
 */
export function afterCandidateGates(
  run: Run,
  task: Task,
  place: { readonly candidate: string; readonly tree: string; readonly base: string },
): Step {
  const { candidate, tree, base } = place;
  const isStale = run.settings.forge !== undefined && task.checks?.areRequired === true;
  if (isStale && task.workspace !== null && task.workspace.forkPoint !== base)
    return { at: "update", onto: base, tree };
  return { at: "move", candidate, tree, base };
}

/** Later again; where the same keeps it off and nobody is alive who could end that, a person is asked. */
function deferred(
  run: Run,
  task: Task,
  { why, isQueued = false }: { readonly why: string; readonly isQueued?: boolean },
  now: Instant,
): readonly RunEvent[] {
  const { retryMs, forge } = run.settings;
  if (isQueued) {
    const notBefore = now + (forge?.ci.pollMs[0] ?? 30_000);
    return [{ type: "MergeDeferred", task: task.key, why, notBefore }];
  }
  const isAlive = [...run.tasks.values()].some(({ session }) => session !== null);
  if (!isAlive && task.detail === why && task.mergeTries > retryMs.length) {
    return stopTask(run, task, {
      kind: "trouble",
      reason: "trouble",
      text: `${task.key} cannot be merged, however often it is tried. ${why}`,
      options: ["retry", "skip", "abort"],
      default: "skip",
      always: true,
    });
  }
  const notBefore = now + (retryMs.at(-1) ?? 16_000);
  return [{ type: "MergeDeferred", task: task.key, why, notBefore }];
}

/** The branch's own rules are against it: a person can change that, in no mode is the work thrown away for it. */
function refusedByForge(run: Run, task: Task, why: string): readonly RunEvent[] {
  return stopTask(run, task, {
    kind: "trouble",
    reason: "trouble",
    text: `GitHub does not let ${task.key} be merged: ${why}`,
    options: ["retry", "skip", "abort"],
    default: "skip",
    always: true,
  });
}

/** What was merged before is no longer on the branch: nobody builds on that, a person puts it back. */
function baseRewound(run: Run, task: Task, base: string | null, now: Instant): readonly RunEvent[] {
  const { branch } = run.integration ?? { branch: "the branch" };
  const what = base === null ? "is gone" : `was moved back to ${base.slice(0, 10)}`;
  const detail = `${branch} ${what}; what was merged on it is lost there. Put it back (${putBack(run)}), then: cairn resume --acknowledge.`;
  return [
    // Its turn is taken again when the branch is back.
    { type: "MergeDeferred", task: task.key, why: `${branch} ${what}.`, notBefore: now },
    { type: "CriticalStopRaised", what: "rewound", task: task.key, detail },
  ];
}

/** A merge that took effect although the task had been given up meanwhile: what is on the branch is true. */
function mergedMeanwhile(task: Task, outcome: MergeOutcome): readonly RunEvent[] {
  if (
    outcome.of !== "MergePullRequest" ||
    (outcome.result.kind !== "merged" && outcome.result.kind !== "merged-by-person") ||
    task.status === "merged"
  )
    return [];
  return [
    {
      type: "MergedByPerson",
      task: task.key,
      commit: outcome.result.commit,
      tip: outcome.result.commit,
    },
  ];
}

/** Somebody pushed to the branch while it had its turn. */
export function headMoved(run: Run, task: Task, head: string): readonly TaskEvent[] {
  // Back to the queue first: the table knows a moved head only there.
  return [
    { type: "BaseMoved", task: task.key, base: run.integration?.head ?? "" },
    { type: "HeadMoved", task: task.key, head },
  ];
}

function candidateBuilt(
  run: Run,
  task: Task,
  action: Extract<Action, { type: "BuildCandidate" }>,
  result: Extract<MergeOutcome, { of: "BuildCandidate" }>["result"],
): readonly RunEvent[] {
  switch (result.kind) {
    case "clean": {
      const { commit, tree } = result;
      const place = { candidate: commit, tree, base: action.onto };
      const isGated = run.greenTrees.has(tree);
      const step: Step = isGated
        ? afterCandidateGates(run, task, place)
        : { at: "candidate-gates", ...place };
      const why = isGated
        ? "Its tree has passed the gates."
        : "The base has moved: the gates run on what will become the new base.";
      return [
        ...settledByRule(task, result.resolved),
        { type: "StepDecided", task: task.key, step, why },
      ];
    }
    case "base-moved":
      return [{ type: "BaseMoved", task: task.key, base: result.base }];
    case "empty":
      return [{ type: "MergedByPerson", task: task.key, commit: action.onto, found: true }];
    case "conflict":
      return meetConflict(run, task, action.onto, result);
    case "refused":
      return stopTask(run, task, {
        kind: "landing-check",
        reason: "landing-check",
        text: `The landing check refused ${task.key}: ${result.why} (${result.paths.slice(0, 5).join(", ")}).`,
        options: ["continue", "skip", "abort"],
        default: "skip",
      });
    case "head-moved":
      return headMoved(run, task, result.head);
  }
}

function settledByRule(
  task: Task,
  resolved: readonly { readonly path: string; readonly by: string }[] = [],
): readonly RunEvent[] {
  if (resolved.length === 0) return [];
  const files = resolved.map(({ path, by }) => `${path} (${by})`).join(", ");
  return [{ type: "TaskNoted", task: task.key, words: `Conflicts settled by rule: ${files}.` }];
}
