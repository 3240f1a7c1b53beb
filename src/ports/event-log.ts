import type { Command } from "../core/run/commands.ts";
import type { RunEvent, StoredEvent } from "../core/run/events.ts";
import type { Instant, RunId } from "../core/shared/names.ts";

/**
 * The append-only log; every state is a fold of it. Synchronous on purpose: an append has either
 * happened, durably, when the call returns, or it threw and nothing of it is there.
 */
export interface EventLog {
  /**
   * Appends all events in one durable transaction, stamped `at`, as seq `after + 1 …`.
   * @throws SequenceTaken when somebody else appended after `after`: this engine must stop.
   */
  append(
    run: RunId,
    after: number,
    at: Instant,
    events: readonly RunEvent[],
  ): readonly StoredEvent[];
  /** Events with a sequence number above `after`, in order; at most `limit`. */
  read(run: RunId, after: number, limit?: number): readonly StoredEvent[];
  /** Newest first. */
  runs(): readonly RunRow[];
}

export interface RunRow {
  readonly run: RunId;
  readonly createdAt: Instant;
  readonly lastSeq: number;
}

/** Another writer owns this log. */
export class SequenceTaken extends Error {
  constructor(run: RunId, after: number) {
    super(`Run ${run} already has events after ${after}.`);
    this.name = "SequenceTaken";
  }
}

/** Commands from any process; the engine takes each exactly once (`taken` is written with the events it caused). */
export interface Inbox {
  post(run: RunId, at: Instant, command: Command): number;
  /** Commands not yet covered by a `CommandTaken` event, oldest first, with their numbers. */
  pending(
    run: RunId,
    afterNumber: number,
  ): readonly { readonly number: number; readonly command: Command }[];
  /** Changes whenever another process wrote to the database; cheap enough to poll. */
  version(): number;
}
