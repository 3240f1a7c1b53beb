import { addUsage } from "../shared/money.ts";
import type { EventOf } from "./events.ts";
import type { Task } from "./run.ts";
import {
  ENDED,
  mergeGivenUp,
  NO_STEP,
  OPEN,
  openRound,
  SESSION,
  WORKING,
  type TaskRules,
} from "./task-rule.ts";
import { isTerminal } from "./task-state.ts";

type WorkEvent =
  | "AttemptStarted"
  | "WorkAccepted"
  | "GatesFailed"
  | "GatesPassed"
  | "AttemptFailed"
  | "ProviderLimited"
  | "ReviewRejected"
  | "ReviewPassed"
  | "LabelsSet"
  | "DraftLeft"
  | "FixAccepted"
  | "FixFailed"
  | "StepDecided"
  | "SessionPrepared"
  | "SessionEnding"
  | "SessionEnded"
  | "MergeBegun";

const ANY = [...OPEN, ...ENDED, "merged"] as const;

/** More than all rounds there can be, granted ones included, in any run that a person still follows. */
const REJECTIONS_MAX = 50;

/** Rows 5-10, 12 and 14: attempts, sessions, gates, reviews and fix rounds. */
export const WORK_RULES: TaskRules<WorkEvent> = {
  AttemptStarted: {
    from: ["waiting"],
    apply: (task, event, at) => ({
      status: "running",
      step: { at: "session", reminder: null, continues: task.vendorSession },
      workspace: event.workspace,
      mergingWith: null,
      stepsDone: task.startOver ? [] : task.stepsDone,
      partAt: task.startOver ? null : (task.partAt ?? null),
      startOver: false,
      notBefore: null,
      limited: false,
      reminded: [],
      report: null,
      owesFollowUps: false,
      startedAt: task.startedAt ?? at,
    }),
  },
  WorkAccepted: {
    from: ["running"],
    apply: (task, event) => ({
      ...accepted(task, event),
      pullRequest: { ...event.pullRequest, draft: true },
    }),
  },
  GatesFailed: {
    from: ["running", "reviewing", "merging"],
    apply: (task, event) => ({
      ...openRound(task, "pullRequest"),
      ...mergeGivenUp(event.step),
      findings: event.findings,
      step: event.step,
    }),
  },
  GatesPassed: {
    from: WORKING,
    apply: (_task, event) => ({ gateResults: event.results, step: event.step }),
  },
  AttemptFailed: {
    from: ["running"],
    apply: (task, event) => ({
      status: event.final ? "failed" : "waiting",
      step: NO_STEP,
      reason: event.final ? event.reason : null,
      detail: event.detail,
      attemptsFailed: task.attemptsFailed + 1,
      notBefore: event.notBefore,
      limited: false,
      startOver: event.startOver ?? false,
      vendorSession: null,
    }),
  },
  // Row 9 for attempts; a fix round or a review keeps its status and its number, and waits.
  ProviderLimited: {
    from: ["running", "fixing", "reviewing"],
    apply: (task, event) => ({
      notBefore: event.until,
      limited: true,
      detail: event.detail,
      ...(task.status === "running" ? { status: "waiting", step: NO_STEP } : {}),
    }),
  },
  ReviewRejected: {
    from: ["reviewing"],
    apply: (task, event) => ({
      ...openRound(task, event.stage),
      ...lookedAt(task, [event.stage], event.patchId),
      rejections: [
        ...task.rejections.slice(1 - REJECTIONS_MAX),
        { stage: event.stage, patchId: event.patchId, findings: event.findings },
      ],
      findings: event.findings,
      step: event.step,
    }),
  },
  ReviewPassed: {
    from: ["reviewing"],
    apply: (task, event) => ({
      passed: {
        ...task.passed,
        ...Object.fromEntries(event.stages.map((stage) => [stage, event.patchId])),
      },
      ...lookedAt(task, event.stages, event.patchId),
      findings: event.findings,
      step: event.step,
    }),
  },
  LabelsSet: { from: WORKING, apply: (_task, event) => ({ labels: event.labels }) },
  DraftLeft: {
    from: ["reviewing"],
    apply: (task, event) => ({
      pullRequest: task.pullRequest === null ? null : { ...task.pullRequest, draft: false },
      step: event.step ?? NO_STEP,
    }),
  },
  // From `reviewing` too: a head that somebody pushed, gated and published.
  FixAccepted: {
    from: ["fixing", "reviewing"],
    apply: (task, event) => ({
      ...accepted(task, event),
      pullRequest:
        task.pullRequest ?? (event.pullRequest ? { ...event.pullRequest, draft: true } : null),
    }),
  },
  FixFailed: {
    from: ["fixing"],
    apply: (task, event) => ({
      ...openRound(task, task.roundKind ?? "pullRequest"),
      ...mergeGivenUp(event.step ?? SESSION),
      findings: stillOpen(task, event.findings),
      detail: event.detail,
      notBefore: event.notBefore,
      step: event.step ?? SESSION,
    }),
  },
  StepDecided: {
    from: WORKING,
    apply: (task, event) => ({ step: event.step, reminded: reminders(task, event) }),
  },
  SessionPrepared: {
    from: WORKING,
    apply: (_task, event) => ({ prepared: { session: event.session, refs: event.protectedRefs } }),
  },
  SessionEnding: {
    from: ANY,
    apply: (task) => ({
      session: task.session === null ? null : { ...task.session, ending: true },
    }),
  },
  SessionEnded: { from: ANY, apply: bookSession },
  MergeBegun: {
    from: ["fixing"],
    apply: (_task, event) => ({ mergingWith: event.forkPoint, step: event.step }),
  },
};

