import { stagesOf } from "../core/review/stages.ts";
import { formatUsage, shortCommit } from "../core/report/words.ts";
import type { Run, Task } from "../core/run/run.ts";
import type { CommitSha } from "../core/shared/names.ts";

/** The commit that stands behind what a task's pull request shows: accepted, or about to be published. */
export function shownCommit(task: Task): CommitSha | null {
  return task.step.at === "publish" ? task.step.commit : task.head;
}

/** Names of the gates before merging, and on which commit they are green: nothing red is ever published. */
export function gatesWords(run: Run, task: Task): string {
  const wasRed = new Set((run.baseline ?? []).flatMap(({ name, ok }) => (ok ? [] : [name])));
  const names = run.settings.gates.preMerge
    .map(({ name }) => `\`${name}\`${wasRed.has(name) ? " (red before, nothing new)" : ""}`)
    .join(", ");
  if (names === "") return "none configured";
  const commit = shownCommit(task);
  return commit === null ? `${names}: to come` : `${names}: green on ${shortCommit(commit)}`;
}

/** What each stage of Cairn's own review says of the change as it is. */
export function reviewWords(run: Run, task: Task): string {
  const stages = stagesOf(run.settings.review.mode).flat();
  if (stages.length === 0) return "not reviewed by Cairn";
  return stages
    .map((stage) => {
      const seen = task.passed[stage];
      if (seen === undefined) return `${stage}: to come`;
      // A later fix is seen by the last stage alone.
      return seen === task.patchId ? `${stage}: approved` : `${stage}: approved before later fixes`;
    })
    .join(", ");
}

/** Fix rounds by what they are counted against, with how many there may be. */
export function roundsWords(run: Run, task: Task): string {
  const { review, fixRounds } = run.settings;
  const counted: readonly (readonly [string, number, number])[] = [
    ...(review.mode === "none"
      ? []
      : ([
          ["spec review", task.rounds.spec, review.rounds],
          ["quality review", task.rounds.quality, review.rounds],
        ] as const)),
    ["pull request", task.rounds.pullRequest, fixRounds.pullRequest],
    ["conflict", task.rounds.conflict, fixRounds.conflict],
  ];
  return counted
    .map(([name, used, most]) => `${name} ${used} of ${most + task.granted}`)
    .join(", ");
}

/** What was used so far, with the number of sessions. */
export function costWords(task: Task): string {
  const sessions = `${task.sessions} session${task.sessions === 1 ? "" : "s"}`;
  return `${formatUsage(task.usage)}, ${sessions}`;
}

/** What nobody waited for, or could not be read; empty where everything was looked at. */
export function notWaitedFor(run: Run, task: Task): readonly string[] {
  const seen = task.checks?.head === task.head ? (task.checks?.noted ?? []) : [];
  const { forge } = run.settings;
  const asked = forge?.ci.wait === false ? ["checks that are not required are not waited for"] : [];
  return [...new Set([...asked, ...seen])];
}
