import { formatUsd } from "../shared/money.ts";
import { disciplineSections } from "./discipline-sections.ts";
import { costBlocks } from "./cost-section.ts";
import { followUpLines } from "./follow-ups.ts";
import { forecastLine } from "./forecast.ts";
import { trialsTable } from "./red-whole.ts";
import type { Report, ReportTask } from "./report.ts";
import { rollBackBlocks } from "./roll-back.ts";
import { stopLine } from "./stops.ts";
import { formatDuration, formatInstant, formatUsage, plural, shortCommit } from "./words.ts";

/** A piece of the report; the renderers know no more than these. */
export type Block =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "list"; readonly items: readonly string[] }
  | { readonly kind: "commands"; readonly lines: readonly string[] }
  | {
      readonly kind: "table";
      readonly head: readonly string[];
      readonly rows: readonly (readonly Cell[])[];
    };

/** Text, or text with a link. */
export type Cell = string | { readonly text: string; readonly url: string };

export interface Section {
  readonly title: string;
  readonly blocks: readonly Block[];
}

/** The report as titled pieces; sections with nothing to say are left out. */
export function reportSections(report: Report): readonly Section[] {
  const sections: readonly Section[] = [
    { title: "Attention needed", blocks: [list(report.attention)] },
    { title: "Tasks", blocks: [tasksTable(report)] },
    { title: "Not merged", blocks: [list(notMerged(report))] },
    { title: "Done in parts", blocks: [list(followUpLines(report.tasks))] },
    { title: "Merge order", blocks: [list(mergeOrder(report)), ...trains(report)] },
    { title: "Acceptance criteria", blocks: [evidenceTable(report)] },
    { title: "Integration test", blocks: integration(report) },
    { title: "Compared with the baseline", blocks: [baselineTable(report)] },
    ...disciplineSections(report),
    { title: "Reviews and fix rounds", blocks: reviews(report) },
    { title: "Stop conditions and labels", blocks: stops(report) },
    { title: "Questions", blocks: [list(report.questions.map(questionLine))] },
    { title: "Decided without a person", blocks: [list(report.decisions.map(decisionLine))] },
    { title: "Money and tokens", blocks: costBlocks(report.costs) },
    { title: "Forecast against actual", blocks: forecast(report) },
    { title: "Not done", blocks: [list(report.notDone)] },
    { title: "To take it back", blocks: rollBackBlocks(report) },
    { title: "Next", blocks: [commands(report.next)] },
  ];
  return sections
    .map((section) => ({ ...section, blocks: section.blocks.filter(hasContent) }))
    .filter((section) => section.blocks.length > 0);
}

/** Title of the document: the milestone's, or the run's. */
export function reportTitle(report: Report): string {
  return `Report: ${report.milestone?.title ?? report.run}`;
}

/** The first lines: what became of the run, in words and figures. */
export function reportSummary(report: Report): readonly string[] {
  const lines = [
    `${statusWords(report)} ${countsWords(report.tasks)}.`,
    `Started ${formatInstant(report.startedAt)}, took ${formatDuration(report.durationMs)}, cost ${formatUsage(report.costs.total)}.`,
    `Run ${report.run}, ${report.mode}, from ${report.source ?? "an unknown source"}.`,
  ];
  return report.reason === null ? lines : [...lines, report.reason];
}

function statusWords(report: Report): string {
  if (report.landed !== null) {
    return `Complete and landed on ${report.landed.target} as ${shortCommit(report.landed.commit)}:`;
  }
  const status = `${report.status.slice(0, 1).toUpperCase()}${report.status.slice(1)}`;
  if (report.status !== "complete") return `${status}:`;
  // Merged right onto the target: there is nothing left to be landed.
  if (report.integrationBranch === report.target) return `${status}, on ${report.target}:`;
  return `${status}, on ${report.integrationBranch}, not landed:`;
}

function countsWords(tasks: readonly ReportTask[]): string {
  const outcomes = ["merged", "done elsewhere", "failed", "skipped", "cancelled", "remaining"];
  const words = outcomes
    .map((name) => ({ name, count: tasks.filter((task) => task.outcome === name).length }))
    .filter(({ count }) => count > 0)
    .map(({ name, count }) => `${count} ${name}`);
  return `${words.join(", ") || "no tasks"} of ${plural(tasks.length, "task")}`;
}

function forecast(report: Report): readonly Block[] {
  const line = report.forecast === null ? null : forecastLine(report.forecast);
  return line === null ? [] : [text(line)];
}

function tasksTable(report: Report): Block {
  return {
    kind: "table",
    head: ["Task", "Status", "Pull request", "Attempts", "Fix rounds", "Took", "Cost"],
    rows: report.tasks.map((task) => [
      link(`${task.key} ${task.title}`, task.url),
      task.reason === null ? task.status : `${task.status} (${task.reason})`,
      task.pullRequest === null ? "–" : link(`#${task.pullRequest.number}`, task.pullRequest.url),
      String(task.attempts),
      String(task.rounds),
      task.durationMs === null ? "–" : formatDuration(task.durationMs),
      formatUsd(task.usage.usd),
    ]),
  };
}

