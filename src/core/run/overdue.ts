import { stopTask } from "../review/fix-round.ts";
import type { Instant } from "../shared/names.ts";
import type { RunEvent } from "./events.ts";
import { handedOver } from "./react-landing.ts";
import type { ChecksSeen, Run, Task } from "./run.ts";

/** When the checks of the landing pull request are not waited for any longer. */
export function landingDeadlines(run: Run): readonly Instant[] {
  const { forge } = run.settings;
  const opened = run.landingPullRequest;
  if (forge === undefined || opened === null || run.status !== "landing") return [];
  if (opened.head !== run.integration?.head) return [];
  if (run.landing !== null) return [];
  return [opened.since + forge.ci.timeoutMs];
}

/** What the time limits make of one look: a person is asked, or the task goes on without what is late. */
export type Overdue =
  | { readonly kind: "asks"; readonly events: readonly RunEvent[] }
  | { readonly kind: "goes-on"; readonly seen: ChecksSeen };

/**
 * Checks and reviews that have not come in time, by a look made just now: what was seen before an engine died, or a
 * laptop slept, says nothing of what has come since. A required one asks a person; one that is waited for by habit alone
 * is noted, and the task goes on without it. Null: nothing is overdue that decides anything.
 */
export function judgeOverdue(run: Run, task: Task, seen: ChecksSeen, now: Instant): Overdue | null {
  const { forge } = run.settings;
  if (forge === undefined || task.step.at !== "checks" || run.status !== "running") return null;
  const ciDeadline = task.step.since + forge.ci.timeoutMs;
  const reviewDeadline = task.step.since + forge.reviews.timeoutMs;
  const isLate = ({ what }: ChecksSeen["waiting"][number]): boolean =>
    now >= (what === "check" ? ciDeadline : reviewDeadline);
  const late = seen.waiting.filter(isLate);
  const required = late.filter((awaited) => awaited.isRequired);
  if (required.length > 0)
    return { kind: "asks", events: askAbout(run, task, required.map(wordsOf)) };
  if (late.length === 0 || late.length < seen.waiting.length) return null;
  const words = late.map((awaited) => `not waited for any longer: ${awaited.name}`);
  return { kind: "goes-on", seen: { ...seen, waiting: [], noted: [...seen.noted, ...words] } };
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
  return {
    type: "LandingHandedOver",
    how: handedOver(run, "is open, its checks have not finished"),
  };
}
