import { once } from "node:events";
import { setTimeout as wait } from "node:timers/promises";
import type { StoredEvent } from "../../core/run/events.ts";
import type { RunReader } from "../../host/open-run.ts";

// A person sees no difference below this, and a read of nothing new costs microseconds.
const POLL_MS = 150;

/** Why following ended: the person left, or nobody works on the run any more. */
export type Followed = "left" | "over";

export interface FollowOptions {
  /** Enough has been seen; by default when nobody works on the run. */
  readonly until?: () => boolean;
  /** The person leaves by other means than Ctrl-C. */
  readonly leave?: AbortSignal;
}

/**
 * Hands on what is appended to the log until nobody works on the run, or until Ctrl-C, which only leaves: the run goes
 * on.
 */
export async function followRun(
  reader: RunReader,
  take: (events: readonly StoredEvent[]) => void,
  options: FollowOptions = {},
): Promise<Followed> {
  const { until = () => reader.engine() === null, leave } = options;
  const over = new AbortController();
  const left = once(process, "SIGINT", { signal: over.signal }).then(
    () => "left" as const,
    () => "over" as const,
  );
  try {
    for (;;) {
      // Asked before reading: what was written until then is not missed.
      const isOver = until();
      const events = reader.advance();
      if (events.length > 0) take(events);
      if (isOver) return "over";
      if (leave?.aborted === true) return "left";
      if ((await Promise.race([left, wait(POLL_MS, "on" as const)])) === "left") return "left";
    }
  } finally {
    over.abort();
  }
}
