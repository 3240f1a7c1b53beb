import { addUsage } from "../shared/money.ts";
import type { EventOf, TaskEvent } from "./events.ts";
import type { RoundKind, Run, StoredStatus, Task } from "./run.ts";
import { isTerminal } from "./task-state.ts";

const OPEN: readonly StoredStatus[] = ["waiting", "running", "reviewing", "fixing", "queued", "merging", "escalated"];
const WORKING: readonly StoredStatus[] = ["running", "reviewing", "fixing", "queued", "merging"];
const ENDED: readonly StoredStatus[] = ["failed", "cancelled", "skipped"];

interface Rule<T extends TaskEvent["type"]> {
  readonly from: readonly StoredStatus[];
  /** What the event changes; `at` is when it was stored. */
  readonly apply: (task: Task, event: EventOf<T>, at: number) => Partial<Task>;
}

const SESSION = { at: "session", reminder: null, continues: null } as const;
const NONE = { at: "none" } as const;

/** The transition table of docs/state-machine.md, row by row. An event from another status is refused. */
export const TASK_RULES: { readonly [T in TaskEvent["type"]]: Rule<T> } = {
  BlockerMerged: { from: OPEN, apply: (task, event) => ({ released: [...task.released, event.blocker] }) },
  BlockerFreed: { from: OPEN, apply: (task, event) => ({ released: [...task.released, event.blocker] }) },
  DependencyAdded: {
    from: OPEN,
    apply: (task, event) => ({
      issue: { ...task.issue, blockers: [...task.issue.blockers, { key: event.blocker, strength: "hard", from: event.by }] },
    }),
  },
  DependencyRemoved: {
    from: OPEN,
    apply: (task, event) => ({
      issue: { ...task.issue, blockers: task.issue.blockers.filter((blocker) => blocker.key !== event.blocker) },
    }),
  },
  BlockerEnded: {
    from: ["waiting"],
    apply: (_task, event) => ({
      status: "skipped",
      reason: "blocker-ended",
      detail: `${event.path.join(" -> ")} ended without being merged.`,
    }),
  },
  AttemptStarted: {
    from: ["waiting"],
    apply: (task, event, at) => ({
      status: "running",
      step: { at: "session", reminder: null, continues: task.vendorSession },
      workspace: event.workspace,
      notBefore: null,
      reminded: [],
      startedAt: task.startedAt ?? at,
    }),
  },
  WorkAccepted: {
    from: ["running"],
    apply: (_task, event) => ({
      status: "reviewing",
      step: event.step,
      head: event.head,
      patchId: event.patchId,
      changedPaths: event.changedPaths,
      pullRequest: { ...event.pullRequest, draft: true },
      findings: [],
    }),
  },
  GatesFailed: {
    from: ["running", "reviewing", "merging"],
    apply: (task, event) => ({ ...openRound(task, "pullRequest"), findings: event.findings, step: event.step }),
  },
  GatesPassed: { from: WORKING, apply: (_task, event) => ({ step: event.step }) },
  AttemptFailed: {
    from: ["running"],
    apply: (task, event) => ({
      status: event.final ? "failed" : "waiting",
      step: NONE,
      reason: event.final ? event.reason : null,
      detail: event.detail,
      attemptsFailed: task.attemptsFailed + 1,
      notBefore: event.notBefore,
      vendorSession: null,
    }),
  },
  // Row 9 for attempts; a fix round or a review keeps its status and its number, and waits.
  ProviderLimited: {
    from: ["running", "fixing", "reviewing"],
    apply: (task, event) => ({
      notBefore: event.until,
      detail: event.detail,
      ...(task.status === "running" ? { status: "waiting", step: NONE } : {}),
    }),
  },
  QuestionAsked: {
    from: WORKING,
    apply: (task, event, at) => ({
      status: "escalated",
      cameFrom: { status: task.status, step: task.step },
      question: { ...event.question, askedAt: at },
      findings: event.findings.length > 0 ? event.findings : task.findings,
    }),
  },
  ReviewRejected: {
    from: ["reviewing"],
    apply: (task, event) => ({ ...openRound(task, event.stage), findings: event.findings, step: event.step }),
  },
  ReviewPassed: {
    from: ["reviewing"],
    apply: (task, event) => ({
      passed: { ...task.passed, ...Object.fromEntries(event.stages.map((stage) => [stage, event.patchId])) },
      findings: event.findings,
      step: event.step,
    }),
  },
  LabelsSet: { from: WORKING, apply: (_task, event) => ({ labels: event.labels }) },
  DraftLeft: {
    from: ["reviewing"],
    apply: (task) => ({ pullRequest: task.pullRequest === null ? null : { ...task.pullRequest, draft: false }, step: NONE }),
  },
  MergeApproved: { from: ["reviewing"], apply: () => ({ status: "queued", step: NONE, notBefore: null }) },
  FixAccepted: {
    from: ["fixing"],
    apply: (_task, event) => ({
      status: "reviewing",
      roundKind: null,
      step: event.step,
      head: event.head,
      patchId: event.patchId,
      changedPaths: event.changedPaths,
      findings: [],
      notBefore: null,
    }),
  },
  FixFailed: {
    from: ["fixing"],
    apply: (task, event) => ({
      ...openRound(task, task.roundKind ?? "pullRequest"),
      findings: event.findings.length > 0 ? event.findings : task.findings,
      detail: event.detail,
      notBefore: event.notBefore,
      step: task.roundKind === "conflict" ? { at: "begin-merge" } : SESSION,
    }),
  },
  HeadMoved: {
    from: ["queued"],
    apply: (_task, event) => ({ status: "reviewing", head: event.head, approvedHead: null, step: { at: "gates", commit: event.head } }),
  },
  MergeStarted: { from: ["queued"], apply: (task) => ({ status: "merging", step: { at: "candidate" }, mergeTries: task.mergeTries + 1 }) },
  PullRequestMerged: { from: ["merging"], apply: (_task, event) => ({ status: "merged", step: NONE, mergedCommit: event.commit, detail: null }) },
  BaseMoved: { from: ["merging"], apply: () => ({ status: "queued", step: NONE }) },
  MergeDeferred: { from: ["merging"], apply: (_task, event) => ({ status: "queued", step: NONE, notBefore: event.notBefore, detail: event.why }) },
  ConflictFound: {
    from: ["merging"],
    apply: (task, event) => ({
      ...openRound(task, "conflict"),
      step: { at: "begin-merge" },
      findings: event.paths.map((file) => ({
        source: "conflict" as const,
        severity: "critical" as const,
        file,
        line: null,
        message: "Conflicts with what was merged meanwhile.",
      })),
    }),
  },
  MergedByPerson: {
    from: [...OPEN, ...ENDED],
    apply: (_task, event) => ({ status: "merged", step: NONE, reason: null, detail: "Merged by hand.", mergedCommit: event.commit, question: null }),
  },
  TaskCancelled: {
    from: OPEN,
    apply: (_task, event) => ({ status: "cancelled", step: NONE, question: null, reason: "by-command", detail: `Cancelled by ${event.by}.` }),
  },
  TaskSkipped: {
    from: OPEN,
    apply: (_task, event) => ({ status: "skipped", step: NONE, question: null, reason: event.reason, detail: event.detail }),
  },
  QuestionAnswered: {
    from: ["escalated"],
    apply: (task, event) => ({
      status: event.to,
      step: event.step,
      question: null,
      cameFrom: null,
      answers: event.kind === "agent" ? [...task.answers, event.answer] : task.answers,
      granted: event.to === "fixing" ? task.granted + 1 : task.granted,
      roundKind: event.to === "fixing" ? (event.kind === "conflict" ? "conflict" : (task.roundKind ?? "pullRequest")) : task.roundKind,
      approvedHead: event.answer === "approve" || event.answer === "force" ? task.head : task.approvedHead,
      notBefore: null,
    }),
  },
  TaskRetried: {
    from: ENDED,
    apply: (task) => ({
      status: "waiting",
      step: NONE,
      reason: null,
      detail: null,
      attemptsFailed: 0,
      rounds: { spec: 0, quality: 0, pullRequest: 0, conflict: 0 },
      roundKind: null,
      granted: 0,
      notBefore: null,
      vendorSession: null,
      passed: {},
      findings: [],
      endedAt: null,
      retries: task.retries + 1,
    }),
  },
  StepDecided: {
    from: WORKING,
    apply: (task, event) => ({
      step: event.step,
      reminded: event.step.at === "session" && event.step.reminder !== null ? [...task.reminded, event.step.reminder] : task.reminded,
    }),
  },
  SessionEnding: {
    from: [...OPEN, ...ENDED, "merged"],
    apply: (task) => ({ session: task.session === null ? null : { ...task.session, ending: true } }),
  },
  SessionEnded: {
    from: [...OPEN, ...ENDED, "merged"],
    apply: (task, event) => ({
      session: null,
      usage: addUsage(task.usage, event.usage),
      vendorSession: event.role === "implementer" || event.role === "fixer" ? event.vendorSession : task.vendorSession,
      report: event.report ?? task.report,
      notes: event.report === null ? task.notes : [...task.notes, ...event.report.notes],
      detail: event.end === "finished" ? task.detail : event.detail,
    }),
  },
  MergeBegun: {
    from: ["fixing"],
    apply: (task, event) => ({
      workspace: task.workspace === null ? null : { ...task.workspace, forkPoint: event.forkPoint },
      step: event.step,
    }),
  },
};

