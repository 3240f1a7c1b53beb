import type { Clock } from "../../../ports/clock.ts";
import { limitOf, mayPass } from "./failures.ts";

/** Least time between the starts of two writes; GitHub's own advice for scripts. */
export const WRITE_GAP_MS = 1000;

export interface PaceOptions {
  readonly clock: Clock;
  /** Waits before a request is tried again; as many tries as there are waits. */
  readonly retryMs: readonly number[];
  /** Told when a limit makes everything wait, once for each limit. */
  readonly onLimit?: (until: number, words: string) => void;
}

export interface Pace {
  read<T>(call: () => Promise<T>): Promise<T>;
  /**
   * One write at a time, at least a second apart. `happened` looks whether an earlier try took effect though its answer
   * was lost: without it a write whose outcome is unknown is not tried again here, but thrown for the caller to look.
   */
  write<T>(call: () => Promise<T>, happened?: () => Promise<T | null>): Promise<T>;
}

/** One pace for all requests of a forge: limits hold everybody, to the second the service names. */
export function createPace(options: PaceOptions): Pace {
  const gate = createGate(options);
  const { clock, retryMs } = options;
  let nextWrite = 0;
  let writes: Promise<unknown> = Promise.resolve();
  return {
    read: (call) => attempt({ gate, clock, retryMs }, call, async () => Promise.resolve("again")),
    write: (call, happened) => {
      const paced: typeof call = async () => {
        await gate.until(nextWrite);
        nextWrite = clock.now() + WRITE_GAP_MS;
        return call();
      };
      const mine = writes.then(async () =>
        attempt({ gate, clock, retryMs }, paced, async (error) => {
          if (happened === undefined) throw error;
          const value = await happened();
          return value === null ? "again" : { value };
        }),
      );
      writes = mine.catch(() => undefined);
      return mine;
    },
  };
}

interface Gate {
  until(at: number): Promise<void>;
  /** Comes back when no limit holds any more. */
  allowed(): Promise<void>;
  hold(limit: { readonly at: number; readonly words: string }): void;
}

function createGate({ clock, onLimit }: PaceOptions): Gate {
  let heldUntil = 0;
  const until = async (at: number): Promise<void> => {
    if (at <= clock.now()) return;
    await new Promise<void>((resolve) => {
      clock.alarm(at, resolve);
    });
  };
  return {
    until,
    allowed: async () => {
      // A limit may be set anew while one waits for it.
      while (heldUntil > clock.now()) await until(heldUntil);
    },
    hold: ({ at, words }) => {
      if (at > heldUntil) onLimit?.(at, words);
      heldUntil = Math.max(heldUntil, at);
    },
  };
}

type Again<T> = "again" | { readonly value: T };

async function attempt<T>(
  { gate, clock, retryMs }: Pick<PaceOptions, "clock" | "retryMs"> & { readonly gate: Gate },
  call: () => Promise<T>,
  again: (error: unknown) => Promise<Again<T>>,
): Promise<T> {
  for (let failures = 0; ;) {
    await gate.allowed();
    try {
      return await call();
    } catch (error) {
      const limit = limitOf(error, clock.now());
      // Nothing was done, and the service says when to come back: no failure.
      if (limit !== null) {
        gate.hold(limit);
        continue;
      }
      const delay = retryMs[failures];
      if (!mayPass(error) || delay === undefined) throw error;
      failures += 1;
      await gate.until(clock.now() + delay);
      const found = await again(error);
      if (found !== "again") return found.value;
    }
  }
}
