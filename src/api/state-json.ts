import { isoOrNull, isoTime } from "../core/report/words.ts";
import type { StoredEvent } from "../core/run/events.ts";
import type { Run, Task, TaskStatus } from "../core/run/run.ts";
import { taskStatus } from "../core/run/task-state.ts";
import type { TaskKey } from "../core/shared/names.ts";

/**
 * What `cairn state show` prints: the fold of a run's log at its last event. Names are those of the state machine, times
 * ISO 8601 in UTC. Fields are only added within one schema version.
 */
export interface StateJson {
  readonly schemaVersion: 1;
  readonly run: StateRunJson;
  readonly settings: Run["settings"];
  /** In plan order. */
  readonly tasks: readonly StateTaskJson[];
  readonly effects: {
    /** Begun and without a receipt: after a crash their outcome is unknown. */
    readonly open: readonly {
      readonly key: string;
      readonly type: string;
      readonly startedAt: string;
    }[];
    /** Put off after trouble. */
    readonly delayed: readonly {
      readonly key: string;
      readonly why: string;
      readonly tries: number;
      readonly notBefore: string;
    }[];
    readonly finished: number;
  };
  /** Marks that people set, oldest first. */
  readonly checkpoints: readonly CheckpointJson[];
}

interface StateRunJson extends Pick<
  Run,
  | "id"
  | "seq"
  | "status"
  | "baseline"
  | "integration"
  | "merging"
  | "merged"
  | "usage"
  | "fixRounds"
  | "commandsTaken"
  | "drainReason"
  | "haltReason"
  | "panicked"
  | "verified"
  | "verifyFailed"
  | "progress"
  | "landing"
  | "landed"
  | "landingRefused"
> {
  readonly milestone: { readonly number: string; readonly title: string } | null;
  readonly fingerprint: string | null;
  /** Blockers outside the scope that count as done. */
  readonly freed: readonly TaskKey[];
  readonly createdAt: string;
  readonly changedAt: string;
  readonly endedAt: string | null;
}

type Times = "startedAt" | "endedAt" | "changedAt" | "notBefore";

interface StateTaskJson extends Omit<Task, "issue" | "status" | "session" | "question" | Times> {
  readonly title: string;
  readonly status: TaskStatus;
  readonly session: {
    readonly id: string;
    readonly role: string;
    readonly startedAt: string;
  } | null;
  readonly question: { readonly id: string; readonly kind: string; readonly text: string } | null;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly changedAt: string;
  readonly notBefore: string | null;
}

export interface CheckpointJson {
  readonly seq: number;
  readonly at: string;
  readonly text: string;
  readonly by: string;
}

/** The fold as one object. */
export function stateJson(run: Run, events: readonly StoredEvent[]): StateJson {
  return {
    schemaVersion: 1,
    run: runJson(run),
    settings: run.settings,
    tasks: [...run.tasks.values()].map((task) => taskJson(run, task)),
    effects: {
      open: [...run.effects.values()].map(({ key, action, startedAt }) => ({
        key,
        type: action.type,
        startedAt: isoTime(startedAt),
      })),
      delayed: [...run.delayed].map(([key, { why, tries, notBefore }]) => ({
        key,
        why,
        tries,
        notBefore: isoTime(notBefore),
      })),
      finished: run.finishedKeys.size,
    },
    checkpoints: checkpointsIn(events),
  };
}

function runJson(run: Run): StateRunJson {
  const { id, seq, status, baseline, integration, merging, merged, usage, fixRounds } = run;
  const { commandsTaken, drainReason, haltReason, panicked, verified, verifyFailed } = run;
  const { progress, landing, landed, landingRefused, plan } = run;
  return {
    id,
    seq,
    status,
    milestone:
      plan === null ? null : { number: plan.milestone.number, title: plan.milestone.title },
    fingerprint: plan?.fingerprint ?? null,
    createdAt: isoTime(run.createdAt),
    changedAt: isoTime(run.changedAt),
    endedAt: isoOrNull(run.endedAt),
    baseline,
    integration,
    merging,
    merged: [...merged],
    freed: [...run.freed],
    usage,
    fixRounds,
    commandsTaken,
    drainReason,
    haltReason,
    panicked,
    verified,
    verifyFailed,
    progress,
    landing,
    landed,
    landingRefused,
  };
}

function taskJson(run: Run, task: Task): StateTaskJson {
  const { issue, session, question, startedAt, endedAt, changedAt, notBefore, ...rest } = task;
  return {
    ...rest,
    title: issue.title,
    status: taskStatus(run, task),
    session:
      session === null
        ? null
        : { id: session.id, role: session.role, startedAt: isoTime(session.startedAt) },
    question:
      question === null ? null : { id: question.id, kind: question.kind, text: question.text },
    startedAt: isoOrNull(startedAt),
    endedAt: isoOrNull(endedAt),
    changedAt: isoTime(changedAt),
    notBefore: isoOrNull(notBefore),
  };
}

/** Marks that people set, oldest first. */
export function checkpointsIn(events: readonly StoredEvent[]): readonly CheckpointJson[] {
  return events.flatMap((event) =>
    event.type === "CheckpointNamed"
      ? [{ seq: event.seq, at: isoTime(event.at), text: event.text, by: event.by }]
      : [],
  );
}
