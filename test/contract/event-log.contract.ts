import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Command } from "../../src/core/run/commands.ts";
import type { RunEvent } from "../../src/core/run/events.ts";
import { BrokenPromise } from "../../src/errors.ts";
import { SequenceTaken } from "../../src/ports/event-log.ts";
import type { EventLog, Inbox } from "../../src/ports/event-log.ts";

export interface LogUnderTest {
  readonly log: EventLog & Inbox;
  readonly end: () => void;
}

export const drained: RunEvent = { type: "Drained" };
export const paused = (by: string): RunEvent => ({ type: "DrainRequested", by });
export const command = (text: string): Command => ({
  name: "answer",
  task: "4.1",
  text,
  flags: {},
  by: "ann",
  from: "terminal",
});

/** What every event log and inbox promises, whichever way it stores. */
export function eventLogContract(name: string, open: () => LogUnderTest): void {
  describe(`${name} keeps the promises of an event log`, () => {
    let subject: LogUnderTest;
    beforeEach(() => {
      subject = open();
    });
    afterEach(() => subject.end());

    test("appended events are numbered on from `after` and stamped", () => {
      const first = subject.log.append("r1", 0, 1_000, [paused("ann"), drained]);
      const second = subject.log.append("r1", 2, 2_000, [drained]);
      expect(first).toEqual([
        { seq: 1, at: 1_000, type: "DrainRequested", by: "ann" },
        { seq: 2, at: 1_000, type: "Drained" },
      ]);
      expect(second).toEqual([{ seq: 3, at: 2_000, type: "Drained" }]);
      expect(subject.log.read("r1", 0)).toEqual([...first, ...second]);
    });

    test("reading starts above `after`, goes in order and stops at the limit", () => {
      subject.log.append("r1", 0, 1, [drained, drained, drained, drained]);
      expect(subject.log.read("r1", 1, 2).map((event) => event.seq)).toEqual([2, 3]);
      expect(subject.log.read("r1", 4)).toEqual([]);
      expect(subject.log.read("r1", 0, 0)).toEqual([]);
      expect(subject.log.read("unknown", 0)).toEqual([]);
    });

    test("a second writer is refused and leaves nothing behind", () => {
      subject.log.append("r1", 0, 1, [drained, drained]);
      expect(() => subject.log.append("r1", 1, 2, [paused("bob"), paused("bob")])).toThrow(
        SequenceTaken,
      );
      expect(subject.log.read("r1", 0)).toHaveLength(2);
      expect(subject.log.append("r1", 2, 3, [drained])).toHaveLength(1);
    });

    test("a gap in the numbers is refused as a bug", () => {
      subject.log.append("r1", 0, 1, [drained]);
      expect(() => subject.log.append("r1", 5, 1, [drained])).toThrow(BrokenPromise);
    });

    test("an append that fails half-way appends nothing", () => {
      const circular: Record<string, unknown> = { type: "Drained" };
      circular["self"] = circular;
      const events = [drained, circular as unknown as RunEvent];
      expect(() => subject.log.append("r1", 0, 1, events)).toThrow(/circular/i);
      expect(subject.log.read("r1", 0)).toEqual([]);
    });

    test("text comes back as it was, newlines, quotes and astral characters included", () => {
      const words = 'a"b\\c\n\u0000é😀‮';
      subject.log.append("r1", 0, 1, [paused(words)]);
      expect(subject.log.read("r1", 0)).toEqual([
        { seq: 1, at: 1, type: "DrainRequested", by: words },
      ]);
    });

    test("runs are listed newest first, with their last number", () => {
      expect(subject.log.runs()).toEqual([]);
      subject.log.append("older", 0, 10, [drained, drained]);
      subject.log.append("newer", 0, 20, [drained]);
      subject.log.append("older", 2, 30, [drained]);
      expect(subject.log.runs()).toEqual([
        { run: "newer", createdAt: 20, lastSeq: 1 },
        { run: "older", createdAt: 10, lastSeq: 3 },
      ]);
    });

    test("commands come out oldest first, each run's own, above the number already taken", () => {
      const a = subject.log.post("r1", 1, command("a"));
      const other = subject.log.post("r2", 2, command("other"));
      const b = subject.log.post("r1", 3, command("b"));
      expect(a < other && other < b).toBe(true);
      expect(subject.log.pending("r1", 0)).toEqual([
        { number: a, command: command("a") },
        { number: b, command: command("b") },
      ]);
      expect(subject.log.pending("r1", a).map((row) => row.command.text)).toEqual(["b"]);
    });

    test("the version changes when a command is posted and rests otherwise", () => {
      const before = subject.log.version();
      expect(subject.log.version()).toBe(before);
      subject.log.post("r1", 1, command("a"));
      expect(subject.log.version()).not.toBe(before);
    });
  });
}
