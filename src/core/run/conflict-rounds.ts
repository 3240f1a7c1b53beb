import { TEST_PATHS } from "../execute/tdd/test-paths.ts";
import { classifyConflict } from "../merge/conflicts/classify.ts";
import { hasRoundLeft, roundsUsedUp, stopTask } from "../review/fix-round.ts";
import { STOP_TABLE } from "../review/stops/stop-table.ts";
import { pathMatcher } from "../review/stops/path-matcher.ts";
import type { CommitSha, TaskKey } from "../shared/names.ts";
import type { RunEvent, TaskEvent } from "./events.ts";
import { followUpsOfOriginal } from "./follow-up-chain.ts";
import type { MetConflict } from "./merge-state.ts";
import type { Outcome, Work } from "./outcomes.ts";
import type { Run, Task } from "./run.ts";

type Conflict = Extract<Extract<Outcome, { of: "BuildCandidate" }>["result"], { kind: "conflict" }>;

/**
 * A branch at its turn does not fit on what was merged before it. Small ones of text go to an agent, in a fix round;
 * what is heavy is given back, asked about or skipped, as the settings say. Runs begun before conflicts were classed
 * treat all alike.
 */
export function meetConflict(
  run: Run,
  task: Task,
  onto: CommitSha,
  { paths, messages, files }: Conflict,
): readonly RunEvent[] {
  const found = {
    type: "ConflictFound",
    task: task.key,
    onto,
    paths,
    messages: messages.slice(0, 2_000),
  } as const;
  const { merging } = run.settings;
  if (merging === undefined || files === undefined) {
    if (!hasRoundLeft(run, task, "conflict"))
      return roundsUsedUp(run, task, "conflict", "conflict", []);
    return [found];
  }
  const classed = classifyConflict(files, merging.medium);
  const isHeavy = classed.class === "heavy";
  const conflict: MetConflict = {
    onto,
    class: isHeavy ? "heavy" : "medium",
    why: classed.why,
    files,
  };
  if (isHeavy) return heavyConflict(run, task, conflict);
  if (hasRoundLeft(run, task, "conflict")) return [{ ...found, conflict }];
  return heavyConflict(run, task, conflict);
}

/** The rounds for a conflict are used up: it is as heavy as one that no agent was asked about. */
export function conflictNotSettled(run: Run, task: Task): readonly RunEvent[] | null {
  const { conflict } = task;
  if (run.settings.merging === undefined || conflict === null) return null;
  return heavyConflict(run, task, { ...conflict, class: "heavy" });
}

function heavyConflict(run: Run, task: Task, conflict: MetConflict): readonly RunEvent[] {
  const text = `${task.key} conflicts with ${othersIn(run, task.key, conflict).join(", ") || "what was merged meanwhile"}: ${whyHeavy(task, conflict)}`;
  switch (run.settings.merging?.heavy) {
    case "skip":
      return [skipped(task, text)];
    case "give-back":
      if (mayGiveBack(run, task)) return [givesBack(task, conflict)];
      return asked(run, task, `${text} It was given back as often as it may be.`);
    default:
      return asked(run, task, text);
  }
}

function whyHeavy(task: Task, { why }: MetConflict): string {
  const rounds = task.rounds.conflict;
  return rounds === 0
    ? why
    : `${why} ${rounds === 1 ? "One round" : `${rounds} rounds`} did not settle it.`;
}

/** Tasks merged since whose paths the conflict is about. */
export function othersIn(run: Run, task: TaskKey, { files }: MetConflict): readonly string[] {
  const paths = new Set(files.map(({ path }) => path));
  // What it stands on cannot be what it conflicts with.
  const from = run.tasks.get(task)?.workspace?.forkPoint;
  const at = run.merged.findIndex((key) => run.tasks.get(key)?.mergedCommit === from);
  return run.merged
    .slice(at + 1)
    .filter((key) => run.tasks.get(key)?.changedPaths.some((path) => paths.has(path)));
}

/** As many issues as one original may have, rests of it included. */
function mayGiveBack(run: Run, task: Task): boolean {
  const most = run.settings.discipline?.followUps ?? 0;
  return followUpsOfOriginal(run, task.key) < most;
}

function givesBack(task: Task, conflict: MetConflict): TaskEvent {
  const why = `Its conflict becomes an issue of its own: ${whyHeavy(task, conflict)}`;
  return { type: "StepDecided", task: task.key, step: { at: "give-back", conflict }, why };
}

function skipped(task: Task, detail: string): TaskEvent {
  return { type: "TaskSkipped", task: task.key, reason: "conflict", detail, by: "merge.heavy" };
}

/** A person decides; without one it is skipped. */
export function asked(run: Run, task: Task, text: string): readonly RunEvent[] {
  const { options, default: otherwise } = STOP_TABLE.conflict;
  const byHand = `Or merge ${run.settings.integrationBranch} into ${task.branch} by hand, then: cairn resolve ${task.key}.`;
  return stopTask(run, task, {
    kind: "conflict",
    reason: "conflict",
    text: `${text} ${byHand}`,
    options,
    default: otherwise,
  });
}

/**
 * What speaks against the way an agent settled a conflict; null: nothing. It may touch what conflicts and what the
 * branch had changed before, and the tests that the branch brought are still part of what it brings.
 */
export function againstResolution(run: Run, task: Task, work: Work): string | null {
  const { conflict } = task;
  if (task.status !== "fixing") return null;
  if (task.mergingWith !== null && work.markers.length > 0)
    return `Conflict markers are left in ${shown(work.markers)}.`;
  if (task.roundKind !== "conflict" || conflict === null) return null;
  const mayChange = new Set([...task.changedPaths, ...conflict.files.map(({ path }) => path)]);
  const beside = work.changedPaths.filter((path) => !mayChange.has(path));
  if (beside.length > 0)
    return `Settling a conflict changes what conflicts and nothing else; this changed ${shown(beside)}.`;
  if (work.changedPaths.length === 0) return "Nothing of the branch's own change is left.";
  const isTest = pathMatcher(run.settings.discipline?.tdd?.tests ?? TEST_PATHS);
  const lost = (work.dropped ?? []).filter(isTest);
  if (lost.length > 0) return `The tests that the branch brought are gone: ${shown(lost)}.`;
  const conflicted = new Set(conflict.files.map(({ path }) => path));
  const undone = (work.dropped ?? []).filter((path) => !conflicted.has(path));
  if (undone.length > 0) return `What did not conflict was taken back: ${shown(undone)}.`;
  return null;
}

function shown(paths: readonly string[]): string {
  const first = paths.slice(0, 5).join(", ");
  return paths.length > 5 ? `${first} and ${paths.length - 5} more` : first;
}
