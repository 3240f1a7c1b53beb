import type { Run, Task } from "../core/run/run.ts";
import { commitTitle } from "./commits.ts";
import { proofSection } from "./proof-words.ts";
import { pullRequestMarker } from "./markers.ts";
import { quotedLine, quotedWords } from "./quoted-words.ts";
import { costWords, gatesWords, notWaitedFor, reviewWords } from "./work-words.ts";

/** Title of a task's pull request: the title of the commit it becomes. */
export function pullRequestTitle(task: Task): string {
  return commitTitle(task);
}

/** Body of a task's pull request: what it is for, what was promised, what Cairn checked, what becomes of the issue. */
export function pullRequestBody(run: Run, task: Task): string {
  const skipped = notWaitedFor(run, task);
  return [
    "## Summary",
    "",
    summaryOf(task),
    "",
    ...section(task.followUps.length === 0 ? "Left out" : "Left for later", leftOut(task)),
    ...restWords(task),
    ...section("Acceptance criteria", task.issue.acceptanceCriteria.map(quotedLine)),
    ...proofSection(run, task),
    ...section("Checked by Cairn", [
      `Gates: ${gatesWords(run, task)}`,
      `Review: ${reviewWords(run, task)}`,
      ...(skipped.length === 0 ? [] : [`Not waited for: ${skipped.map(quotedLine).join("; ")}`]),
      `Cost so far: ${costWords(task)}`,
    ]),
    issueWords(run, task),
    "",
    pullRequestMarker(run, task),
    "",
  ].join("\n");
}

function summaryOf(task: Task): string {
  const summary = quotedWords(task.report?.summary ?? "");
  return summary === "" ? "The agent gave no report; the commits speak for themselves." : summary;
}

function leftOut(task: Task): readonly string[] {
  return (task.report?.stepsBlocked ?? []).map(({ step, why }) => quotedLine(`${step}: ${why}`));
}

/** What the part leaves is planned: nobody has to look for it here. */
function restWords({ key, followUps }: Task): readonly string[] {
  if (followUps.length === 0) return [];
  return [`This is a part of ${key}. What is left is in ${followUps.join(", ")}.`, ""];
}

function section(title: string, items: readonly string[]): readonly string[] {
  if (items.length === 0) return [];
  return [`## ${title}`, "", ...items.map((item) => `- ${item}`), ""];
}

/**
 * What becomes of the issue. Closing words work only where the forge merges into its default branch; elsewhere they
 * would promise what does not happen.
 */
function issueWords(run: Run, task: Task): string {
  const { forge, integrationBranch, target, targetPolicy } = run.settings;
  const isDirect = targetPolicy === "direct";
  const part = isDirect
    ? `Goes to \`${target}\`.`
    : `Part of milestone branch \`${integrationBranch}\`.`;
  if (forge?.hasIssues !== true) return `${part} For ${task.key}.`;
  if (!forge.closes.issues)
    return `${part} For ${task.key}, which stays open until somebody closes it.`;
  if (isDirect) return `Closes ${task.key}`;
  return `Part of milestone branch \`${integrationBranch}\`; ${task.key} is closed by Cairn when this is merged, and it lands on \`${target}\` with that branch.`;
}