function openRound(task: Task, kind: RoundKind): Partial<Task> {
  return {
    status: "fixing",
    roundKind: kind,
    rounds: { ...task.rounds, [kind]: task.rounds[kind] + 1 },
    reminded: [],
    vendorSession: null,
    notBefore: null,
  };
}

/** Events that open a fix round, counted for the run as a whole. */
export const OPENS_ROUND: ReadonlySet<string> = new Set(["GatesFailed", "ReviewRejected", "ConflictFound", "FixFailed"]);

/** The task after the event. @throws IllegalEvent when the table has no such row. */
export function evolveTask(task: Task, event: TaskEvent, at: number): Task {
  const rule = TASK_RULES[event.type] as Rule<TaskEvent["type"]>;
  if (!rule.from.includes(task.status)) throw new IllegalEvent(event.type, `${task.key} is ${task.status}`);
  const next = { ...task, ...rule.apply(task, event, at), changedAt: at };
  return isTerminal(next.status) && !isTerminal(task.status) ? { ...next, endedAt: at } : next;
}

/** An event that the transition table refuses. Always a bug of whoever produced it. */
export class IllegalEvent extends Error {
  constructor(type: string, why: string) {
    super(`${type} is not legal here: ${why}.`);
    this.name = "IllegalEvent";
  }
}

/** True for facts about one task. */
export function isTaskEvent(event: { readonly type: string }): event is TaskEvent {
  return event.type in TASK_RULES;
}

/** Keeps the run's record of who is merging in step with the tasks. */
export function noteMerging(run: Run, before: Task, after: Task): void {
  if (after.status === "merging") run.merging = after.key;
  else if (before.status === "merging") run.merging = null;
  if (after.status === "merged" && before.status !== "merged") run.merged.push(after.key);
}
