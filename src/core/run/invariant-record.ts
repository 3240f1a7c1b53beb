import type { Usage } from "../shared/money.ts";
import type { TaskKey } from "../shared/names.ts";
import type { StoredEvent } from "./events.ts";
import type { Run, StoredStatus } from "./run.ts";

export type InvariantName =
  | "I1"
  | "I2"
  | "I3"
  | "I4"
  | "I5"
  | "I6"
  | "I7"
  | "I8"
  | "I9"
  | "I10"
  | "I11"
  | "I12"
  | "I13";

/** A sentence of docs/state-machine.md does not hold: always a bug of Cairn, and the engine stops before it acts on it. */
export class InvariantBroken extends Error {
  readonly invariant: InvariantName;
  readonly event: StoredEvent | null;
  readonly task: TaskKey | null;

  constructor(
    invariant: InvariantName,
    what: string,
    place: { readonly event?: StoredEvent | null; readonly task?: TaskKey | null } = {},
  ) {
    const { event = null, task = null } = place;
    const at = event === null ? "" : ` after event ${event.seq} (${event.type})`;
    super(`${invariant} is broken${at}: ${what}.`);
    this.name = "InvariantBroken";
    this.invariant = invariant;
    this.event = event;
    this.task = task;
  }
}

/** What the checks remember of a task: facts of the past that the state alone does not tell. */
export interface TaskMemory {
  readonly status: StoredStatus;
  readonly attemptsFailed: number;
  readonly rounds: number;
  readonly sessions: number;
}

/** A run as the checks have seen it so far, kept apart from the fold they check. */
export interface InvariantRecord {
  readonly tasks: Map<TaskKey, TaskMemory>;
  readonly live: Map<TaskKey, string>;
  readonly started: Set<string>;
  readonly finished: Set<string>;
  readonly greenTrees: Set<string>;
  /** Trees of the branches that are gated together, in their order. */
  train: readonly string[];
  readonly spent: Map<TaskKey, number>;
  spentInAll: number;
  /** Counted here from what the engine told and what sessions reported since; null: no day was told. */
  day: { ends: number; usd: number; tokens: number } | null;
  fixRounds: number;
  /** Under `barrier`: waves after which the whole was seen green. */
  wavesTested: number;
  head: string | null;
  /** Events whose append is not complete yet. */
  batch: StoredEvent[];
}

const records = new WeakMap<Run, InvariantRecord>();

/** The record of this run; for a run folded from a log it begins with what the fold says. */
export function recordOf(run: Run): InvariantRecord {
  const known = records.get(run);
  if (known !== undefined) return known;
  const record: InvariantRecord = {
    tasks: new Map(),
    live: new Map(),
    started: new Set(run.effects.keys()),
    finished: new Set(run.finishedKeys),
    greenTrees: new Set(run.greenTrees),
    train: (run.train?.cars ?? []).map(({ tree }) => tree),
    spent: new Map(),
    spentInAll: run.usage.usd ?? 0,
    day: run.day === null ? null : dayRecord(run.day),
    fixRounds: run.fixRounds,
    wavesTested: run.wavesTested,
    head: run.integration?.head ?? null,
    batch: [],
  };
  for (const task of run.tasks.values()) {
    record.spent.set(task.key, task.usage.usd ?? 0);
    if (task.session !== null) record.live.set(task.key, task.session.id);
  }
  remember(record, run, run.tasks.keys());
  records.set(run, record);
  return record;
}

/** What a day began with, as an engine told it. */
export function dayRecord({ ends, spent }: NonNullable<Run["day"]>): InvariantRecord["day"] {
  return { ends, usd: spent.usd ?? 0, tokens: spent.inputTokens + spent.outputTokens };
}

const DAY_MS = 86_400_000;

/** The day that `at` lies in; nothing is spent of one that has just begun. */
export function today(record: InvariantRecord, at: number): InvariantRecord["day"] {
  const { day } = record;
  if (day === null || at < day.ends) return day;
  let { ends } = day;
  while (ends <= at) ends += DAY_MS;
  return { ends, usd: 0, tokens: 0 };
}

/** Books what a session that ended at `at` has used. */
export function spendToday(record: InvariantRecord, usage: Usage, at: number): void {
  const day = today(record, at);
  if (day === null) return;
  const tokens = day.tokens + usage.inputTokens + usage.outputTokens;
  record.day = { ends: day.ends, usd: day.usd + (usage.usd ?? 0), tokens };
}

/** Takes the present state of these tasks as the past of the next check. */
export function remember(record: InvariantRecord, run: Run, keys: Iterable<TaskKey>): void {
  for (const key of keys) {
    const task = run.tasks.get(key);
    if (task === undefined) continue;
    const { status, attemptsFailed, sessions } = task;
    let rounds = 0;
    for (const count of Object.values(task.rounds)) rounds += count;
    record.tasks.set(key, { status, attemptsFailed, sessions, rounds });
  }
}
