import type { Profile } from "../run/profile.ts";
import type { Run } from "../run/run.ts";
import { tokensOf } from "../shared/money.ts";
import type { TaskKey } from "../shared/names.ts";
import { secretLines } from "./halted-for-secrets.ts";
import { unwrittenFollowUps } from "./follow-ups.ts";
import { redWholeWords, suspects } from "./red-whole.ts";
import type { ReportTask } from "./report.ts";
import { plural, withheldWords } from "./words.ts";

/** What a person should look at, the most pressing first; empty when nothing is left to do. */
export function attentionOf(run: Run, tasks: readonly ReportTask[]): readonly string[] {
  return [
    ...aboutRun(run),
    ...tasks.flatMap((task) => aboutTask(task)),
    ...suspects(run),
    ...leftOut(run),
    ...unwrittenFollowUps(run).map((key) => unwritten(run, key)),
    ...aboutMoney(run),
  ];
}

function aboutRun(run: Run): readonly string[] {
  const lines: string[] = [];
  if (run.status === "halted")
    lines.push(`The run is halted: ${run.haltReason ?? "no reason given"}`, ...secretLines(run));
  if (run.landingRefused !== null) lines.push(`The landing was refused: ${run.landingRefused}`);
  if (run.verifyFailed !== null) lines.push(redWholeWords(run, run.verifyFailed));
  if (run.progress !== null && "left" in run.progress)
    lines.push(
      `What is done was not marked in ${run.progress.path}: ${run.progress.left}. Mark it by hand.`,
    );
  const { integrationBranch, target } = run.settings;
  const isElsewhere = run.landed === null && integrationBranch !== target;
  if (run.status === "complete" && isElsewhere && run.merged.length > 0) {
    lines.push(
      `${plural(run.merged.length, "merged task")} on ${integrationBranch} not yet on ${target}.${landsWith(run)}`,
    );
  }
  return lines;
}

function aboutTask(task: ReportTask): readonly string[] {
  const kept = task.workspace === null ? "" : ` Its workspace is kept: ${task.workspace}`;
  switch (task.outcome) {
    case "failed":
      return [`${task.key} failed (${task.reason ?? "no reason"}): ${task.detail ?? ""}${kept}`];
    case "remaining":
      return task.status === "escalated" ? [`${task.key} asks: ${task.detail ?? ""}`] : [];
    case "skipped":
      return task.reason === "blocker-ended"
        ? []
        : [`${task.key} was skipped (${task.reason ?? "no reason"}).${kept}`];
    default:
      return [];
  }
}

/** Steps that agents named as not done: nobody else keeps them, unless an issue has taken them over. */
function leftOut(run: Run): readonly string[] {
  return [...run.tasks.values()].flatMap(({ key, status, report, followUps }) => {
    if (followUps.length > 0) return [];
    if (status !== "merged" || report === null || report.stepsBlocked.length === 0) return [];
    const steps = report.stepsBlocked.map(({ step, why }) => `${step} (${why})`);
    return [`${key} left out: ${steps.join("; ")}`];
  });
}

function unwritten(run: Run, key: TaskKey): string {
  const task = run.tasks.get(key);
  const of = task?.issue.followUpOf ?? "";
  return `${key} "${task?.issue.title ?? ""}" was not written into the source: add it by hand, as a follow-up of ${of}.`;
}

function aboutMoney(run: Run): readonly string[] {
  const { runUsd, runTokens = null } = run.settings.budget;
  const lines: string[] = [];
  if (runUsd !== null && (run.usage.usd ?? 0) >= runUsd)
    lines.push(`The budget of $${runUsd.toFixed(2)} is used up.`);
  if (runTokens !== null && tokensOf(run.usage) >= runTokens)
    lines.push(`The budget of ${runTokens} tokens is used up.`);
  return lines;
}

/** What a reader might take for granted and was not done in this run. */
export function notDoneOf(run: Run, profile: Profile): readonly string[] {
  const { settings } = run;
  const lines = ["There is no sandbox here: agents and gates ran with the rights of the user."];
  if (![...run.tasks.values()].some(({ change }) => change?.coverage != null))
    lines.push("Coverage was not measured.");
  if (profile.why !== null)
    lines.unshift(`Test-driven development was not proven (plain): ${profile.why}.`);
  const { mode, withheld } = settings.review;
  if (mode === "none") {
    const why = withheld === undefined ? "no review was asked for" : withheldWords(withheld);
    lines.unshift(`Not reviewed by Cairn: ${why}.`);
  }
  if (settings.gates.preMerge.length === 0)
    lines.unshift("Nothing was tested before merging: no gate is configured.");
  if (settings.gates.postMerge.length === 0 && settings.gates.preMerge.length === 0) {
    lines.unshift("The whole was not tested: no gate is configured.");
  }
  return lines;
}

/** The pull request that waits for a person to merge it. */
function landsWith({ landingPullRequest: opened }: Run): string {
  if (opened === null) return "";
  return ` They land with #${opened.number}${opened.url === null ? "" : `: ${opened.url}`}`;
}
