import { redWholeWords } from "../core/report/red-whole.ts";
import { hasMoney, usedUp, usedUpByRun } from "../core/run/budget.ts";
import type { Run, Task } from "../core/run/run.ts";
import { isTerminal } from "../core/run/task-state.ts";

/** One sentence on why the run is not going on by itself; null where its status says it all. */
export function reasonOf(run: Run): string | null {
  switch (run.status) {
    case "halted":
    case "cancelled":
      return run.haltReason;
    case "waiting":
      if (run.landingRefused !== null) return run.landingRefused;
      if (run.verifyFailed !== null) return redWholeWords(run, run.verifyFailed);
      return moneyWords(run);
    case "draining":
    case "paused":
      return run.drainReason === null ? null : `Asked for by ${run.drainReason}.`;
    default:
      return null;
  }
}

/** Null while money is not what holds the run. */
function moneyWords(run: Run): string | null {
  const held = [...run.tasks.values()].filter(
    (task) => !isTerminal(task.status) && task.question === null && !hasMoney(run, task),
  );
  if (held.length === 0) return null;
  const keys = held.map((task) => task.key).join(", ");
  const ofRun = usedUpByRun(run);
  if (ofRun !== null)
    return `The run's budget of ${ofRun.ceiling} is used up; not finished: ${keys}.`;
  const ceiling = held.map((task) => usedUp(run, task)?.ceiling)[0] ?? "";
  return `The budget of ${ceiling} for one task is used up for ${keys}.`;
}

/** What the run as a whole is doing when that is not its tasks; null when nothing of the kind is under way. */
export function doingOf(run: Run): string | null {
  for (const { action } of run.effects.values()) {
    switch (action.type) {
      case "PrepareIntegration":
        return `preparing ${action.branch}`;
      case "RunBaseline":
        return `running the gates once on ${run.settings.target}, before any work`;
      case "TestIntegration":
        return `testing the whole on ${run.settings.integrationBranch}`;
      case "OpenLanding":
        return `opening the pull request that lands it on ${action.target}`;
      case "Land":
        return `landing on ${action.target}`;
      case "TestWave":
        return `testing the whole after wave ${action.wave + 1}`;
      case "FindCulprit":
        return `looking for the merge that made the whole red, among ${action.landings.length}`;
      default:
    }
  }
  return null;
}

/** What is under way for a task beside its session; null when nothing is. */
export function taskDoing(run: Run, task: Task): string | null {
  for (const { action } of run.effects.values()) {
    if (!("task" in action) || action.task !== task.key) continue;
    switch (action.type) {
      case "PrepareWorkspace":
        return "its workspace is prepared";
      case "CommitLeftovers":
        return "what the agent left is committed";
      case "RunGates":
        return "gates run";
      case "Autofix":
        return "the repairing commands run";
      case "ProveWork":
        return "how the work came to be is proven";
      case "AddFollowUps":
        return "issues are made for what is left";
      case "PublishPullRequest":
      case "LeaveDraft":
      case "ReturnToDraft":
      case "TidyPullRequest":
        return "its pull request is brought up to date";
      case "UpdateBranch":
        return "its branch is brought onto the new base";
      case "BeginMerge":
        return "the base is merged into its branch";
      case "BuildCandidate":
      case "MergePullRequest":
        return "it is being merged";
      case "RevertTask":
        return "it is being taken back";
      default:
        return null;
    }
  }
  return null;
}

/** How far an issue with steps has come. */
export interface StepProgressJson {
  readonly total: number;
  /** Null: one session does them all, and has not ended yet. */
  readonly done: number | null;
}

/** Null for an issue without steps. What a session says it has done counts once its work was taken. */
export function stepProgress(run: Run, task: Task): StepProgressJson | null {
  const total = task.issue.steps?.length ?? 0;
  if (total === 0) return null;
  if (task.head !== null) return { total, done: Math.min(total, doneIn(task, total)) };
  const isStepwise = run.settings.discipline?.stepSessions === true;
  return { total, done: isStepwise ? task.stepsDone.length : null };
}

/** Of accepted work; a part goes on as what its report names. */
function doneIn({ report, stepsDone }: Task, total: number): number {
  if (report?.status !== "partial") return total;
  return Math.max(stepsDone.length, report.stepsCompleted.length);
}
