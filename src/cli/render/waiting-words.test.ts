import { expect, test } from "vitest";
import { statusJson } from "../../api/status-json.ts";
import { aRun, happens, NOW } from "../../../test/support/a-run.ts";
import type { Run } from "../../core/run/run.ts";
import { waitingWords } from "./waiting-words.ts";

function wordsFor(run: Run): string | null {
  const [task] = statusJson(run, NOW, null).tasks;
  if (task === undefined) throw new Error("no task");
  return waitingWords(task, (iso) => iso.slice(11, 16));
}

test("a task that the day's budget holds back says until when, and that it goes on", () => {
  const budget = { sessionUsd: null, taskUsd: null, runUsd: null, dayUsd: 5 };
  const spent = { usd: 5, inputTokens: 0, outputTokens: 0, turns: 0 };
  const run = happens(aRun({ budget }).withTask("1").build(), {
    type: "EngineStarted",
    pid: 1,
    recovering: false,
    // Midnight in UTC: the test has no time zone of its own.
    day: { ends: Date.UTC(2027, 0, 16), spent },
  });
  expect(wordsFor(run)).toBe("the day's budget of $5.00 is used up; goes on at 00:00");
});

test("a budget that only a person can raise is waited for without a time", () => {
  const budget = { sessionUsd: null, taskUsd: null, runUsd: 0 };
  expect(wordsFor(aRun({ budget }).withTask("1").build())).toBe("waits for money");
});

test("a branch says with whom it is gated, until it is known whether it is green there", () => {
  const builder = aRun();
  const keys = ["1", "2", "3"];
  for (const key of keys) builder.withTask(key, { status: "queued", head: `work-${key}` });
  const run = builder.build();
  const cars = keys.map((task) => {
    const head = `work-${task}`;
    return { task, head, forkPoint: "head0", commit: `with-${task}`, tree: `tree-${task}` };
  });
  happens(run, { type: "TrainPlanned", onto: "head0", members: cars });
  expect(wordsFor(run)).toBe("waits for its turn");
  happens(run, { type: "TrainBuilt", cars, left: [] });
  expect(wordsFor(run)).toBe("gated together with 2, 3");
  happens(run, { type: "TrainGated", length: 1, ok: true, results: [] });
  expect(wordsFor(run)).toBe("waits for its turn");
});

test("a provider is named with its agent and the time it gave", () => {
  const run = aRun().withTask("1").build();
  run.limitedUntil.set("scripted", NOW + 6 * 3_600_000 + 5 * 60_000);
  expect(wordsFor(run)).toBe("waits for the provider of scripted until 14:05");
});
