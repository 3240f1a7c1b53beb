import type { AgentReport } from "../execute/agent-report.ts";
import { applyDeclined } from "../review/declined.ts";
import { stopTask } from "../review/fix-round.ts";
import type { Instant } from "../shared/names.ts";
import type { RunEvent, TaskEvent } from "./events.ts";
import { failWork } from "./fail-work.ts";
import type { Run, Task } from "./run.ts";
import { reminder } from "./session-reminder.ts";
import { hasBegun } from "./step-sessions.ts";

/**
 * A session ended without a commit. `goesOn` is what follows where that is no fault: a step whose work an earlier session
 * has done with its own.
 */
export function nothingDone(
  run: Run,
  task: Task,
  report: AgentReport | null,
  now: Instant,
  goesOn: () => readonly RunEvent[],
): readonly RunEvent[] {
  if (report?.status !== "complete")
    return failWork(
      run,
      task,
      { reason: "no-commit", detail: "The session ended without a commit." },
      [],
      now,
    );
  const declined = allDeclined(task, report);
  if (declined !== null) return [declined];
  const isLater = hasBegun(task);
  // Validated is what somebody has looked at: the notes say what was seen.
  const isEvident = task.issue.type === "VALIDATION" && report.notes.length > 0;
  if (task.status === "running" && isEvident && !isLater) {
    return [
      {
        type: "TaskSkipped",
        task: task.key,
        reason: "done-elsewhere",
        detail: `Validated without a change: ${report.summary}`,
        by: "engine",
      },
    ];
  }
  if (!task.reminded.includes("nothing")) {
    return [
      reminder(task, "nothing", "Reported complete without a commit; the agent is asked once."),
    ];
  }
  // Said twice: an earlier session has done this step with its own.
  if (task.status === "running" && task.stepsDone.length > 0) return goesOn();
  if (task.status === "fixing" || isLater) {
    const isRound = task.status === "fixing";
    const what = isRound ? "The fix round" : "What was left";
    const detail = `${what} ended without a commit.`;
    return failWork(run, task, { reason: "no-commit", detail }, [], now);
  }
  return stopTask(run, task, {
    kind: "nothing-to-do",
    reason: "nothing-to-do",
    text: `The agent says there is nothing to do for ${task.key}: ${report.summary}`,
    options: ["done-elsewhere", "retry", "skip"],
    default: "skip",
  });
}

/** Reviewers' findings that the fixer declines, each with words, need no commit: the answer is what it owes. */
function allDeclined(task: Task, report: AgentReport): TaskEvent | null {
  if (task.status !== "fixing" || task.head === null || task.findings.length === 0) return null;
  const { declined, open } = applyDeclined(task.findings, report);
  if (open.length > 0 || declined.length === 0) return null;
  const why = `${declined.length} finding(s) are declined with words; nothing is to be changed.`;
  return { type: "StepDecided", task: task.key, step: { at: "publish", commit: task.head }, why };
}
