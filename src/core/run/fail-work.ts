import type { Finding } from "../execute/agent-report.ts";
import { hasRoundLeft, roundsUsedUp } from "../review/fix-round.ts";
import type { Instant } from "../shared/names.ts";
import { conflictNotSettled } from "./conflict-rounds.ts";
import type { RunEvent } from "./events.ts";
import { againWords, comesAgain } from "./failed-states.ts";
import type { ReasonCode, Run, Step, Task } from "./run.ts";

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
  const { reason } = failure;
  const again = comesAgain(task, failure, findings);
  const detail = again === null ? failure.detail : againWords(again, failure.detail);
  if (task.status === "fixing") {
    const kind = task.roundKind ?? "pullRequest";
    if (again !== null)
      return roundsUsedUp(run, task, kind, reason, [finding(detail), ...findings]);
    if (reason === "agent-fatal" || !hasRoundLeft(run, task, kind)) {
      const given = kind === "conflict" ? conflictNotSettled(run, task) : null;
      if (given !== null) return given;
      const known = findings.length > 0 ? findings : task.findings;
      return roundsUsedUp(run, task, kind, reason, [...known, finding(detail)]);
    }
    const notBefore = backOff(run, task.rounds[kind], now);
    const step = nextRound(task, failure);
    return [{ type: "FixFailed", task: task.key, reason, detail, findings, notBefore, step }];
  }
  const isOver = reason === "agent-fatal" || again !== null;
  const final = isOver || task.attemptsFailed + 1 >= run.settings.attempts;
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
