import type { Run, Task } from "../core/run/run.ts";

/** Title of the pull request by which a person lands a milestone. */
export function landingTitle(run: Run): string {
  return `Milestone: ${run.plan?.milestone.title ?? run.settings.integrationBranch}`;
}

/** Its body: what it brings, what it leaves out and why, how it was tested, and how to take it back. */
export function landingBody(run: Run): string {
  const tasks = [...run.tasks.values()];
  const left = tasks.filter((task) => task.status !== "merged");
  const results = run.verified?.results ?? [];
  return [
    "## What it brings",
    "",
    ...run.merged.map((key) => broughtLine(run, key)),
    "",
    ...(left.length === 0 ? [] : ["## What it leaves out", "", ...left.map(leftLine), ""]),
    "## How it was tested",
    "",
    ...(results.length === 0
      ? ["No gates are configured for the whole."]
      : results.map((result) => `- ${result.name}: ${result.ok ? "passed" : "red before this run too"}`)),
    "",
    "## How to take it back",
    "",
    "Merge it with a merge commit; then one `git revert -m 1 COMMIT` takes all of it back.",
    "",
  ].join("\n");
}

function broughtLine(run: Run, key: string): string {
  const task = run.tasks.get(key);
  const by = task?.pullRequest == null ? "" : ` (#${task.pullRequest.number})`;
  return `- ${key} ${oneLine(task?.issue.title ?? "")}${by}`;
}

function leftLine(task: Task): string {
  const why = task.detail ?? task.reason ?? task.status;
  return `- ${task.key} ${oneLine(task.issue.title)}: ${task.status}, ${oneLine(why)}`;
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/gu, " ").trim().slice(0, 200);
}
