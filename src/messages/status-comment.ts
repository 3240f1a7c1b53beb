import type { Run, Task } from "../core/run/run.ts";

/** The one status comment of a pull request, edited in place: the same state gives the same text. */
export function statusComment(run: Run, task: Task): string {
  const rows: readonly (readonly [string, string])[] = [
    ["Status", statusWords(task)],
    ["Attempt", `${Math.min(task.attemptsFailed + 1, run.settings.attempts)} of ${run.settings.attempts}`],
    ["Fix rounds", `${roundsOf(task)}`],
    ["Gates", run.settings.gates.preMerge.map((gate) => gate.name).join(", ") || "none configured"],
    ["Review by Cairn", reviewWords(run, task)],
    ...(task.checks === null ? [] : [["Checks", task.checks.words] as const]),
    ...(task.answered.length === 0
      ? []
      : [["Findings answered", String(task.answered.length)] as const]),
    ...(task.usage.usd === null ? [] : [["Cost", `$${task.usage.usd.toFixed(2)}`] as const]),
  ];
  const noted = task.checks?.noted ?? [];
  return [
    `**Cairn** works on ${task.key} in this pull request.`,
    "",
    "| | |",
    "|---|---|",
    ...rows.map(([name, words]) => `| ${name} | ${cell(words)} |`),
    ...(noted.length === 0 ? [] : ["", ...noted.map((words) => `- ${cell(words)}`)]),
    "",
  ].join("\n");
}

function statusWords(task: Task): string {
  const why = task.detail ?? task.reason;
  switch (task.status) {
    case "merged":
      return `merged${task.mergedCommit === null ? "" : ` as ${task.mergedCommit.slice(0, 10)}`}`;
    case "failed":
    case "cancelled":
    case "skipped":
      return why === null ? task.status : `${task.status}: ${why}`;
    case "escalated":
      return `waits for a person: ${task.question?.text ?? ""}`;
    default:
      return "ready for review";
  }
}

function roundsOf(task: Task): number {
  const { spec, quality, pullRequest, conflict } = task.rounds;
  return spec + quality + pullRequest + conflict;
}

function reviewWords(run: Run, task: Task): string {
  if (run.settings.review.mode === "none") return "not reviewed by Cairn";
  const stages = Object.keys(task.passed);
  return stages.length === 0 ? "not passed" : `${stages.join(" and ")} passed`;
}

function cell(text: string): string {
  return text.replaceAll(/\s+/gu, " ").replaceAll("|", "\\|").trim().slice(0, 500);
}
