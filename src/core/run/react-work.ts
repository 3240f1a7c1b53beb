import type { AgentReport, Finding } from "../execute/agent-report.ts";
import { applyDeclined } from "../review/declined.ts";
import { hasRoundLeft, roundsUsedUp, stopTask } from "../review/fix-round.ts";
import type { Instant } from "../shared/names.ts";
import type { RunEvent, TaskEvent } from "./events.ts";
import type { Work } from "./outcomes.ts";
import type { ReasonCode, Run, Step, Task } from "./run.ts";
import type { RoleAgent } from "./settings.ts";

/** How long to wait for a provider that does not say when to come back. */
export const PROVIDER_WAIT_MS = 15 * 60_000;

/** Judges by git what a finished session did; its report is believed only where git agrees. */
export function judgeWork(
  run: Run,
  task: Task,
  report: AgentReport | null,
  work: Work,
  now: Instant,
): readonly RunEvent[] {
  const fail = (reason: ReasonCode, detail: string): readonly RunEvent[] =>
    failWork(run, task, { reason, detail }, [], now);
  if (work.missing) return fail("workspace-lost", "The agent deleted its worktree.");
  if (work.onBranch !== task.branch) {
    return fail(
      "left-branch",
      `The agent left the branch ${task.branch} (now on ${work.onBranch ?? "no branch"}).`,
    );
  }
  if (report?.status === "question") return askForAgent(run, task, report, now);
  if (report?.status === "failed") return fail("agent-failed", report.error ?? report.summary);
  if (report?.status === "partial") return fail("partial", whatIsLeft(report));
  if (work.dirtyPaths.length > 0) return leftovers(run, task, work, now);
  if (!work.descends) return failWork(run, task, notDescended(task), [], now);
  if (work.head === (task.status === "fixing" ? task.head : task.workspace?.forkPoint))
    return nothingDone(run, task, report, now);
  const agent = roleAgent(run, task);
  if (report === null && agent.continues && !task.reminded.includes("report")) {
    return [
      reminder(task, "report", "The agent gave no report that can be read; it is asked once."),
    ];
  }
  return [gatesFor(task, work)];
}

/**
 * A part is never merged as the whole: what is committed stays on the branch, the next attempt goes on from there and is
 * told what was left, and a task that stays partial ends as failed with those words.
 */
function whatIsLeft(report: AgentReport): string {
  const left = report.stepsBlocked.map(({ step, why }) => `${step} (${why})`);
  return `Only a part was done. Left: ${left.join("; ") || report.summary}.`;
}

function gatesFor(task: Task, work: Work): TaskEvent {
  return {
    type: "StepDecided",
    task: task.key,
    step: { at: "gates", commit: work.head },
    why: `${work.commits.length} commit(s) on the branch.`,
  };
}

function roleAgent(run: Run, task: Task): RoleAgent {
  return task.status === "fixing" ? run.settings.roles.fixer : run.settings.roles.implementer;
}

function reminder(task: Task, about: "report" | "commit" | "nothing", why: string): TaskEvent {
  return {
    type: "StepDecided",
    task: task.key,
    step: { at: "session", reminder: about, continues: task.vendorSession },
    why,
  };
}

function leftovers(run: Run, task: Task, work: Work, now: Instant): readonly RunEvent[] {
  const agent = roleAgent(run, task);
  const reminded = task.reminded.includes("commit");
  if (agent.commits && agent.continues && !reminded) {
    return [
      reminder(
        task,
        "commit",
        `${work.dirtyPaths.length} path(s) were left uncommitted; the agent is sent back once.`,
      ),
    ];
  }
  if (work.markers.length > 0) {
    return failWork(
      run,
      task,
      { reason: "conflict", detail: `Conflict markers are left in ${work.markers.join(", ")}.` },
      [],
      now,
    );
  }
  return [
    {
      type: "StepDecided",
      task: task.key,
      step: { at: "commit" },
      why: "Cairn commits what the agent left in the tree.",
    },
  ];
}

