import type { Day } from "../core/run/day.ts";
import type { StoredEvent } from "../core/run/events.ts";
import { addUsage, NO_USAGE, type Usage } from "../core/shared/money.ts";
import type { Instant } from "../core/shared/names.ts";
import type { EventLog } from "../ports/event-log.ts";

/** Logs are read from their ends: what is older than today is not read at all. */
const CHUNK_EVENTS = 500;

/** The local day that `now` lies in, with what all runs of this repository have used in it. */
export function dayOf(log: Pick<EventLog, "runs" | "read">, now: Instant): Day {
  const { begins, ends } = localDay(now);
  let spent: Usage = NO_USAGE;
  for (const { run, lastSeq } of log.runs()) {
    for (const event of eventsSince(log, run, lastSeq, begins))
      if (event.type === "SessionEnded") spent = addUsage(spent, event.usage);
  }
  return { ends, spent };
}

/** Midnight to midnight where this machine stands; such a day may have 23 or 25 hours. */
function localDay(now: Instant): { readonly begins: Instant; readonly ends: Instant } {
  const day = new Date(now);
  const midnight = (days: number): Instant =>
    new Date(day.getFullYear(), day.getMonth(), day.getDate() + days).getTime();
  return { begins: midnight(0), ends: midnight(1) };
}

/** Newest first; ends with the first chunk that begins before the time. */
function* eventsSince(
  log: Pick<EventLog, "read">,
  run: string,
  lastSeq: number,
  since: Instant,
): Generator<StoredEvent> {
  for (let to = lastSeq; to > 0; to -= CHUNK_EVENTS) {
    const from = Math.max(0, to - CHUNK_EVENTS);
    const chunk = log.read(run, from, to - from);
    for (const event of chunk) if (event.at >= since) yield event;
    if ((chunk[0]?.at ?? 0) < since) return;
  }
}
