import { formatUsage, plural, shortCommit } from "../core/report/words.ts";
import type { Run, Task } from "../core/run/run.ts";
import { landingMarker } from "./markers.ts";
import { quotedLine } from "./quoted-words.ts";
import { notWaitedFor } from "./work-words.ts";

/** Title of the pull request that lands a milestone. */
export function landingTitle(run: Run): string {
  const title = run.plan?.milestone.title.replaceAll(/\s+/g, " ").trim() ?? "";
  return `Milestone: ${title === "" ? run.settings.integrationBranch : title}`;
}

/** Body of the pull request that lands a milestone: what it brings, what it leaves out, what was tested, the way back. */
export function landingBody(run: Run): string {
  const { integrationBranch, target } = run.settings;
  const merged = run.merged.flatMap((key) => run.tasks.get(key) ?? []);
  const others = [...run.tasks.values()].filter(({ status }) => status !== "merged");
  const { url, title } = run.plan?.milestone ?? { url: null, title: "" };
  const milestone = quotedLine(url === null ? title : `[${title}](${url})`);
  const of = title === "" ? "" : ` of ${milestone}`;
  return [
    `\`${integrationBranch}\` brings ${plural(merged.length, "issue")}${of} to \`${target}\`. Merging this lands them.`,
    "",
    ...section("Issues, in the order they were merged", merged.map(mergedLine)),
    ...section("Left out", others.map(leftOutLine)),
    ...section("Integration test", testLines(run)),
    ...section("Not waited for, not reviewed", gaps(run, merged)),
    ...section("To take it back", wayBack(run, merged)),
    `Run ${run.id}, ${formatUsage(run.usage)}.`,
    "",
    landingMarker(run),
    "",
  ].join("\n");
}

function section(title: string, items: readonly string[]): readonly string[] {
  if (items.length === 0) return [];
  return [`## ${title}`, "", ...items.map((item) => `- ${item}`), ""];
}

function mergedLine(task: Task): string {
  const by = task.pullRequest === null ? "" : ` by #${task.pullRequest.number}`;
  const as = task.mergedCommit === null ? "" : ` as ${shortCommit(task.mergedCommit)}`;
  return `${task.key} ${quotedLine(task.issue.title)}${by}${as}`;
}

function leftOutLine(task: Task): string {
  const reason = task.reason === null ? "" : ` (${task.reason})`;
  const detail = task.detail === null ? "" : `: ${quotedLine(task.detail)}`;
  return `${task.key} ${quotedLine(task.issue.title)}: ${task.status}${reason}${detail}`;
}

function testLines(run: Run): readonly string[] {
  const { verified } = run;
  if (verified === null) return ["Not run."];
  if (verified.results.length === 0)
    return [`No gate is configured: ${shortCommit(verified.commit)} was not tested as a whole.`];
  const before = new Map((run.baseline ?? []).map((result) => [result.name, result.ok]));
  return verified.results.map(({ name, ok }) => {
    const red = before.get(name) === false ? "red, as it was before the run" : "red";
    return `\`${name}\`: ${ok ? "green" : red} on ${shortCommit(verified.commit)}`;
  });
}

function gaps(run: Run, merged: readonly Task[]): readonly string[] {
  const reviewed =
    run.settings.review.mode === "none" ? ["None of this was reviewed by Cairn."] : [];
  const skipped = merged.flatMap((task) => {
    const noted = notWaitedFor(run, task);
    return noted.length === 0 ? [] : [`${task.key}: ${noted.map(quotedLine).join("; ")}`];
  });
  return [...reviewed, ...skipped];
}

function wayBack(run: Run, merged: readonly Task[]): readonly string[] {
  if (merged.length === 0) return [];
  const { target } = run.settings;
  return [
    `Before it is merged: close it; \`${target}\` has not moved.`,
    "All of it, merged by a merge commit: `git revert -m 1 COMMIT`; squashed: `git revert COMMIT`.",
    "One issue, where this was merged by a merge commit: `git revert` of its commit above.",
  ];
}