/** After Cairn committed what was left. */
export function judgeCommitted(
  run: Run,
  task: Task,
  work: Work,
  now: Instant,
): readonly RunEvent[] {
  if (work.missing)
    return failWork(
      run,
      task,
      { reason: "workspace-lost", detail: "The worktree is gone." },
      [],
      now,
    );
  if (!work.descends) return failWork(run, task, notDescended(task), [], now);
  if (work.head === (task.status === "fixing" ? task.head : task.workspace?.forkPoint))
    return nothingDone(run, task, task.report, now);
  return [gatesFor(task, work)];
}

function nothingDone(
  run: Run,
  task: Task,
  report: AgentReport | null,
  now: Instant,
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
  if (task.status === "running" && task.issue.type === "VALIDATION") {
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
  if (task.status === "fixing") {
    const detail = "The fix round ended without a commit.";
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

function askForAgent(run: Run, task: Task, report: AgentReport, now: Instant): readonly RunEvent[] {
  const question = report.question;
  if (question === null)
    return failWork(
      run,
      task,
      { reason: "agent-failed", detail: "The agent asked a question without words." },
      [],
      now,
    );
  if (run.settings.mode === "autonomous") {
    if (task.reminded.includes("answer")) {
      return failWork(
        run,
        task,
        { reason: "question", detail: `The agent asked again: ${question.text}` },
        [],
        now,
      );
    }
    const step: Step = { at: "session", reminder: "answer", continues: task.vendorSession };
    return [
      {
        type: "StepDecided",
        task: task.key,
        step,
        why: `Answered with the agent's own default: ${question.default}`,
      },
    ];
  }
  return stopTask(run, task, {
    kind: "agent",
    reason: "question",
    text: question.text,
    options: question.options,
    default: question.default,
  });
}

/** Why an attempt or a fix round came to nothing. */
export interface Failure {
  readonly reason: ReasonCode;
  readonly detail: string;
  /** The branch cannot be built on. */
  readonly startOver?: boolean;
}

/** The head does not contain its fork point: the merge of the base was given up, or the branch was rewritten. */
export function notDescended(task: Task): Failure {
  if (task.mergingWith !== null) {
    return {
      reason: "conflict",
      detail: "The merge of the newest base was given up.",
      startOver: true,
    };
  }
  const detail = `${task.branch} was rewritten: it no longer contains the commit it started from.`;
  return { reason: "left-branch", detail, startOver: true };
}

/**
 * An attempt or a fix round came to nothing: the next one if one is left (back-off included), else the end that the
 * mode asks for. In a fix round the round counts; in an attempt the attempt does.
 */
export function failWork(
  run: Run,
  task: Task,
  failure: Failure,
  findings: readonly Finding[],
  now: Instant,
): readonly RunEvent[] {
  const { reason, detail } = failure;
  if (task.status === "fixing") {
    const kind = task.roundKind ?? "pullRequest";
    if (reason === "agent-fatal" || !hasRoundLeft(run, task, kind)) {
      const known = findings.length > 0 ? findings : task.findings;
      return roundsUsedUp(run, task, kind, reason, [...known, finding(detail)]);
    }
    const notBefore = backOff(run, task.rounds[kind], now);
    const step = nextRound(task, failure);
    return [{ type: "FixFailed", task: task.key, reason, detail, findings, notBefore, step }];
  }
  const final = reason === "agent-fatal" || task.attemptsFailed + 1 >= run.settings.attempts;
  const notBefore = final ? null : backOff(run, task.attemptsFailed, now);
  const startOver = failure.startOver ?? false;
  return [{ type: "AttemptFailed", task: task.key, reason, detail, final, notBefore, startOver }];
}

/** The base is merged in anew where that is what is missing; a merge that was concluded is not begun again. */
function nextRound(task: Task, failure: Failure): Step {
  const isConcluded = failure.reason === "gates-red";
  const merges = failure.startOver === true || (task.roundKind === "conflict" && !isConcluded);
  return merges ? { at: "begin-merge" } : { at: "session", reminder: null, continues: null };
}

function finding(message: string): Finding {
  return { source: "cairn", severity: "critical", file: null, line: null, message };
}

function backOff(run: Run, failures: number, now: Instant): Instant {
  const delays = run.settings.retryMs;
  return now + (delays[Math.min(failures, delays.length - 1)] ?? 0);
}
