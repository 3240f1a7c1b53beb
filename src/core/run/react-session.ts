import type { Finding, StageVerdict } from "../execute/agent-report.ts";
import { hasRoundLeft, roundsUsedUp, stopTask } from "../review/fix-round.ts";
import { stepAfterReview } from "../review/stages.ts";
import type { Instant } from "../shared/names.ts";
import type { ActionOf } from "./actions.ts";
import type { EventOf, RunEvent, TaskEvent } from "./events.ts";
import { evolveTask } from "./evolve-task.ts";
import type { Outcome } from "./outcomes.ts";
import { failWork } from "./fail-work.ts";
import { providerLimited } from "./provider-limit.ts";
import { judgeWork } from "./react-work.ts";
import type { ReasonCode, Run, Task } from "./run.ts";
import { workerOf } from "./step-action.ts";

export type SessionOutcome = Extract<Outcome, { of: "RunSession" }>;

/** A session has ended: what it used is booked, what it did is judged by git, and the next step follows. */
export function reactToSession(
  run: Run,
  task: Task,
  action: ActionOf<"RunSession">,
  outcome: SessionOutcome,
  now: Instant,
): readonly RunEvent[] {
  const ended: TaskEvent = {
    type: "SessionEnded",
    task: task.key,
    session: outcome.session,
    role: action.role,
    end: outcome.end,
    usage: outcome.usage,
    report: outcome.report,
    vendorSession: outcome.vendorSession,
    lastWords: outcome.lastWords,
    detail: outcome.detail,
    ...(isPart(action, outcome) ? { partAt: outcome.work.head } : {}),
  };
  const stops = [...breachStop(run, task, outcome), ...secretStop(run, task, outcome)];
  // News of a session whose task has moved on is recorded and has no effect, but for what stops the whole run.
  if (outcome.breaches.length > 0 || !isAwaited(task, action)) return [ended, ...stops];
  // Judged as it is from now on: a reminder continues the session that has just ended.
  const after = evolveTask(task, ended, now);
  const isReview = action.stages.length > 0;
  const judged = isReview
    ? judgeReview(run, after, action, outcome, now)
    : judgeSession(run, after, outcome, now);
  // Last: what the session came to is decided, and goes on from there when the stop is dealt with.
  return [ended, ...judged, ...stops];
}

function isPart({ role }: ActionOf<"RunSession">, { report }: SessionOutcome): boolean {
  return role === "implementer" && report?.status === "partial";
}

/** What was taken out of an agent's words is not shown; that it was there stops everything. */
function secretStop(run: Run, task: Task, outcome: SessionOutcome): readonly RunEvent[] {
  const secrets = outcome.secrets ?? [];
  const isOver = run.status === "complete" || run.status === "cancelled";
  if (secrets.length === 0 || isOver) return [];
  const rules = [...new Set(secrets.map(({ rule }) => rule))].join(", ");
  const detail = `The agent of ${task.key} wrote a secret (${rules}) into its output, line ${secrets[0]?.line} of session ${outcome.session}. It was taken out there; treat it as known to the agent's provider.`;
  const { session } = outcome;
  return [{ type: "CriticalStopRaised", what: "secret", task: task.key, detail, secrets, session }];
}

function isAwaited(task: Task, action: ActionOf<"RunSession">): boolean {
  if (action.stages.length > 0) return task.status === "reviewing" && task.step.at === "review";
  return (task.status === "running" || task.status === "fixing") && task.step.at === "session";
}

function breachStop(run: Run, task: Task, outcome: SessionOutcome): readonly RunEvent[] {
  const isOver = run.status === "complete" || run.status === "cancelled";
  if (outcome.breaches.length === 0 || isOver) return [];
  const refs = outcome.breaches
    .map((breach) => `${breach.ref} (kept as ${breach.keptAs})`)
    .join(", ");
  return [
    {
      type: "CriticalStopRaised",
      what: "breach",
      task: task.key,
      detail: `The agent of ${task.key} wrote on a protected branch. Put back: ${refs}.`,
    },
  ];
}

/** Sessions of one attempt that may be lost with their host before that counts as a failure. */
const LOST_MAX = 3;

function judgeSession(
  run: Run,
  task: Task,
  outcome: SessionOutcome,
  now: Instant,
): readonly RunEvent[] {
  // Asked to end, it may still have been seen to crash first: by a panic, say, which costs no attempt.
  const end = task.session?.ending === true && outcome.end === "crashed" ? "ended" : outcome.end;
  switch (end) {
    case "ended":
      return [goOn(task, "The session was ended; the same attempt goes on.")];
    case "lost": {
      if (timesLost(task) >= LOST_MAX) {
        return failWork(run, task, { reason: "agent-crashed", detail: outcome.detail }, [], now);
      }
      const why = "The session was lost with its host; the same attempt goes on.";
      return [{ ...goOn(task, why), remember: "lost" }];
    }
    case "limited":
      return [providerLimited(run, task, outcome, workerOf(task), now)];
    case "fatal":
      return failWork(run, task, { reason: "agent-fatal", detail: outcome.detail }, [], now);
    case "finished":
      return judgeWork(run, task, { ...outcome, now });
    default:
      return failWork(
        run,
        task,
        { reason: reasonOf(outcome.end), detail: outcome.detail },
        [],
        now,
      );
  }
}

