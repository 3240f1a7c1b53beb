import { expect, onTestFinished, test } from "vitest";
import { openMemoryStore, type Store } from "../adapters/sqlite/store.ts";
import type { RunEvent } from "../core/run/events.ts";
import { dayOf } from "./day-of.ts";

function session(usd: number | null, tokens: number): RunEvent {
  return {
    type: "SessionEnded",
    task: "1",
    session: "1-s1",
    role: "implementer",
    end: "finished",
    usage: { usd, inputTokens: tokens, outputTokens: 1, turns: 1 },
    report: null,
    vendorSession: null,
    lastWords: "",
    detail: "",
  };
}

function aStore(): Store {
  const store = openMemoryStore();
  onTestFinished(() => store.close());
  return store;
}

function many(count: number): RunEvent[] {
  return Array.from({ length: count }, () => session(1, 1));
}

const NOON = new Date(2026, 10, 18, 12).getTime();
const MIDNIGHT = new Date(2026, 10, 18).getTime();

test("a day begins and ends at the machine's own midnight", () => {
  const { ends, spent } = dayOf(aStore(), NOON);
  expect(ends).toBe(new Date(2026, 10, 19).getTime());
  expect(spent).toEqual({ usd: null, inputTokens: 0, outputTokens: 0, turns: 0 });
  expect(dayOf(aStore(), MIDNIGHT).ends).toBe(ends);
  expect(dayOf(aStore(), MIDNIGHT - 1).ends).toBe(MIDNIGHT);
});

test("what all runs used since midnight counts, and nothing of the day before", () => {
  const store = aStore();
  store.append("a", 0, MIDNIGHT - 1, [session(100, 100)]);
  store.append("a", 1, MIDNIGHT, [session(1, 10), { type: "Drained" }]);
  store.append("b", 0, NOON - 5, [session(2, 20), session(null, 30)]);
  expect(dayOf(store, NOON).spent).toEqual({
    usd: 3,
    inputTokens: 60,
    outputTokens: 3,
    turns: 3,
  });
});

test("a long log is read from its end, across the seams of its chunks", () => {
  const store = aStore();
  store.append("a", 0, MIDNIGHT - 1, many(700));
  store.append("a", 700, MIDNIGHT, many(1_203));
  const reads: number[] = [];
  const log = {
    runs: () => store.runs(),
    read: (run: string, after: number, limit?: number) => {
      reads.push(after);
      return store.read(run, after, limit);
    },
  };
  expect(dayOf(log, NOON).spent.usd).toBe(1_203);
  expect(Math.min(...reads)).toBeGreaterThan(0);
});
