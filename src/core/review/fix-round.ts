import type { Finding } from "../execute/agent-report.ts";
import type { TaskEvent } from "../run/events.ts";
import type { QuestionKind, ReasonCode, RoundKind, Run, Task } from "../run/run.ts";
import { STOP_TABLE } from "./stops/stop-table.ts";

/** True while the counters allow one more fix round of this kind. They never go down; a person may grant more. */
export function hasRoundLeft(run: Run, task: Task, kind: RoundKind): boolean {
  const { review, fixRounds } = run.settings;
  const limits: Readonly<Record<RoundKind, number>> = {
    spec: review.rounds,
    quality: review.rounds,
    tests: run.settings.discipline?.testRounds ?? 0,
    pullRequest: fixRounds.pullRequest,
    conflict: fixRounds.conflict,
  };
  const grantedInRun = [...run.tasks.values()].reduce((sum, other) => sum + other.granted, 0);
  return (
    task.rounds[kind] < limits[kind] + task.granted && run.fixRounds < fixRounds.run + grantedInRun
  );
}

interface Stop {
  readonly kind: QuestionKind;
  readonly reason: ReasonCode;
  readonly text: string;
  readonly options: readonly string[];
  readonly default: string;
  readonly findings?: readonly Finding[];
  /** `force` passes it, although it is none of its options. */
  readonly mayForce?: boolean;
  /** Asked in autonomous mode too: nothing but a person may decide it. */
  readonly always?: boolean;
}

/** Where the rules have run out of answers: a person is asked, or, in autonomous mode, the task is skipped with its reason. */
export function stopTask(run: Run, task: Task, stop: Stop): readonly TaskEvent[] {
  if (run.settings.mode === "autonomous" && stop.always !== true) {
    return [
      {
        type: "TaskSkipped",
        task: task.key,
        reason: stop.reason,
        detail: stop.text,
        by: "autonomous policy",
      },
    ];
  }
  const id = `${task.key}-q${task.sessions}-${stop.kind}`;
  const timeoutMs = run.settings.discipline?.questionTimeoutMs ?? null;
  return [
    {
      type: "QuestionAsked",
      task: task.key,
      question: {
        id,
        kind: stop.kind,
        text: stop.text,
        options: stop.options,
        default: stop.default,
        ...(stop.mayForce === true ? { mayForce: true } : {}),
        ...(timeoutMs === null ? {} : { timeoutMs }),
      },
      findings: stop.findings ?? [],
    },
  ];
}

/** The stop for a task whose fix rounds are used up. */
export function roundsUsedUp(
  run: Run,
  task: Task,
  kind: RoundKind,
  reason: ReasonCode,
  findings: readonly Finding[],
  /** Findings of reviewers on the forge may be passed by a person; gates and checks may not. */
  mayForce = false,
): readonly TaskEvent[] {
  const what = findings[0]?.message ?? task.findings[0]?.message ?? "see the report";
  const rounds = `${task.rounds[kind]} fix round${task.rounds[kind] === 1 ? "" : "s"}`;
  const isConflict = kind === "conflict";
  // Red gates and checks are the row of what is merged red; each stage of the review has its own.
  const { options, default: otherwise } = STOP_TABLE[kind === "pullRequest" ? "ci-red" : kind];
  return stopTask(run, task, {
    kind: isConflict ? "conflict" : "rounds",
    reason,
    text: isConflict
      ? `${task.key} still conflicts after ${rounds}.`
      : `${task.key} is not right after ${rounds}: ${what}`,
    options: mayForce
      ? options.flatMap((word) => (word === "fix" ? [word, "force"] : word))
      : options,
    default: otherwise,
    findings,
    mayForce: !isConflict && kind !== "pullRequest",
  });
}