function timesLost(task: Task): number {
  return task.reminded.filter((word) => word === "lost").length;
}

/** The same thing once more: a reminder that was not answered is given again. */
function goOn(task: Task, why: string): EventOf<"StepDecided"> {
  const asked = task.step.at === "session" ? task.step : null;
  const step = {
    at: "session",
    reminder: asked?.reminder ?? null,
    continues: asked?.continues ?? null,
  } as const;
  return { type: "StepDecided", task: task.key, step, why };
}

function reasonOf(end: SessionOutcome["end"]): ReasonCode {
  switch (end) {
    case "wall":
    case "stall":
    case "turns":
    case "output":
    case "cost":
    case "loop":
      return end;
    default:
      return "agent-crashed";
  }
}

function judgeReview(
  run: Run,
  task: Task,
  action: ActionOf<"RunSession">,
  outcome: SessionOutcome,
  now: Instant,
): readonly RunEvent[] {
  if (outcome.end === "limited") {
    return [providerLimited(run, task, outcome, action.role, now)];
  }
  const retry = {
    type: "StepDecided",
    task: task.key,
    step: { at: "review", stages: action.stages, retry: true },
  } as const;
  const isLost = outcome.end === "lost" && timesLost(task) < LOST_MAX;
  if (outcome.end === "ended" || isLost) {
    const again = { ...retry, step: task.step, why: "The review is begun again." };
    return [isLost ? { ...again, remember: "lost" } : again];
  }
  const verdicts = outcome.end === "finished" ? verdictsFor(action, outcome) : null;
  if (verdicts === null) {
    const isRetry = task.step.at === "review" && task.step.retry;
    if (!isRetry)
      return [
        {
          ...retry,
          why: `The review could not be read (${outcome.detail}); it is asked for once more.`,
        },
      ];
    return stopTask(run, task, {
      kind: "review-unreadable",
      reason: "review-unreadable",
      text: `The review of ${task.key} could not be read twice: ${outcome.detail}`,
      options: ["approve", "skip", "abort"],
      default: "skip",
    });
  }
  return applyVerdicts(run, task, verdicts);
}

function verdictsFor(
  action: ActionOf<"RunSession">,
  outcome: SessionOutcome,
): readonly StageVerdict[] | null {
  const verdicts = outcome.report?.verdicts ?? [];
  const wanted = action.stages.map((stage) => verdicts.find((verdict) => verdict.stage === stage));
  const found = wanted.filter((verdict) => verdict !== undefined);
  return found.length === wanted.length ? found : null;
}

function applyVerdicts(
  run: Run,
  task: Task,
  verdicts: readonly StageVerdict[],
): readonly RunEvent[] {
  const bad = verdicts.find((verdict) => verdict.verdict !== "approve");
  const patchId = task.patchId ?? "";
  if (bad === undefined) {
    const stages = verdicts.map((verdict) => verdict.stage);
    const passed = {
      ...task,
      passed: { ...task.passed, ...Object.fromEntries(stages.map((stage) => [stage, patchId])) },
    };
    const findings = verdicts.flatMap((verdict) => verdict.findings);
    return [
      {
        type: "ReviewPassed",
        task: task.key,
        stages,
        patchId,
        findings,
        step: stepAfterReview(run, passed, stages, patchId),
      },
    ];
  }
  const findings = rejectionFindings(verdicts);
  if (bad.verdict === "escalate") {
    return stopTask(run, task, {
      kind: "rounds",
      reason: "review-rejected",
      text: `The reviewer of ${task.key} asks a person: ${findings[0]?.message ?? "no words given"}`,
      options: ["fix", "approve", "skip", "abort"],
      default: "skip",
      findings,
    });
  }
  if (!hasRoundLeft(run, task, bad.stage))
    return roundsUsedUp(run, task, bad.stage, "review-rejected", findings);
  return [
    {
      type: "ReviewRejected",
      task: task.key,
      stage: bad.stage,
      patchId,
      findings,
      step: { at: "session", reminder: null, continues: null },
    },
  ];
}

function rejectionFindings(verdicts: readonly StageVerdict[]): readonly Finding[] {
  return verdicts
    .filter((verdict) => verdict.verdict !== "approve")
    .flatMap((verdict): readonly Finding[] =>
      verdict.findings.length > 0
        ? verdict.findings
        : [
            {
              source: verdict.stage,
              severity: "critical",
              file: null,
              line: null,
              message: "Rejected without a finding.",
            },
          ],
    );
}
