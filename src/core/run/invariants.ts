import type { TaskKey } from "../shared/names.ts";
import type { EventOf, StoredEvent } from "./events.ts";
import {
  dayRecord,
  InvariantBroken,
  recordOf,
  remember,
  spendToday,
  type InvariantRecord,
} from "./invariant-record.ts";
import { checkEffectStarted, checkMerged } from "./invariants-of-effects.ts";
import { checkGraph, checkGroups, checkRunEnd, checkTurns } from "./invariants-of-state.ts";
import type { Run, Task } from "./run.ts";

export { InvariantBroken } from "./invariant-record.ts";

/** Every this many events the whole state is looked at, not only what the event touched. */
const SWEEP_EVERY = 256;

/**
 * Checks I1-I12 for one event and the state after the append it belongs to. Cheap: looks at the event and at the tasks
 * it names. Written apart from the functions it watches: it shares no code with them.
 * @throws InvariantBroken with the number of the sentence that does not hold.
 */
export function checkInvariants(run: Run, event: StoredEvent): void {
  const record = recordOf(run);
  record.batch.push(event);
  // Events of one append become visible together.
  if (event.seq < run.seq) return;
  const batch = record.batch;
  record.batch = [];
  for (const each of batch) checkEvent(run, record, each);
  checkPast(run, record, batch);
  checkTurns(run, event);
  if (batch.some(changesStatus)) checkGroups(run, event);
  if (run.status === "complete") checkRunEnd(run, event);
  if (batch.some((each) => each.seq % SWEEP_EVERY === 0)) checkAll(run);
}

/** Looks at the whole state. @throws InvariantBroken */
export function checkAll(run: Run): void {
  for (const task of run.tasks.values()) checkGraph(run, task, null);
  checkTurns(run, null);
  checkGroups(run, null);
  if (run.status === "complete") checkRunEnd(run, null);
}

function changesStatus(event: StoredEvent): boolean {
  return "task" in event || event.type === "EffectStarted";
}

function checkEvent(run: Run, record: InvariantRecord, event: StoredEvent): void {
  switch (event.type) {
    case "EffectStarted":
      return checkEffectStarted(run, record, event);
    case "EffectFinished":
      if (!record.started.delete(event.key)) {
        throw new InvariantBroken("I7", `${event.key} has a receipt but was not begun`, { event });
      }
      record.finished.add(event.key);
      return;
    case "EffectDelayed":
      record.started.delete(event.key);
      return;
    case "BaselineRecorded":
      if (event.results.every((result) => result.ok)) record.greenTrees.add(event.tree);
      return;
    case "TrainPlanned":
      record.train = [];
      return;
    case "TrainBuilt":
      record.train = event.cars.map(({ tree }) => tree);
      return;
    case "TrainGated":
      return noteTrain(run, record, event);
    case "GatesPassed":
      return notePassed(run, record, event);
    case "EngineStarted":
      if (event.day !== undefined) record.day = dayRecord(event.day);
      return;
    case "SessionEnded":
      return noteSpent(run, record, event);
    case "PullRequestMerged":
      checkMerged(record, event);
      return checkNeighbours(run, event.task, event);
    case "MergedByPerson":
    case "BaseMoved":
      record.head = run.integration?.head ?? null;
      return checkNeighbours(run, event.task, event);
    case "TaskReverted":
      noteReverted(run, record, event);
      return checkNeighbours(run, event.task, event);
    case "RevertRefused":
      record.head = event.base ?? record.head;
      return;
    case "IntegrationReady":
      record.head = event.head;
      return;
    case "WaveTested":
      return noteWave(run, record, event);
    case "IntegrationPassed":
      return checkProgress(run, record, event);
    case "CriticalStopRaised":
      return;
    default:
      if ("task" in event) checkNeighbours(run, event.task, event);
  }
}

function checkNeighbours(run: Run, key: TaskKey, event: StoredEvent): void {
  const task = run.tasks.get(key);
  if (task === undefined) return;
  checkGraph(run, task, event);
  for (const dependent of run.dependents.get(key) ?? []) {
    const other = run.tasks.get(dependent);
    if (other !== undefined) checkGraph(run, other, event);
  }
}

/** I8 for the commit that carries the source's own marks: it grew out of the head, and was tested with the whole. */
function checkProgress(
  run: Run,
  record: InvariantRecord,
  event: StoredEvent & EventOf<"IntegrationPassed">,
): void {
  const { progress } = event;
  if (progress === undefined || !("from" in progress)) return;
  if (record.head !== progress.from) {
    const what = `marks were written on ${progress.from}, the head was ${record.head ?? "unknown"}`;
    throw new InvariantBroken("I8", what, { event });
  }
  const red = event.results.find((result) => !result.ok && !redBefore(run).has(result.name));
  if (red !== undefined)
    throw new InvariantBroken("I8", `marks were written although ${red.name} is red`, { event });
  record.head = event.commit;
}

