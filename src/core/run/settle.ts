import { headOfQueue } from "../merge/merge-queue.ts";
import type { Instant } from "../shared/names.ts";
import { isDue, groupHolder } from "./admission.ts";
import { hasMoney } from "./budget.ts";
import { closedIssues } from "./closed-issues.ts";
import { decide, tidyActions } from "./decide.ts";
import type { RunEvent } from "./events.ts";
import { unmergedBlocker } from "./may-merge.ts";
import { overdueLanding } from "./overdue.ts";
import { endedPhase, phaseIsOpen, phaseQuestion } from "./phases.ts";
import { timedOutQuestion } from "./question-time.ts";
import type { Run, Task } from "./run.ts";
import { settleTrain } from "./settle-train.ts";
import { settleWave } from "./whole-actions.ts";
import { isTerminal, startBlockers, taskStatus } from "./task-state.ts";
import { TURN_FACTS } from "./turn-facts.ts";

/**
 * Transitions that nothing outside causes: they follow from the state as it is. Called until it answers nothing;
 * the answers belong to the append that made them due.
 */
export function settle(run: Run, now: Instant): readonly RunEvent[] {
  const closed = closedIssues(run);
  if (closed.length > 0) return closed;
  if (ANSWERS.has(run.status)) {
    const timedOut = timedOutQuestion(run, now);
    if (timedOut.length > 0) return timedOut;
  }
  const event = settleOne(run, now);
  return event === null ? [] : [event];
}

/** Where an answer has its effect at once. */
const ANSWERS: ReadonlySet<string> = new Set(["running", "waiting"]);

function settleOne(run: Run, now: Instant): RunEvent | null {
  switch (run.status) {
    case "planning":
      return isPlanReady(run) ? { type: "PlanApproved", by: "plan gate" } : null;
    case "running":
      return settleRunning(run, now);
    case "draining":
      return isQuiet(run) ? { type: "Drained" } : null;
    case "landing":
      return settleLanding(run, now);
    default:
      return null;
  }
}

/** Nothing is under way, and no session whose outcome is still to come may be alive. */
export function isQuiet(run: Run): boolean {
  if (run.effects.size > 0) return false;
  for (const task of run.tasks.values()) if (task.session !== null) return false;
  return true;
}

function isPlanReady(run: Run): boolean {
  return run.plan !== null && run.integration !== null && run.baseline !== null && isQuiet(run);
}

function settleLanding(run: Run, now: Instant): RunEvent | null {
  const { settings, integration } = run;
  if (settings.forge !== undefined && settings.targetPolicy === "direct") return null;
  // Under `direct` each merge was a landing already.
  if (settings.targetPolicy === "direct" && integration !== null) {
    return { type: "Landed", commit: integration.head, target: settings.target };
  }
  const overdue = overdueLanding(run, now);
  if (overdue !== null) return overdue;
  if (run.landing !== null || settings.land !== "manual") return null;
  const how = `cairn land --yes merges ${settings.integrationBranch} into ${settings.target}`;
  return { type: "LandingHandedOver", how };
}

function settleRunning(run: Run, now: Instant): RunEvent | null {
  const train = settleTrain(run, now);
  if (train !== null) return train;
  const wave = settleWave(run);
  if (wave !== null) return wave;
  const head = headOfQueue(run, now, TURN_FACTS);
  if (head !== null && run.integration !== null) {
    return { type: "MergeStarted", task: head.key, onto: run.integration.head };
  }
  const phase = endedPhase(run);
  if (phase !== null) return phase;
  if (!isQuiet(run)) return null;
  // Nothing is over before its last words are said.
  if (tidyActions(run).length > 0 || run.revert !== null) return null;
  const open = [...run.tasks.values()].filter((task) => !isTerminal(task.status));
  if (open.length === 0) return { type: "TasksFinished", mergedAny: run.merged.length > 0 };
  if (open.some(isLookedAt)) return null;
  const { actions, wakeAt } = decide(run, now);
  if (actions.length > 0 || wakeAt !== null) return null;
  return {
    type: "NothingCanMove",
    waiting: open.map((task) => ({ task: task.key, why: whyStuck(run, task, now) })),
  };
}

/** Whoever looks at the forge will have news of it, in time or not. */
function isLookedAt({ status, step }: Task): boolean {
  return (status === "reviewing" || status === "merging") && step.at === "checks";
}

function whyStuck(run: Run, task: Task, now: Instant): string {
  if (task.status === "escalated") return task.question?.text ?? "a person is asked";
  if (taskStatus(run, task) === "blocked") {
    return task.issue.blockedFromOutside ?? `waits for ${startBlockers(run, task).join(", ")}`;
  }
  const below = task.status === "queued" ? unmergedBlocker(run, task) : null;
  if (below !== null) return `waits for the merge of ${below}`;
  if (!phaseIsOpen(run, task)) return phaseQuestion(run) ?? "an earlier phase is not over";
  const holder = groupHolder(run, task);
  if (holder !== null) return `${holder} of its conflict group goes first`;
  if (!hasMoney(run, task)) return "the budget is used up";
  if (!isDue(task, now)) return `waits until ${task.notBefore}`;
  return `${task.status} at ${task.step.at}`;
}
