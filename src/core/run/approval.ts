import { stopTask } from "../review/fix-round.ts";
import { pathMatcher } from "../review/stops/path-matcher.ts";
import { plainName } from "../review/stops/plain-name.ts";
import type { RunEvent, TaskEvent } from "./events.ts";
import type { Run, Task } from "./run.ts";
import { stopsOf, stopWords } from "./stops-of-task.ts";

/**
 * The end of review: a protected surface, or the owner's wish to merge by hand, asks a person about this head; else the
 * task may queue.
 */
export function approveOrAsk(run: Run, task: Task): readonly RunEvent[] {
  const surfaces = surfaceLabels(run, task.changedPaths);
  const labels = labelsOf(run, task);
  const events: TaskEvent[] = [];
  if (labels.length > 0) events.push({ type: "LabelsSet", task: task.key, labels });
  const isApproved = task.approvedHead === task.head;
  const skipped = isApproved ? [] : skippedBy(run, task);
  if (skipped.length > 0) return [...events, ...skipped];
  if (surfaces.length > 0 && !isApproved) return [...events, ...asks(run, task, surfaces)];
  const stopped = isApproved ? [] : stoppedBy(run, task);
  if (stopped.length > 0) return [...events, ...stopped];
  if (!run.settings.mergeAuto && !isApproved) {
    const stop = stopTask(run, task, {
      kind: "merge",
      reason: "protected-surface",
      text: `${task.key} is reviewed and green; merging waits for your word (merge.auto is false).`,
      options: ["approve", "skip", "abort"],
      // Nothing is merged by the passing of time.
      default: "skip",
      always: true,
    });
    return [...events, ...stop];
  }
  return [...events, { type: "MergeApproved", task: task.key, head: task.head ?? "" }];
}

function asks(run: Run, task: Task, labels: readonly string[]): readonly TaskEvent[] {
  const dependencies = task.change?.dependencies ?? [];
  const found = [...dependencies, stopWords(stopsOf(run, task).held)].join(" ");
  const touched = labels.map((label) => surfaceWords(run, task, label)).join("; ");
  return stopTask(run, task, {
    kind: "protected-surface",
    reason: "protected-surface",
    // One word of a person passes this head: all of what it would pass is said.
    text: `${task.key} changes a protected surface (${touched}). ${found}`.trim(),
    options: ["approve", "skip", "abort"],
    default: "skip",
    always: true,
  });
}

/** So many paths of one surface are named; the change itself has them all. */
const PATHS_NAMED = 3;

/** The label with what of the change it is about: `database: db/schema.sql`. Put on by a person it may be about nothing. */
function surfaceWords(run: Run, task: Task, label: string): string {
  const isMatch = pathMatcher(run.settings.protectedSurfaces[label] ?? []);
  const paths = task.changedPaths.filter((path) => isMatch(path));
  if (paths.length === 0) return label;
  const more = paths.length - PATHS_NAMED;
  const named = paths.slice(0, PATHS_NAMED).map((path) => plainName(path));
  return `${label}: ${named.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

/** What the owner wants skipped is skipped, whatever else there is to ask about. */
function skippedBy(run: Run, task: Task): readonly TaskEvent[] {
  const { skipped } = stopsOf(run, task);
  if (skipped.length === 0) return [];
  const detail = stopWords(skipped);
  const by = "stops of the configuration";
  return [{ type: "TaskSkipped", task: task.key, reason: "stop", detail, by }];
}

/** Stop conditions that are not merely labelled: a person decides. */
function stoppedBy(run: Run, task: Task): readonly TaskEvent[] {
  const { held } = stopsOf(run, task);
  if (held.length === 0) return [];
  return stopTask(run, task, {
    kind: "stop",
    reason: "stop",
    text: `${task.key} stops before its merge. ${stopWords(held)}`,
    options: ["approve", "skip", "abort"],
    default: "skip",
  });
}

/** Labels that the change itself puts on: of surfaces, of stop conditions, and of how it came to be. */
export function labelsOf(run: Run, task: Task): readonly string[] {
  const kept = task.labels.filter((label) => label === TDD_LABEL);
  const { labels } = stopsOf(run, task);
  return [...new Set([...surfaceLabels(run, task.changedPaths), ...labels, ...kept])];
}

/** The label that a violation of the rules of test-driven development puts on a task and its pull request. */
export const TDD_LABEL = "tdd-violation";

/** Somebody put a label of a protected surface on the pull request: it holds the merge as a changed path would. */
export function heldByLabel(run: Run, task: Task, labels: readonly string[]): readonly TaskEvent[] {
  const surfaces = Object.keys(run.settings.protectedSurfaces);
  const known = new Set(surfaces.map((label) => label.toLowerCase()));
  const holding = labels.filter((label) => known.has(label.toLowerCase()));
  if (holding.length === 0 || task.approvedHead === task.head) return [];
  const why = `The label ${holding.join(", ")} was put on its pull request.`;
  const asked = asks(run, task, holding);
  return task.status === "queued"
    ? [{ type: "ApprovalWithdrawn", task: task.key, why }, ...asked]
    : asked;
}

/** Labels of the protected surfaces that these paths touch. */
export function surfaceLabels(run: Run, paths: readonly string[]): readonly string[] {
  return Object.entries(run.settings.protectedSurfaces)
    .filter(([, patterns]) => {
      const isMatch = pathMatcher(patterns);
      return paths.some((path) => isMatch(path));
    })
    .map(([label]) => label);
}
