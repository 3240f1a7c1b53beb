import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { openStore } from "../../src/adapters/sqlite/store.ts";
import type { RunEvent } from "../../src/core/run/events.ts";
import type { StoryIssue } from "../support/run-story.ts";
import { median, type Figure } from "./figures.ts";
import { runOnPaper } from "./paper-run.ts";

const EVENTS = 100_000;
/** A task that goes well leaves this many events, or a few more. */
const EVENTS_OF_A_TASK = 30;
const BATCH = 1_000;
const ROUNDS = 5;

/** From opening a long log to the first decision, in a process that has loaded its code. */
export function benchResume(): readonly Figure[] {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "cairn-bench-"));
  try {
    writeLog(folder);
    const file = path.join(import.meta.dirname, "resume-once.ts");
    const times = Array.from({ length: ROUNDS }, () => {
      const { stdout, status } = spawnSync(process.execPath, [file, folder], { encoding: "utf8" });
      if (status !== 0) throw new Error("The log could not be resumed.");
      return Number(stdout) / 1000;
    });
    return [
      {
        what: `open and fold ${EVENTS} events, to the first decision`,
        value: median(times),
        unit: "s",
        aim: 0.5,
        note: `median of ${ROUNDS} processes`,
      },
    ];
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** The first 100,000 events of a run with as many tasks as that takes. */
function writeLog(folder: string): void {
  const count = Math.ceil(EVENTS / EVENTS_OF_A_TASK) + 100;
  const issues = Array.from({ length: count }, (_, index): StoryIssue => {
    const key = `1.${index + 1}`;
    return { key, title: `Issue ${key}`, needs: index < 8 ? [] : [`1.${index - 7}`] };
  });
  const budget = { sessionUsd: null, taskUsd: null, runUsd: null };
  const settings = { parallel: 8, inFlight: 17, budget };
  const { story } = runOnPaper(issues, settings, () => 1_000, EVENTS);
  const events = story.events.slice(0, EVENTS);
  const store = openStore(folder);
  for (let from = 0; from < events.length; from += BATCH) {
    const batch: readonly RunEvent[] = events.slice(from, from + BATCH);
    store.append("bench", from, 1_000, batch);
  }
  store.close();
}
