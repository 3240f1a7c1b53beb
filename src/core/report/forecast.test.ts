import { describe, expect, test } from "vitest";
import { RunStory, type StoryIssue } from "../../../test/support/run-story.ts";
import { taskStatus } from "../run/task-state.ts";
import type { Forecast } from "../plan/forecast.ts";
import { compareForecast, forecastLine } from "./forecast.ts";
import { readLedger } from "./ledger.ts";
import { reportHtml } from "./report-html.ts";
import { reportMarkdown } from "./report-markdown.ts";
import { reportText } from "./report-text.ts";
import { buildReport, type Report } from "./report.ts";

const TWO: readonly StoryIssue[] = [
  { key: "4.1", title: "Queue" },
  { key: "4.2", title: "Worker", needs: ["4.1"] },
];

function aForecast(change: Partial<Forecast> = {}): Forecast {
  return {
    minutes: { low: 20, likely: 40, high: 80 },
    usd: null,
    basis: "defaults",
    tasks: 2,
    stuck: 0,
    parallel: 1,
    ...change,
  };
}

/** Both tasks home, `minutes` after the first one began. */
function home(minutes: number): RunStory {
  return new RunStory()
    .begun({}, TWO)
    .wait(5)
    .broughtHome("4.1", minutes / 2)
    .broughtHome("4.2", minutes / 2);
}

function reportOf(story: RunStory, forecast?: Forecast): Report {
  return buildReport({
    run: story.run,
    ledger: readLedger(story.events),
    statusOf: (task) => taskStatus(story.run, task),
    stopsMet: () => [],
    decisions: [],
    profile: { name: "plain", gate: null, why: null },
    reason: null,
    next: [],
    ...(forecast === undefined ? {} : { forecast }),
  });
}

describe("forecast against actual", () => {
  test.each([
    [10, "earlier", "It took 10m and $1.00: less time than expected."],
    [20, "within", "It took 20m and $1.00: within what was expected."],
    [80, "within", "It took 1h 20m and $1.00: within what was expected."],
    [82, "later", "It took 1h 22m and $1.00: more time than expected."],
  ] as const)("%i minutes: %s", (minutes, verdict, words) => {
    const comparison = compareForecast(home(minutes).run, aForecast());
    expect(comparison).toEqual({
      ...aForecast(),
      actual: { minutes, usd: 1, tasks: 2 },
      verdict,
    });
    expect(forecastLine(comparison)).toBe(
      `Forecast for 2 tasks, 1 at a time, from defaults: 40m (20m to 1h 20m). ${words}`,
    );
  });

  test("what is not home yet is not judged", () => {
    const { run } = new RunStory()
      .begun({}, TWO)
      .broughtHome("4.1", 6)
      .started("4.2")
      .wait(3)
      .accepted("4.2", null);
    const comparison = compareForecast(run, aForecast({ usd: { low: 1, likely: 2, high: 4 } }));
    expect(comparison).toMatchObject({ actual: { minutes: 9, usd: 0.5, tasks: 1 }, verdict: null });
    expect(forecastLine(comparison)).toBe(
      "Forecast for 2 tasks, 1 at a time, from defaults: 40m (20m to 1h 20m) and $2.00 ($1.00 to $4.00). After 9m and $0.50, 1 of 2 is home.",
    );
  });

  test("before the first task there is only the forecast, without tasks not even that", () => {
    const { run } = new RunStory().begun({}, TWO);
    const comparison = compareForecast(
      run,
      aForecast({ basis: "history of 12 tasks", parallel: 3 }),
    );
    expect(comparison).toMatchObject({
      actual: { minutes: null, usd: null, tasks: 0 },
      verdict: null,
    });
    expect(forecastLine(comparison)).toBe(
      "Forecast for 2 tasks, 3 at a time, from history of 12 tasks: 40m (20m to 1h 20m). Nothing has begun yet.",
    );
    expect(forecastLine(compareForecast(run, aForecast({ tasks: 0 })))).toBeNull();
  });

  test("one line in each form of the report, and no section without a forecast", () => {
    const line =
      "Forecast for 2 tasks, 1 at a time, from defaults: 40m (20m to 1h 20m). It took 30m and $1.00: within what was expected.";
    const report = reportOf(home(30), aForecast());
    expect(reportMarkdown(report)).toContain(`\n## Forecast against actual\n\n${line}\n`);
    expect(reportText(report, 200)).toContain(`\nForecast against actual\n  ${line}\n`);
    expect(reportHtml(report)).toContain(`<h2>Forecast against actual</h2>\n<p>${line}</p>\n`);
    expect(report.forecast?.verdict).toBe("within");
    const without = reportOf(home(30));
    expect(without.forecast).toBeNull();
    expect(reportMarkdown(without)).not.toContain("Forecast");
  });
});
