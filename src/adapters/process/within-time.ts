import { setTimeout as wait } from "node:timers/promises";

/** Waits for the promise, at most so long. No timer is left behind: one would hold up the end of the process. */
export async function withinTime(promise: Promise<unknown>, milliseconds: number): Promise<void> {
  const over = new AbortController();
  const late = wait(milliseconds, undefined, { signal: over.signal }).catch(() => undefined);
  await Promise.race([promise, late]);
  over.abort();
}
