import type { Instant } from "../core/shared/names.ts";

/** Time as the engine sees it. Only this port may read a clock or wait. */
export interface Clock {
  now(): Instant;
  /** Calls `ring` once at or after `at`; the answer takes it back. A time in the past rings soon, never synchronously. */
  alarm(at: Instant, ring: () => void): () => void;
}
