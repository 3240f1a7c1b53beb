import { startOf } from "../adapters/process/kill-runs.ts";
import { HAS_PROC, identify, readProcess, ticksAt } from "../adapters/process/process-table.ts";
import type { LockHolder } from "../adapters/sqlite/run-lock.ts";

// Read in a panic: nothing here may load schemas.

/** Two clocks are compared, one of them in whole seconds. */
const INEXACT_MS = 1_000;
const TICKS_PER_MS = 0.1;

/**
 * True when the process with this number is the one that wrote the note and not one that got its number since: the same
 * start, or, of older versions and without /proc, a start before the note. In doubt false.
 */
export function isStillHolder({ pid, start, startedAt }: LockHolder): boolean {
  if (!HAS_PROC) {
    const began = startOf(pid);
    return began !== null && began <= startedAt + INEXACT_MS;
  }
  if (start !== undefined) return identify(pid)?.start === start;
  const noted = ticksAt(startedAt);
  const row = readProcess(pid);
  // Zero: from before a reboot.
  return row !== null && noted > 0 && row.startTicks <= noted + INEXACT_MS * TICKS_PER_MS;
}