/** What the round was opened for is not mended by failing at something else; what was measured last replaces what was before. */
function stillOpen(task: Task, found: Task["findings"]): Task["findings"] {
  if (found.length === 0) return task.findings;
  const others = task.findings.filter(({ source }) => source !== "gate" && source !== "cairn");
  return [...found, ...others];
}

function lookedAt(
  task: Task,
  stages: EventOf<"ReviewPassed">["stages"],
  patchId: string,
): Partial<Task> {
  const looked = { head: task.head ?? "", patchId };
  return {
    reviewed: { ...task.reviewed, ...Object.fromEntries(stages.map((stage) => [stage, looked])) },
  };
}

function accepted(task: Task, event: EventOf<"WorkAccepted" | "FixAccepted">): Partial<Task> {
  const updated = event.type === "FixAccepted" ? event.forkPoint : undefined;
  const forkPoint = updated ?? task.mergingWith ?? task.workspace?.forkPoint;
  return {
    status: "reviewing",
    roundKind: null,
    step: event.step,
    head: event.head,
    patchId: event.patchId,
    changedPaths: event.changedPaths,
    workspace: task.workspace && forkPoint ? { ...task.workspace, forkPoint } : task.workspace,
    mergingWith: null,
    findings: [],
    answered: [...task.answered, ...answeredBy(task.findings)],
    published:
      task.published.at(-1) === event.head ? task.published : [...task.published, event.head],
    notBefore: null,
    limited: false,
  };
}

/** Reviewers' findings that a fix was accepted for, or that were declined; a red check speaks for itself again. */
function answeredBy(findings: Task["findings"]): readonly string[] {
  return findings.flatMap(({ source, key }) =>
    key !== undefined && (source === "reviewer" || source === "person") ? [key] : [],
  );
}

function reminders(task: Task, event: EventOf<"StepDecided">): readonly string[] {
  const { step, remember } = event;
  const reminder = step.at === "session" ? step.reminder : null;
  return [...task.reminded, ...[reminder, remember].filter((word) => word != null)];
}

/** What was left out stays known, whatever a fixer says of its own part, or who only committed what lay there. */
function reportAfter(task: Task, event: EventOf<"SessionEnded">): Task["report"] {
  const { report, role } = event;
  if (report === null || task.report === null) return report ?? task.report;
  if (role !== "implementer")
    return { ...report, stepsBlocked: [...task.report.stepsBlocked, ...report.stepsBlocked] };
  const isSilent = task.owesFollowUps && report.stepsBlocked.length === 0;
  return isSilent ? { ...report, stepsBlocked: task.report.stepsBlocked } : report;
}

/** Whoever changes the branch; the others judge. */
const WORKERS: ReadonlySet<string> = new Set(["implementer", "fixer", "conflict-resolver"]);

function bookSession(task: Task, event: EventOf<"SessionEnded">): Partial<Task> {
  const works = WORKERS.has(event.role);
  return {
    session: null,
    usage: addUsage(task.usage, event.usage),
    vendorSession: works ? event.vendorSession : task.vendorSession,
    // What a reviewer says is a verdict, not the summary of the work.
    report: works ? reportAfter(task, event) : task.report,
    partAt: event.partAt ?? task.partAt ?? null,
    owesFollowUps:
      task.owesFollowUps || (event.role === "implementer" && event.report?.status === "partial"),
    notes: event.report === null ? task.notes : [...task.notes, ...event.report.notes],
    detail: event.end === "finished" || isTerminal(task.status) ? task.detail : event.detail,
  };
}
