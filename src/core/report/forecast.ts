import type { Forecast } from "../plan/forecast.ts";
import type { Run } from "../run/run.ts";
import { formatUsd } from "../shared/money.ts";
import { isHome } from "./exit-code.ts";
import { formatDuration, plural } from "./words.ts";

/** What the plan expected, beside what the run took. */
export interface ForecastComparison extends Forecast {
  readonly actual: {
    /** From the first task's start to the last one's end, so far; null while none has begun. */
    readonly minutes: number | null;
    readonly usd: number | null;
    /** Tasks that are home. */
    readonly tasks: number;
  };
  /** Null unless every task that the forecast is about is home: part of the work says nothing about all of it. */
  readonly verdict: "earlier" | "within" | "later" | null;
}

const MINUTE_MS = 60_000;

/** Holds a forecast of the run's plan against the run. */
export function compareForecast(run: Run, forecast: Forecast): ForecastComparison {
  const tasks = [...run.tasks.values()];
  const begun = tasks.filter((task) => task.startedAt !== null);
  const starts = begun.map((task) => task.startedAt ?? run.changedAt);
  const ends = begun.map((task) => task.endedAt ?? run.changedAt);
  const minutes = begun.length === 0 ? null : (Math.max(...ends) - Math.min(...starts)) / MINUTE_MS;
  const home = tasks.filter(isHome).length;
  return {
    ...forecast,
    actual: {
      minutes: minutes === null ? null : Math.round(minutes * 10) / 10,
      usd: run.usage.usd === null ? null : Math.round(run.usage.usd * 100) / 100,
      tasks: home,
    },
    verdict: minutes === null || home < tasks.length ? null : verdictOn(minutes, forecast),
  };
}

function verdictOn(
  minutes: number,
  { minutes: expected }: Forecast,
): "earlier" | "within" | "later" {
  if (minutes < expected.low) return "earlier";
  return minutes > expected.high ? "later" : "within";
}

/** The comparison as one line; null where there was nothing to forecast. */
export function forecastLine(comparison: ForecastComparison): string | null {
  const { minutes, usd, basis, tasks, parallel, actual } = comparison;
  if (tasks === 0) return null;
  const range = `${inMinutes(minutes.low)} to ${inMinutes(minutes.high)}`;
  const price =
    usd === null
      ? ""
      : ` and ${formatUsd(usd.likely)} (${formatUsd(usd.low)} to ${formatUsd(usd.high)})`;
  const expected = `Forecast for ${plural(tasks, "task")}, ${parallel} at a time, from ${basis}: ${inMinutes(minutes.likely)} (${range})${price}.`;
  if (actual.minutes === null) return `${expected} Nothing has begun yet.`;
  const cost = actual.usd === null ? "" : ` and ${formatUsd(actual.usd)}`;
  return `${expected} ${verdictWords(comparison, `${inMinutes(actual.minutes)}${cost}`)}`;
}

function verdictWords({ verdict, actual, tasks }: ForecastComparison, took: string): string {
  switch (verdict) {
    case "earlier":
      return `It took ${took}: less time than expected.`;
    case "within":
      return `It took ${took}: within what was expected.`;
    case "later":
      return `It took ${took}: more time than expected.`;
    case null:
      return `After ${took}, ${actual.tasks} of ${tasks} ${actual.tasks === 1 ? "is" : "are"} home.`;
  }
}

function inMinutes(minutes: number): string {
  return formatDuration(minutes * MINUTE_MS).replace(/ 0[sm]$/u, "");
}
