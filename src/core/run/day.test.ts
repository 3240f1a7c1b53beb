import fc from "fast-check";
import { expect, test } from "vitest";
import { NO_USAGE, type Usage } from "../shared/money.ts";
import { bookDay, dayAt, type Day } from "./day.ts";

const DAY_MS = 86_400_000;

function used(usd: number): Usage {
  return { ...NO_USAGE, usd, inputTokens: 1 };
}

test("what is booked before midnight is there until midnight, and gone at it", () => {
  const day = bookDay({ ends: 1_000, spent: used(1) }, used(2), 999) as Day;
  expect(dayAt(day, 999).spent.usd).toBe(3);
  expect(dayAt(day, 1_000)).toEqual({ ends: 1_000 + DAY_MS, spent: NO_USAGE });
});

test("a session counts for the day it ends in, whole days may lie between", () => {
  const day = bookDay({ ends: 1_000, spent: used(5) }, used(2), 1_000 + 3 * DAY_MS);
  expect(day).toEqual({ ends: 1_000 + 4 * DAY_MS, spent: { ...used(2) } });
});

test("no day is made up where no engine has told one", () => {
  expect(bookDay(null, used(1), 5)).toBeNull();
});

test("at any time the day that is answered has not ended, and holds what was booked since its midnight", () => {
  const session = fc.record({ at: fc.nat(5 * DAY_MS), usd: fc.integer({ min: 0, max: 9 }) });
  fc.assert(
    fc.property(fc.array(session), fc.nat(6 * DAY_MS), (sessions, later) => {
      const inOrder = sessions.toSorted((a, b) => a.at - b.at);
      const first = Math.floor(DAY_MS / 3);
      let day: Day = { ends: first, spent: NO_USAGE };
      for (const { at, usd } of inOrder) day = bookDay(day, used(usd), at) ?? day;
      const now = Math.max(later, inOrder.at(-1)?.at ?? 0);
      const today = dayAt(day, now);
      expect(today.ends).toBeGreaterThan(now);
      expect((today.ends - first) % DAY_MS).toBe(0);
      const since = today.ends === first ? 0 : today.ends - DAY_MS;
      const spent = inOrder.filter(({ at }) => at >= since).reduce((sum, { usd }) => sum + usd, 0);
      expect(today.spent.usd ?? 0).toBe(spent);
    }),
  );
});