/** I6 for a wave: what was merged in it was seen green before it counts as tested. */
function noteWave(
  run: Run,
  record: InvariantRecord,
  event: StoredEvent & EventOf<"WaveTested">,
): void {
  const { wave, results } = event;
  const known = redBefore(run);
  const red = results.find((result) => !result.ok && !known.has(result.name));
  if (red !== undefined)
    throw new InvariantBroken("I6", `wave ${wave + 1} passed although ${red.name} is red`, {
      event,
    });
  record.wavesTested = Math.max(record.wavesTested, wave + 1);
}

/** I8 for what is taken back: it grew out of the head, and passed the gates. */
function noteReverted(
  run: Run,
  record: InvariantRecord,
  event: StoredEvent & EventOf<"TaskReverted">,
): void {
  const { task, from } = event;
  if (record.head !== from) {
    const what = `${task} was taken back on ${from}, the head was ${record.head ?? "unknown"}`;
    throw new InvariantBroken("I8", what, { event, task });
  }
  const red = event.results.find((result) => !result.ok && !redBefore(run).has(result.name));
  if (red !== undefined)
    throw new InvariantBroken("I8", `${task} was taken back although ${red.name} is red`, {
      event,
      task,
    });
  const isGated = event.results.length > 0 || run.settings.gates.preMerge.length === 0;
  if (!isGated && event.found === undefined && !record.greenTrees.has(event.tree))
    throw new InvariantBroken("I8", `${task} was taken back, and its gates never ran`, {
      event,
      task,
    });
  record.head = event.commit;
  record.greenTrees.add(event.tree);
}

function redBefore(run: Run): ReadonlySet<string> {
  return new Set((run.baseline ?? []).flatMap((result) => (result.ok ? [] : [result.name])));
}

/** A green prefix clears what lies inside it, or, where each landing is gated by itself, only its last car. */
function noteTrain(
  { settings }: Run,
  record: InvariantRecord,
  { ok, length }: EventOf<"TrainGated">,
): void {
  const from = settings.merging?.everyCommitGreen === true ? length - 1 : 0;
  if (ok) for (const tree of record.train.slice(from, length)) record.greenTrees.add(tree);
}

function notePassed(
  run: Run,
  record: InvariantRecord,
  event: StoredEvent & EventOf<"GatesPassed">,
): void {
  const known = redBefore(run);
  const red = event.results.find((result) => !result.ok && !known.has(result.name));
  if (red !== undefined) {
    const what = `${event.commit} passed although ${red.name} is red`;
    throw new InvariantBroken("I8", what, { event, task: event.task });
  }
  record.greenTrees.add(event.tree);
}

function noteSpent(
  run: Run,
  record: InvariantRecord,
  event: StoredEvent & EventOf<"SessionEnded">,
): void {
  record.live.delete(event.task);
  const usd = event.usage.usd ?? 0;
  record.spentInAll += usd;
  spendToday(record, event.usage, event.at);
  record.spent.set(event.task, (record.spent.get(event.task) ?? 0) + usd);
  const booked = run.tasks.get(event.task)?.usage.usd ?? 0;
  if (booked + 1e-6 < (record.spent.get(event.task) ?? 0)) {
    throw new InvariantBroken("I11", `${event.task} has spent more than is booked`, {
      event,
      task: event.task,
    });
  }
}

/** I4 and the counters: what was over stays over, and nothing is counted down, except by a person's word. */
function checkPast(run: Run, record: InvariantRecord, batch: readonly StoredEvent[]): void {
  const touched = new Set<TaskKey>();
  const allowed = new Set<TaskKey>();
  for (const event of batch) {
    const key = taskOfEvent(event);
    if (key === null) continue;
    touched.add(key);
    if (REOPENS.has(event.type)) allowed.add(key);
  }
  const event = batch.at(-1) ?? null;
  if (run.fixRounds < record.fixRounds) {
    throw new InvariantBroken("I4", "the run's fix rounds were counted down", { event });
  }
  record.fixRounds = run.fixRounds;
  for (const key of touched) {
    const task = run.tasks.get(key);
    if (task !== undefined && !allowed.has(key)) checkKept(record, task, event);
  }
  remember(record, run, touched);
}

/** What a person does to a task that is over. */
const REOPENS: ReadonlySet<string> = new Set(["TaskRetried", "MergedByPerson", "TaskReverted"]);

function taskOfEvent(event: StoredEvent): TaskKey | null {
  if (event.type === "EffectStarted") return "task" in event.action ? event.action.task : null;
  return "task" in event ? event.task : null;
}

function checkKept(record: InvariantRecord, task: Task, event: StoredEvent | null): void {
  const before = record.tasks.get(task.key);
  if (before === undefined) return;
  const isOver = ["merged", "failed", "cancelled", "skipped"].includes(before.status);
  if (isOver && task.status !== before.status) {
    const what = `${task.key} was ${before.status} and is ${task.status}`;
    throw new InvariantBroken("I4", what, { event, task: task.key });
  }
  let rounds = 0;
  for (const count of Object.values(task.rounds)) rounds += count;
  const isLess =
    rounds < before.rounds ||
    task.attemptsFailed < before.attemptsFailed ||
    task.sessions < before.sessions;
  if (isLess) {
    const what = `a counter of ${task.key} went down`;
    throw new InvariantBroken("I4", what, { event, task: task.key });
  }
}
