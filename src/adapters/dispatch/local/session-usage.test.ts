import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { usageOfThisSession } from "./session-usage.ts";

test("a thread's running total becomes the usage of each session, however often it is asked", () => {
  const parent = fs.mkdtempSync(path.join(os.tmpdir(), "cairn-usage-"));
  onTestFinished(() => {
    fs.rmSync(parent, { recursive: true });
  });
  const session = (name: string, thread: string, tokens: number, startedAt: number): number => {
    const folder = path.join(parent, name);
    fs.mkdirSync(folder, { recursive: true });
    const total = { usd: null, inputTokens: tokens, outputTokens: tokens, turns: 1 };
    const exit = { startedAt, endedAt: startedAt + 10 };
    return usageOfThisSession(folder, thread, total, exit).inputTokens;
  };
  expect(session("1-s1", "a", 100, 0)).toBe(100);
  expect(session("2-s1", "b", 70, 0)).toBe(70);
  expect(session("1-s2", "a", 250, 100)).toBe(150);
  expect(session("1-s3", "a", 300, 200)).toBe(50);
  expect(session("1-s2", "a", 250, 100)).toBe(150);
});
