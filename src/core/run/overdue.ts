import { stopTask } from "../review/fix-round.ts";
import type { Instant } from "../shared/names.ts";
import type { RunEvent } from "./events.ts";
import { handedOver } from "./react-landing.ts";
import { checksPassed } from "./react-news.ts";
import type { ChecksSeen, Run, Task } from "./run.ts";

/** When the time for a task's checks and for its reviewers is over; empty: it waits for neither. */
export function checksDeadlines(run: Run, task: Task): readonly Instant[] {
  const { forge } = run.settings;
  if (forge === undefined || task.step.at !== "checks" || task.endedAt !== null) return [];
  const { since } = task.step;
  return [since + forge.ci.timeoutMs, since + forge.reviews.timeoutMs];
}

/** When the checks of the landing pull request are not waited for any longer. */
export function landingDeadlines(run: Run): readonly Instant[] {
  const { forge } = run.settings;
  const opened = run.landingPullRequest;
  if (forge === undefined || opened === null || run.status !== "landing") return [];
  return [opened.since + forge.ci.timeoutMs];
}

/**
 * Checks and reviews that have not come in time. A required one asks a person; one that is waited for by habit alone is
 * noted, and the task goes on without it. Null: nothing is overdue that decides anything.
 */
export function overdueChecks(run: Run, now: Instant): readonly RunEvent[] | null {
  for (const task of run.tasks.values()) {
    if (task.status !== "reviewing" && task.status !== "merging") continue;
    const events = overdueOf(run, task, now);
    if (events !== null) return events;
  }
  return null;
}

function overdueOf(run: Run, task: Task, now: Instant): readonly RunEvent[] | null {
  const [ciDeadline, reviewDeadline] = checksDeadlines(run, task);
  if (ciDeadline === undefined || reviewDeadline === undefined) return null;
  const seen = task.checks?.head === task.head ? task.checks : null;
  if (seen === null) return now < ciDeadline ? null : askAbout(run, task, ["GitHub has said nothing about it"]);
  const isLate = ({ what }: ChecksSeen["waiting"][number]): boolean =>
    now >= (what === "check" ? ciDeadline : reviewDeadline);
  const late = seen.waiting.filter(isLate);
  const required = late.filter((awaited) => awaited.isRequired);
  if (required.length > 0) return askAbout(run, task, required.map(wordsOf));
  if (now < ciDeadline || late.length < seen.waiting.length || late.length === 0) return null;
  const noted = [...seen.noted, ...late.map((awaited) => `not waited for any longer: ${awaited.name}`)];
  return checksPassed(run, task, { ...seen, waiting: [], noted }, []);
}

function wordsOf({ what, name }: ChecksSeen["waiting"][number]): string {
  return what === "check" ? `the required check ${name} has not reported` : `${name} has not come`;
}

function askAbout(run: Run, task: Task, missing: readonly string[]): readonly RunEvent[] {
  return stopTask(run, task, {
    kind: "overdue",
    reason: "checks-overdue",
    text: `${task.key} has waited long enough: ${missing.join("; ")}.`,
    options: ["continue", "skip", "abort"],
    default: "skip",
  });
}

/** A landing pull request whose checks do not end is handed over as it is, with the words. */
export function overdueLanding(run: Run, now: Instant): RunEvent | null {
  const [deadline] = landingDeadlines(run);
  if (deadline === undefined || now < deadline) return null;
  return { type: "LandingHandedOver", how: handedOver(run, "is open, its checks have not finished") };
}
