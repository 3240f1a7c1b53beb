import fc from "fast-check";
import { expect, test } from "vitest";
import type { Finding } from "./agent-report.ts";
import { remembered, repeats, type FailedState } from "./loop-breaker.ts";

function error(detail: string, patchId: string | null = "p1"): FailedState {
  return { reason: "agent-failed", detail, findings: [], patchId };
}

function found(...messages: readonly string[]): FailedState {
  const findings = messages.map((message): Finding => ({
    source: "gate",
    severity: "critical",
    file: "a.ts",
    line: 1,
    message,
  }));
  return { reason: "gates-red", detail: messages[0] ?? "", findings, patchId: "p1" };
}

/** At which of these states the task is stopped, and how often that state came; null: at none. */
function stopsAt(states: readonly FailedState[]): { at: number; times: number } | null {
  let seen: readonly string[] = [];
  for (const [at, state] of states.entries()) {
    const times = repeats(seen, state);
    if (times !== null) return { at, times };
    seen = remembered(seen, state);
  }
  return null;
}

test("the same words twice over the same patch are a circle, over another patch they are not", () => {
  expect(stopsAt([error("no route"), error("no route")])).toEqual({ at: 1, times: 2 });
  expect(stopsAt([error("no route", "p1"), error("no route", "p2")])).toBeNull();
  expect(stopsAt([error("no route"), error("no disk")])).toBeNull();
  expect(stopsAt([error("x"), { ...error("x"), reason: "wall" }])).toBeNull();
});

test("the same findings are looked at three times, whatever the patch is by then", () => {
  const again = (patchId: string): FailedState => ({ ...found("b fails", "a fails"), patchId });
  expect(stopsAt([again("p1"), again("p2")])).toBeNull();
  expect(stopsAt([again("p1"), again("p2"), again("p3")])).toEqual({ at: 2, times: 3 });
  // Their order says nothing; one fewer is another state.
  expect(stopsAt([found("a", "b"), found("b", "a"), found("a", "b")])?.at).toBe(2);
  expect(stopsAt([found("a", "b"), found("a"), found("a", "b")])).toBeNull();
});

test("swinging between two states resets nothing", () => {
  const swing = [found("a"), found("b"), found("a"), found("b"), found("a"), found("b")];
  expect(stopsAt(swing)).toEqual({ at: 4, times: 3 });
  expect(stopsAt([error("x", "p1"), error("y", "p2"), error("x", "p1")])?.at).toBe(2);
});

test("times, durations and commits do not hide a repetition; counts tell progress", () => {
  const states = [
    error("2026-11-18T10:00:00Z: lost 1a2b3c4d5e after 12.5 s (pid 4711)"),
    error("2026-11-18T11:30:00Z: lost 99aabbccdd after 7 s (pid 12)"),
  ];
  expect(stopsAt(states)).toEqual({ at: 1, times: 2 });
  expect(stopsAt([error("12 errors"), error("3 errors")])).toBeNull();
});

test("whatever comes between, a state that comes again and again ends a task, and memory stays small", () => {
  const state = fc.constantFrom("a", "b", "c", "d", "e").map((words) => found(words));
  fc.assert(
    fc.property(fc.array(state, { minLength: 11, maxLength: 30 }), (states) => {
      // Five states can come twice each; the eleventh must be the third of one.
      expect(stopsAt(states)?.at).toBeLessThanOrEqual(10);
    }),
  );
  let seen: readonly string[] = [];
  for (let count = 0; count < 500; count += 1) seen = remembered(seen, error(`${count} errors`));
  expect(seen.length).toBeLessThan(100);
});
