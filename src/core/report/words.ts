import type { WithheldReview } from "../run/settings.ts";
import type { Usage } from "../shared/money.ts";
import { formatUsd } from "../shared/money.ts";
import type { Instant } from "../shared/names.ts";

const SECOND_MS = 1_000;
const DAY_S = 86_400;

/** `40s`, `12m 40s`, `1h 20m`, `3d 4h`: two units at most, never rounded up. */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / SECOND_MS));
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)}m ${seconds % 60}s`;
  if (seconds < DAY_S)
    return `${Math.floor(seconds / 3_600)}h ${Math.floor((seconds % 3_600) / 60)}m`;
  return `${Math.floor(seconds / DAY_S)}d ${Math.floor((seconds % DAY_S) / 3_600)}h`;
}

/** `2026-11-21T06:41:09.000Z`, without a clock and without the machine's time zone. */
export function isoTime(at: Instant): string {
  const days = Math.floor(at / (DAY_S * SECOND_MS));
  const ms = at - days * DAY_S * SECOND_MS;
  const { year, month, day } = civilDate(days);
  const clock = [ms / 3_600_000, (ms / 60_000) % 60, (ms / SECOND_MS) % 60].map((part) =>
    pad(Math.floor(part), 2),
  );
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}T${clock.join(":")}.${pad(ms % SECOND_MS, 3)}Z`;
}

/** The same of what may not have happened yet. */
export function isoOrNull(at: Instant | null): string | null {
  return at === null ? null : isoTime(at);
}

/** Why there is no review although one was asked for, and what would give one. */
export function withheldWords({ mode, agent }: WithheldReview): string {
  return `${mode} was asked for, but ${agent} cannot review: name agents.roles.quality-reviewer`;
}

/** `2026-11-21 06:41 UTC`, for text that is read later and elsewhere. */
export function formatInstant(at: Instant): string {
  const iso = isoTime(at);
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
}

/** Days since 1970 as a date of the Gregorian calendar, counted in years that begin in March. */
function civilDate(days: number): { year: number; month: number; day: number } {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1_460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1;
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day };
}

function pad(value: number, digits: number): string {
  return String(value).padStart(digits, "0");
}

/** `950`, `12.3k`, `4.1M`. */
export function formatCount(count: number): string {
  if (count < 1_000) return String(count);
  if (count < 1_000_000) return `${(count / 1_000).toFixed(1)}k`;
  return `${(count / 1_000_000).toFixed(1)}M`;
}

/** `$1.23, 45.6k tokens in, 2.3k out`. */
export function formatUsage(usage: Usage): string {
  const price = usage.usd === null ? "no price reported" : formatUsd(usage.usd);
  return `${price}, ${formatCount(usage.inputTokens)} tokens in, ${formatCount(usage.outputTokens)} out`;
}

/** `1 task`, `2 tasks`. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** First ten digits of a commit. */
export function shortCommit(commit: string): string {
  return commit.slice(0, 10);
}
