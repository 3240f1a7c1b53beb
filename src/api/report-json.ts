import { forecast } from "../core/plan/forecast.ts";
import { decisionsOf } from "../core/report/decisions.ts";
import { readLedger } from "../core/report/ledger.ts";
import { metricsOf } from "../core/report/metrics.ts";
import { reportHtml } from "../core/report/report-html.ts";
import { reportMarkdown } from "../core/report/report-markdown.ts";
import { buildReport, type Report } from "../core/report/report.ts";
import { isoTime } from "../core/report/words.ts";
import type { StoredEvent } from "../core/run/events.ts";
import { profileOf } from "../core/run/profile.ts";
import type { Run } from "../core/run/run.ts";
import { stopsMet } from "../core/run/stops-of-task.ts";
import { taskStatus } from "../core/run/task-state.ts";
import { nextCommands } from "./next-commands.ts";
import { reasonOf } from "./run-words.ts";

/** What `cairn report --format json` prints: the report, with ISO times. */
export interface ReportJson extends Omit<Report, "startedAt" | "endedAt" | "questions"> {
  readonly schemaVersion: 1;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly questions: readonly (Omit<Report["questions"][number], "askedAt"> & {
    readonly askedAt: string;
  })[];
}

/** Joins the fold and its log into the report; `isLive` tells which commands make sense next. */
export function reportOf(run: Run, events: readonly StoredEvent[], isLive: boolean): Report {
  return buildReport({
    run,
    ledger: readLedger(events),
    statusOf: (task) => taskStatus(run, task),
    stopsMet: (task) => stopsMet(run, task),
    decisions: decisionsOf(run, events),
    profile: profileOf(run.settings),
    reason: reasonOf(run),
    forecast: run.plan === null ? null : forecast(run.plan, { parallel: run.settings.parallel }),
    // Whoever reads this has the report already.
    next: nextCommands(run, isLive).filter((command) => command !== "cairn report"),
  });
}

/** The report as one documented object. */
export function reportJson(report: Report): ReportJson {
  return {
    schemaVersion: 1,
    ...report,
    startedAt: isoTime(report.startedAt),
    endedAt: report.endedAt === null ? null : isoTime(report.endedAt),
    questions: report.questions.map((question) => ({
      ...question,
      askedAt: isoTime(question.askedAt),
    })),
  };
}

export type ReportFormat = "md" | "html" | "json" | "metrics";

/** The report as text in one of its formats, ending in a newline. */
export function reportDocument(
  format: ReportFormat,
  run: Run,
  events: readonly StoredEvent[],
  isLive: boolean,
): string {
  switch (format) {
    case "md":
      return reportMarkdown(reportOf(run, events, isLive));
    case "html":
      return reportHtml(reportOf(run, events, isLive));
    case "json":
      return `${JSON.stringify(reportJson(reportOf(run, events, isLive)), null, 2)}\n`;
    case "metrics":
      return `${JSON.stringify(metricsOf(run, readLedger(events)), null, 2)}\n`;
  }
}