function notMerged(report: Report): readonly string[] {
  return report.tasks
    .filter((task) => task.outcome !== "merged")
    .map(
      (task) =>
        `${task.key} is ${task.status}${task.reason === null ? "" : ` (${task.reason})`}${task.detail === null ? "." : `: ${task.detail}`}`,
    );
}

function mergeOrder(report: Report): readonly string[] {
  return report.mergeOrder.map((key, index) => {
    const task = report.tasks.find((candidate) => candidate.key === key);
    const commit = task?.commit == null ? "" : ` as ${shortCommit(task.commit)}`;
    return `${index + 1}. ${key} ${task?.title ?? ""}${commit}`;
  });
}

function trains({ trains: known }: Report): readonly Block[] {
  if (known === undefined) return [];
  const { count, judged, red } = known;
  const how = `${judged} of the branches gated together with others, in ${plural(count, "train")}`;
  return [text(red === 0 ? `${how}.` : `${how}; ${red} red there, and gated once more alone.`)];
}

function evidenceTable(report: Report): Block {
  return {
    kind: "table",
    head: ["Task", "Criterion", "Green gates", "Spec review", "Commit"],
    rows: report.evidence.map((evidence) => [
      evidence.task,
      evidence.criterion,
      evidence.gates.join(", ") || "none",
      evidence.review,
      evidence.commit === null ? "–" : shortCommit(evidence.commit),
    ]),
  };
}

function integration(report: Report): readonly Block[] {
  const tested = report.integration;
  if (tested === null) {
    return report.mergeOrder.length === 0 ? [] : [text("The whole has not been tested yet.")];
  }
  const where = `on ${report.integrationBranch} at ${shortCommit(tested.commit)}`;
  const culprit = tested.culprit === null ? "" : ` It came with ${tested.culprit}.`;
  return [
    text(tested.passed ? `Passed ${where}.` : `Failed ${where}.${culprit}`),
    {
      kind: "table",
      head: ["Gate", "Result", "Took"],
      rows: tested.results.map((result) => [
        result.name,
        result.ok ? "green" : `red${result.problem === null ? "" : ` (${result.problem})`}`,
        result.durationMs < 1_000 ? "under 1s" : formatDuration(result.durationMs),
      ]),
    },
    ...(tested.search === undefined ? [] : [text(tested.search.why), trialsTable(tested.search)]),
  ];
}

function baselineTable(report: Report): Block {
  return {
    kind: "table",
    head: ["Gate", "Before", "After", "New failures", "Gone"],
    rows: report.baseline.map((gate) => [
      gate.name,
      gate.before,
      gate.after,
      gate.appeared.join("; ") || "none",
      gate.gone.join("; ") || "none",
    ]),
  };
}

function reviews(report: Report): readonly Block[] {
  const rounds = plural(report.fixRounds, "fix round");
  return [
    {
      kind: "table",
      head: ["Task", "Spec", "Quality", "Tests", "Findings", "Fix rounds"],
      rows: report.reviews.map((entry) => [
        entry.task,
        entry.spec,
        entry.quality,
        entry.tests,
        String(entry.findings),
        entry.rounds.join(", ") || "none",
      ]),
    },
    text(report.reviews.length === 0 ? "" : `${rounds} in all.`),
  ];
}

function questionLine(question: Report["questions"][number]): string {
  const { task, text: asked, answer, by } = question;
  const answered =
    answer === null
      ? "not answered"
      : by === "question timeout"
        ? `not answered in time, so: ${answer}`
        : `answered by ${by ?? "–"}: ${answer}`;
  return `${task ?? "The run"}: ${asked} (${answered})`;
}

/** What was met in the order of the log and the plan; labels as they stand on the tasks now. */
function stops(report: Report): readonly Block[] {
  const labelled = report.tasks.filter(({ labels }) => labels.length > 0);
  return [
    list(report.stops.map(stopLine)),
    list(labelled.map(({ key, labels }) => `${key} carries ${labels.join(", ")}`)),
  ];
}

function decisionLine({ task, words }: Report["decisions"][number]): string {
  return `${task ?? "The run"} ${words}`;
}

function link(words: string, url: string | null): Cell {
  return url === null ? words : { text: words, url };
}

function text(words: string): Block {
  return { kind: "text", text: words };
}

function list(items: readonly string[]): Block {
  return { kind: "list", items };
}

function commands(lines: readonly string[]): Block {
  return { kind: "commands", lines };
}

function hasContent(block: Block): boolean {
  switch (block.kind) {
    case "text":
      return block.text !== "";
    case "list":
      return block.items.length > 0;
    case "commands":
      return block.lines.length > 0;
    case "table":
      return block.rows.length > 0;
  }
}
