import { judgeGates } from "../execute/judge-gates.ts";
import { hasRoundLeft, roundsUsedUp, stopTask } from "../review/fix-round.ts";
import { nextReviewStep } from "../review/stages.ts";
import type { Instant } from "../shared/names.ts";
import type { Action } from "./actions.ts";
import { approveOrAsk } from "./approval.ts";
import { baseWasGated, beforeBlame } from "./base-gates.ts";
import type { RunEvent } from "./events.ts";
import type { Outcome } from "./outcomes.ts";
import { afterCandidateGates, headMoved } from "./react-merge.ts";
import { failWork, notDescended } from "./fail-work.ts";
import { judgeAutofixed, judgeCommitted } from "./react-work.ts";
import { workspacePrepared } from "./react-workspace.ts";
import type { Run, Step, Task } from "./run.ts";
import { gatedCommit } from "./step-action.ts";
import { isStarted } from "./task-state.ts";

type BranchOutcome = Extract<
  Outcome,
  {
    of:
      | "PrepareWorkspace"
      | "PrepareSession"
      | "CommitLeftovers"
      | "Autofix"
      | "RunGates"
      | "PublishPullRequest"
      | "LeaveDraft"
      | "UpdateBranch"
      | "BeginMerge";
  }
>;

/** What follows from effects on a task's own branch, workspace and pull request. */
export function reactToBranch(
  run: Run,
  task: Task,
  action: Action,
  outcome: BranchOutcome,
  now: Instant,
): readonly RunEvent[] {
  switch (outcome.of) {
    case "PrepareWorkspace":
      return workspacePrepared(run, task, action, outcome);
    case "PrepareSession":
      return sessionPrepared(task, action, outcome.protectedRefs);
    case "CommitLeftovers":
      return task.step.at === "commit" ? judgeCommitted(run, task, outcome, now) : [];
    case "Autofix":
      return task.step.at === "autofix" ? judgeAutofixed(run, task, outcome.work, now) : [];
    case "RunGates":
      return gatesRan(run, task, outcome, now);
    case "PublishPullRequest":
      return task.step.at === "publish" ? published(run, task, outcome, now) : [];
    case "LeaveDraft":
      return task.step.at === "undraft" ? leftDraft(run, task, now) : [];
    case "UpdateBranch":
      return task.step.at === "update" ? branchUpdated(run, task, action, outcome) : [];
    case "BeginMerge":
      return task.step.at === "begin-merge" ? mergeBegun(run, task, action, outcome, now) : [];
  }
}

function gatesRan(
  run: Run,
  task: Task,
  outcome: Extract<Outcome, { of: "RunGates" }>,
  now: Instant,
): readonly RunEvent[] {
  if (!isStarted(task.status)) return [];
  if (gatedCommit(task.step) !== outcome.commit) return [];
  const findings = judgeGates(outcome.results, run.baseline);
  if (task.step.at === "base-gates") return baseWasGated(run, task, { ...outcome, findings });
  if (findings.length === 0) {
    const { commit, tree, results } = outcome;
    return [
      ...flakeSeen(run, task),
      { type: "GatesPassed", task: task.key, commit, tree, results, step: afterGates(run, task) },
    ];
  }
  const first = beforeBlame(run, task);
  if (first !== null) return first;
  if (task.status === "fixing")
    return failWork(
      run,
      task,
      { reason: "gates-red", detail: firstLine(findings[0]?.message) },
      findings,
      now,
    );
  if (!hasRoundLeft(run, task, "pullRequest"))
    return roundsUsedUp(run, task, "pullRequest", "gates-red", findings);
  const step: Step =
    task.status === "merging"
      ? { at: "begin-merge" }
      : { at: "session", reminder: null, continues: null };
  return [
    {
      type: "GatesFailed",
      task: task.key,
      commit: outcome.commit,
      findings,
      results: outcome.results,
      step,
    },
  ];
}

/** Red when it was added to a green prefix, green on the same tree: the evidence of a flake. */
function flakeSeen(run: Run, { key, step }: Task): readonly RunEvent[] {
  const { alone } = run.trains;
  if (step.at !== "candidate-gates" || alone?.task !== key || alone.red === null) return [];
  // Others may have moved the branch since: then it is another tree, and nobody knows.
  if (alone.tree !== step.tree) return [];
  const gates = alone.red.join(", ");
  const words = `Flaky: ${gates} was red when it was gated with others, and green on the same tree.`;
  return [{ type: "TaskNoted", task: key, words }];
}

