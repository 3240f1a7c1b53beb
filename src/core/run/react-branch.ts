import picomatch from "picomatch";
import { judgeGates } from "../execute/judge-gates.ts";
import { hasRoundLeft, roundsUsedUp, stopTask } from "../review/fix-round.ts";
import { nextReviewStep } from "../review/stages.ts";
import type { Instant } from "../shared/names.ts";
import type { Action } from "./actions.ts";
import type { RunEvent, TaskEvent } from "./events.ts";
import type { Outcome } from "./outcomes.ts";
import { failWork, judgeCommitted } from "./react-work.ts";
import type { Run, Step, Task } from "./run.ts";

type BranchOutcome = Extract<
  Outcome,
  { of: "PrepareWorkspace" | "CommitLeftovers" | "RunGates" | "PublishPullRequest" | "LeaveDraft" | "BeginMerge" }
>;

/** What follows from effects on a task's own branch, workspace and pull request. */
export function reactToBranch(run: Run, task: Task, action: Action, outcome: BranchOutcome, now: Instant): readonly RunEvent[] {
  switch (outcome.of) {
    case "PrepareWorkspace":
      return workspacePrepared(run, task, action, outcome);
    case "CommitLeftovers":
      return task.step.at === "commit" ? judgeCommitted(run, task, outcome.work, now) : [];
    case "RunGates":
      return gatesRan(run, task, outcome, now);
    case "PublishPullRequest":
      return task.step.at === "publish" ? published(run, task, outcome) : [];
    case "LeaveDraft":
      return task.step.at === "undraft" ? leftDraft(run, task) : [];
    case "BeginMerge":
      return task.step.at === "begin-merge" ? mergeBegun(run, task, action, outcome, now) : [];
  }
}

function workspacePrepared(run: Run, task: Task, action: Action, outcome: Extract<Outcome, { of: "PrepareWorkspace" }>): readonly RunEvent[] {
  if (action.type !== "PrepareWorkspace" || task.status !== "waiting") return [];
  if ("refused" in outcome) {
    const reason = outcome.code === "workspace/branch-exists" ? "branch-exists" : "workspace-lost";
    return [{ type: "TaskSkipped", task: task.key, reason, detail: outcome.refused, by: "engine" }];
  }
  // A pause or a stop came while the workspace was made: it stays ready, the next start finds it there.
  if (run.status !== "running" && run.status !== "draining") return [];
  return [
    {
      type: "AttemptStarted",
      task: task.key,
      attempt: action.attempt,
      workspace: { slot: action.slot, path: outcome.workspace.path, branch: action.branch, forkPoint: action.base },
    },
  ];
}

function gatesRan(run: Run, task: Task, outcome: Extract<Outcome, { of: "RunGates" }>, now: Instant): readonly RunEvent[] {
  const awaited = task.step.at === "candidate-gates" ? task.step.candidate : task.step.at === "gates" ? task.step.commit : null;
  if (awaited !== outcome.commit) return [];
  const findings = judgeGates(outcome.results, run.baseline);
  if (findings.length === 0) {
    const { commit, tree, results } = outcome;
    return [{ type: "GatesPassed", task: task.key, commit, tree, results, step: afterGates(run, task) }];
  }
  if (task.status === "fixing") return failWork(run, task, "gates-red", firstLine(findings[0]?.message), findings, now);
  if (!hasRoundLeft(run, task, "pullRequest")) return roundsUsedUp(run, task, "pullRequest", "gates-red", findings);
  const step: Step = task.status === "merging" ? { at: "begin-merge" } : { at: "session", reminder: null, continues: null };
  return [{ type: "GatesFailed", task: task.key, commit: outcome.commit, findings, results: outcome.results, step }];
}

function firstLine(text: string | undefined): string {
  return (text ?? "A gate failed.").split("\n")[0] ?? "";
}

function afterGates(run: Run, task: Task): Step {
  if (task.step.at === "candidate-gates") return { at: "move", candidate: task.step.candidate, base: task.step.base };
  if (task.status === "reviewing") return nextReviewStep(run, { ...task, passed: {} }, task.patchId ?? "", null);
  return task.step.at === "gates" ? { at: "publish", commit: task.step.commit } : { at: "none" };
}

function published(run: Run, task: Task, outcome: Extract<Outcome, { of: "PublishPullRequest" }>): readonly RunEvent[] {
  const { work } = outcome;
  const step = nextReviewStep(run, task, work.patchId, task.roundKind);
  const accepted = { task: task.key, head: work.head, patchId: work.patchId, changedPaths: work.changedPaths, step };
  if (task.status === "fixing") return [{ type: "FixAccepted", ...accepted }];
  return [{ type: "WorkAccepted", ...accepted, pullRequest: { number: outcome.number, url: outcome.url } }];
}

function leftDraft(run: Run, task: Task): readonly RunEvent[] {
  const labels = surfaceLabels(run, task.changedPaths);
  const events: TaskEvent[] = [{ type: "DraftLeft", task: task.key }];
  if (labels.length > 0) events.push({ type: "LabelsSet", task: task.key, labels });
  if (labels.length > 0 && task.approvedHead !== task.head) {
    const stop = stopTask(run, task, {
      kind: "protected-surface",
      reason: "protected-surface",
      text: `${task.key} changes a protected surface (${labels.join(", ")}).`,
      options: ["approve", "skip", "abort"],
      default: "skip",
      always: true,
    });
    return [...events, ...stop];
  }
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

/** Labels of the protected surfaces that these paths touch. */
export function surfaceLabels(run: Run, paths: readonly string[]): readonly string[] {
  return Object.entries(run.settings.protectedSurfaces)
    .filter(([, patterns]) => {
      const isMatch = picomatch([...patterns], { dot: true });
      return paths.some((path) => isMatch(path));
    })
    .map(([label]) => label);
}

function mergeBegun(run: Run, task: Task, action: Action, outcome: Extract<Outcome, { of: "BeginMerge" }>, now: Instant): readonly RunEvent[] {
  if (action.type !== "BeginMerge") return [];
  if (outcome.work.missing) return failWork(run, task, "workspace-lost", "The worktree is gone.", [], now);
  const vanished = outcome.state === "merged" && task.roundKind === "conflict";
  const step: Step = vanished ? { at: "gates", commit: outcome.work.head } : { at: "session", reminder: null, continues: null };
  return [{ type: "MergeBegun", task: task.key, forkPoint: action.other, conflict: outcome.state === "conflict", step }];
}
