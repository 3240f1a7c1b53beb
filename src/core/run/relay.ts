import type { RelayedResult } from "../execute/agent-prompt.ts";
import type { TaskKey } from "../shared/names.ts";
import type { Run, Task } from "./run.ts";
import { isTerminal } from "./task-state.ts";

const WAVES = 3;
/** However many tasks a wave has. */
const RESULTS_MAX = 24;

/**
 * Results of earlier tasks for a later one: first what this task waited for, whatever its wave, then those of the
 * newest three waves that have a result, newest first. A task counts when it is merged, or over with a report: what a
 * part or a failure has found out is worth as much. Tasks that joined later are in no wave and count as newest.
 */
export function relayFor(run: Run, task: Task): readonly RelayedResult[] {
  const awaited = new Set(task.issue.blockers.map(({ key }) => key));
  const results = newestFirst(run).filter((other) => other.key !== task.key && hasResult(other));
  const waveOf = wavesOf(run);
  const newest = new Set(
    [...new Set(results.map(({ key }) => waveOf(key)))].toSorted((a, b) => b - a).slice(0, WAVES),
  );
  const others = results.filter(({ key }) => !awaited.has(key) && newest.has(waveOf(key)));
  return [...results.filter(({ key }) => awaited.has(key)), ...others]
    .slice(0, RESULTS_MAX)
    .map(relayed);
}

function hasResult(task: Task): boolean {
  return task.status === "merged" || (isTerminal(task.status) && task.report !== null);
}

/** Merged ones first, the newest on top; those that ended otherwise after them. */
function newestFirst(run: Run): readonly Task[] {
  const merged = new Set(run.merged);
  const others = [...run.tasks.values()].filter(({ key }) => !merged.has(key));
  const inOrder = run.merged.flatMap((key) => run.tasks.get(key) ?? []);
  return [...others, ...inOrder].toReversed();
}

function wavesOf(run: Run): (key: TaskKey) => number {
  const waves = new Map<TaskKey, number>();
  for (const [wave, keys] of (run.plan?.waves ?? []).entries())
    for (const key of keys) waves.set(key, wave);
  const newest = run.plan?.waves.length ?? 0;
  return (key) => waves.get(key) ?? newest;
}

function relayed(task: Task): RelayedResult {
  const { report } = task;
  const commit = task.mergedCommit ?? task.head;
  return {
    task: task.key,
    title: task.issue.title,
    status: statusWords(task),
    summary: report?.summary ?? task.detail ?? "",
    files: task.changedPaths,
    commits: commit === null ? [] : [commit.slice(0, 12)],
    notes: report?.notes ?? [],
    discoveries: report?.discoveries ?? [],
  };
}

/** Whether its code is there is what a reader must know first. */
function statusWords(task: Task): string {
  const part =
    task.report?.status === "partial" || task.followUps.length > 0 ? ", only a part of it" : "";
  if (task.status === "merged") return `merged${part}`;
  if (task.reason === "done-elsewhere") return "done without a change of its own";
  return `${task.status}${part}: its code is not in your base`;
}