function firstLine(text: string | undefined): string {
  return (text ?? "A gate failed.").split("\n")[0] ?? "";
}

function afterGates(run: Run, task: Task): Step {
  if (task.step.at === "candidate-gates") return afterCandidateGates(run, task, task.step);
  if (task.step.at !== "gates") return { at: "none" };
  const { commit } = task.step;
  return { at: run.settings.discipline === undefined ? "publish" : "proof", commit };
}

function published(
  run: Run,
  task: Task,
  outcome: Extract<Outcome, { of: "PublishPullRequest" }>,
  now: Instant,
): readonly RunEvent[] {
  const { work, number, url } = outcome;
  if (task.step.at !== "publish") return [];
  if (!work.descends) return rewritten(run, task, now);
  if (work.head !== task.step.commit) {
    // Somebody pushed between the gates and now: what is accepted is what was gated.
    const step: Step = { at: "gates", commit: work.head };
    return [{ type: "StepDecided", task: task.key, step, why: "The branch has moved meanwhile." }];
  }
  const step = nextReviewStep(run, task, work.patchId, task.roundKind);
  const { head, patchId, changedPaths } = work;
  const accepted = {
    task: task.key,
    head,
    patchId,
    changedPaths,
    step,
    pullRequest: { number, url },
  };
  if (task.status === "running") return [{ type: "WorkAccepted", ...accepted }];
  const { forkPoint } = outcome;
  const updated = forkPoint === undefined ? {} : { forkPoint };
  return [{ type: "FixAccepted", ...accepted, ...updated }];
}

/** The branch no longer contains its fork point: merged as it is, it would silently take back what others merged. */
function rewritten(run: Run, task: Task, now: Instant): readonly RunEvent[] {
  if (task.status !== "reviewing") return failWork(run, task, notDescended(task), [], now);
  return stopTask(run, task, {
    kind: "landing-check",
    reason: "landing-check",
    text: `The branch of ${task.key} was rewritten and no longer contains the commit it started from.`,
    options: ["resolve", "skip", "abort"],
    default: "skip",
  });
}

function branchUpdated(
  run: Run,
  task: Task,
  action: Action,
  outcome: Extract<Outcome, { of: "UpdateBranch" }>,
): readonly RunEvent[] {
  if (action.type !== "UpdateBranch") return [];
  const { result } = outcome;
  if (result.kind === "head-moved") return headMoved(run, task, result.head);
  const { head, patchId, changedPaths } = result.work;
  const forkPoint = action.onto;
  return [{ type: "BranchUpdated", task: task.key, head, forkPoint, patchId, changedPaths }];
}

function sessionPrepared(
  task: Task,
  action: Action,
  protectedRefs: Readonly<Record<string, string>>,
): readonly RunEvent[] {
  if (action.type !== "PrepareSession" || !isStarted(task.status)) return [];
  if (task.step.at !== "session" && task.step.at !== "review") return [];
  return [{ type: "SessionPrepared", task: task.key, session: action.session, protectedRefs }];
}

/** Ready for whoever else has a say: the forge's checks and reviewers, where there is a forge; then people. */
function leftDraft(run: Run, task: Task, now: Instant): readonly RunEvent[] {
  const left = { type: "DraftLeft", task: task.key } as const;
  if (run.settings.forge === undefined || task.head === null)
    return [left, ...approveOrAsk(run, task)];
  return [{ ...left, step: { at: "checks", head: task.head, since: now } }];
}

function mergeBegun(
  run: Run,
  task: Task,
  action: Action,
  outcome: Extract<Outcome, { of: "BeginMerge" }>,
  now: Instant,
): readonly RunEvent[] {
  if (action.type !== "BeginMerge") return [];
  if (outcome.work.missing)
    return failWork(
      run,
      task,
      { reason: "workspace-lost", detail: "The worktree is gone." },
      [],
      now,
    );
  const vanished = outcome.state === "merged" && task.roundKind === "conflict";
  const step: Step = vanished
    ? { at: "gates", commit: outcome.work.head }
    : { at: "session", reminder: null, continues: null };
  return [
    {
      type: "MergeBegun",
      task: task.key,
      forkPoint: action.other,
      conflict: outcome.state === "conflict",
      step,
    },
  ];
}
