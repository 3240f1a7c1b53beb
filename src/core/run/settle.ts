import { hasMoney, isDue } from "../execute/admission.ts";
import { headOfQueue } from "../merge/merge-queue.ts";
import type { Instant } from "../shared/names.ts";
import { decide } from "./decide.ts";
import type { RunEvent } from "./events.ts";
import type { Run, Task } from "./run.ts";
import { isTerminal, openBlockers, taskStatus } from "./task-state.ts";

/**
 * Transitions that nothing outside causes: they follow from the state as it is. Called until it answers nothing;
 * the answers belong to the append that made them due.
 */
export function settle(run: Run, now: Instant): RunEvent | null {
  switch (run.status) {
    case "planning":
      return isPlanReady(run) ? { type: "PlanApproved", by: "plan gate" } : null;
    case "running":
      return settleRunning(run, now);
    case "draining":
      return run.effects.size === 0 ? { type: "Drained" } : null;
    case "landing":
      if (run.landing !== null || run.settings.land !== "manual") return null;
      return { type: "LandingHandedOver", how: `cairn land --yes merges ${run.settings.integrationBranch} into ${run.settings.target}` };
    default:
      return null;
  }
}

function isPlanReady(run: Run): boolean {
  return run.plan !== null && run.integration !== null && run.baseline !== null && run.effects.size === 0;
}

function settleRunning(run: Run, now: Instant): RunEvent | null {
  const head = headOfQueue(run, now);
  if (head !== null && run.integration !== null) return { type: "MergeStarted", task: head.key, onto: run.integration.head };
  const tasks = [...run.tasks.values()];
  if (run.effects.size > 0) return null;
  if (tasks.every((task) => isTerminal(task.status))) return { type: "TasksFinished", mergedAny: run.merged.length > 0 };
  const { actions, wakeAt } = decide(run, now);
  if (actions.length > 0 || wakeAt !== null) return null;
  return {
    type: "NothingCanMove",
    waiting: tasks.filter((task) => !isTerminal(task.status)).map((task) => ({ task: task.key, why: whyStuck(run, task, now) })),
  };
}

function whyStuck(run: Run, task: Task, now: Instant): string {
  if (task.status === "escalated") return task.question?.text ?? "a person is asked";
  if (taskStatus(run, task) === "blocked") return task.issue.blockedFromOutside ?? `waits for ${openBlockers(run, task).join(", ")}`;
  if (!hasMoney(run, task)) return "the budget is used up";
  if (!isDue(task, now)) return `waits until ${task.notBefore}`;
  return `${task.status} at ${task.step.at}`;
}
