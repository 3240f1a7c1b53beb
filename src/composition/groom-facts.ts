import { existsSync } from "node:fs";
import { join } from "node:path";
import { readFileHistory } from "../adapters/git/file-history.ts";
import { openStore } from "../adapters/sqlite/store.ts";
import type { ConflictFacts } from "../core/plan/conflict-groups.ts";
import { namedPaths } from "../core/plan/conflict-groups-named.ts";
import type { Milestone, SourceReference } from "../core/plan/issue.ts";
import { foldLog } from "../core/run/evolve.ts";
import type { TaskKey } from "../core/shared/names.ts";
import { UserError } from "../errors.ts";

export interface FactsPlace {
  readonly root: string;
  readonly cairnFolder: string;
}

/** Older runs worked on other code. */
const RUNS_READ_MAX = 5;
const RUNS_LOOKED_AT_MAX = 50;
/** The first events of a run say what it is about. */
const HEAD_EVENTS = 5;

/**
 * What git and earlier runs know about the files of a milestone: pairs that changed together, and what its tasks
 * really changed. A hint for conflict groups: where either cannot be read it is left out. Nothing is written.
 */
export async function conflictFacts(
  milestone: Milestone,
  { root, cairnFolder }: FactsPlace,
): Promise<ConflictFacts> {
  const named = namedPaths(milestone.issues.filter(({ state }) => state === "open"));
  const changedTogether =
    named.size < 2 ? [] : await readFileHistory(root, { wants: (path) => named.has(path) });
  return { changedTogether, touched: touchedBefore(milestone.source, cairnFolder) };
}

/** A dispatch plan and what it was made of are the same milestone. */
function namesOf({ reference, truth }: SourceReference): readonly string[] {
  return truth === undefined ? [reference] : [reference, truth.reference];
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

/** What the newest runs of this source changed, by task; the newest that has the task counts. */
function touchedBefore(
  source: SourceReference,
  cairnFolder: string,
): ReadonlyMap<TaskKey, readonly string[]> {
  const touched = new Map<TaskKey, readonly string[]>();
  if (!existsSync(join(cairnFolder, "cairn.db"))) return touched;
  const log = openedLog(cairnFolder);
  if (log === null) return touched;
  const names = namesOf(source);
  try {
    const mine = log
      .runs()
      .slice(0, RUNS_LOOKED_AT_MAX)
      .filter(({ run }) => {
        const { plan } = foldLog(run, log.read(run, 0, HEAD_EVENTS));
        return plan !== null && namesOf(plan.source).some((name) => names.includes(name));
      })
      .slice(0, RUNS_READ_MAX);
    for (const { run } of mine)
      for (const { key, changedPaths } of foldLog(run, log.read(run, 0)).tasks.values())
        if (changedPaths.length > 0 && !touched.has(key)) touched.set(key, changedPaths);
    return touched;
  } finally {
    log.close();
  }
}
