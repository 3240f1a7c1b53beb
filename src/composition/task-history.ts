import { existsSync } from "node:fs";
import { join } from "node:path";
import { openStore } from "../adapters/sqlite/store.ts";
import { historyOf } from "../core/plan/forecast-history.ts";
import type { HistorySample } from "../core/plan/forecast-history.ts";
import { readLedger } from "../core/report/ledger.ts";
import { foldLog } from "../core/run/evolve.ts";
import { UserError } from "../errors.ts";

/** Older runs worked on other code. */
const RUNS_READ_MAX = 5;
/** A plan is read in a moment; a log this long would be noticed. */
const EVENTS_MAX = 20_000;

/** What the tasks of the newest runs took, of whichever milestone; empty where no log can be read. Nothing is written. */
export function taskHistory(cairnFolder: string): readonly HistorySample[] {
  if (!existsSync(join(cairnFolder, "cairn.db"))) return [];
  const log = openedLog(cairnFolder);
  if (log === null) return [];
  try {
    const newest = log.runs().filter(({ lastSeq }) => lastSeq <= EVENTS_MAX);
    return historyOf(
      newest.slice(0, RUNS_READ_MAX).map(({ run }) => {
        const events = log.read(run, 0);
        const { plan, tasks } = foldLog(run, events);
        return {
          plan,
          tasks,
          asked: new Set(readLedger(events).questions.map(({ task }) => task)),
        };
      }),
    );
  } finally {
    log.close();
  }
}

function openedLog(cairnFolder: string): ReturnType<typeof openStore> | null {
  try {
    return openStore(cairnFolder, { readonly: true });
  } catch (error) {
    // A log that cannot be read is told by who needs it.
    if (error instanceof UserError) return null;
    throw error;
  }
}
