import type { Action } from "../core/run/actions.ts";
import type { Day } from "../core/run/day.ts";
import type { StoredEvent } from "../core/run/events.ts";
import type { Outcome } from "../core/run/outcomes.ts";
import type { Message } from "../core/run/react.ts";
import type { Run } from "../core/run/run.ts";
import { isQuiet } from "../core/run/settle.ts";
import { RULES, tick, type Rules } from "../core/run/transition.ts";
import { BrokenPromise, UserError } from "../errors.ts";
import type { Clock } from "../ports/clock.ts";
import type { EventLog, Inbox } from "../ports/event-log.ts";
import type { Faults } from "./fault-points.ts";

/**
 * Performs one action and answers what became of it. Asks the world first; safe to call again for an action that a
 * dead engine had begun. Takes what it needs from the run before its first await.
 */
export type Perform = (action: Action, run: Run) => Promise<Outcome>;

export interface EngineParts {
  readonly log: EventLog;
  readonly inbox: Inbox;
  readonly clock: Clock;
  readonly faults: Faults;
  readonly perform: Perform;
  /** Called after every event, with the state it led to: invariants, live views. Throwing stops the engine. */
  readonly inspect: (run: Run, event: StoredEvent) => void;
  /** Other rules than those of this version, for tests that plant a bug. */
  readonly rules?: Rules;
  /** Looks at the forge and tells what it sees; absent where there is nothing to look at. */
  readonly watch?: (tell: (message: Message) => void) => Watch;
  /** What this repository has used today, asked once when the engine starts; absent: no day is counted. */
  readonly day?: () => Day;
  /** Fingerprint of what the gates run with; absent: nobody looks. */
  readonly tools?: string;
  /** True while a run that waits for a person is not left: somebody is there to be asked. Absent: it is left. */
  readonly staysWaiting?: (run: Run) => boolean;
  /** Takes secrets out of what is told, before anything comes of it; absent: nothing has any. */
  readonly redact?: (message: Message) => Message;
  /** Called after every durable append. */
  readonly appended?: (run: Run, events: readonly StoredEvent[]) => void;
}

/** Whoever looks at the outside for the engine. */
export interface Watch {
  /** Looks once before anything else happens: what people did meanwhile must not be missed by a run at rest. */
  start(run: Run): Promise<void>;
  update(run: Run): void;
  stop(): void;
}

/** Errors with this name are passing trouble of the world, not bugs: the effect is tried again later. */
const TROUBLE_CODES: ReadonlySet<string> = new Set([
  "ENOSPC",
  "EAGAIN",
  "EMFILE",
  "ENFILE",
  "EBUSY",
  "ETIMEDOUT",
  "ECONNRESET",
  "EIO",
  "EDQUOT",
]);

/**
 * One run under way: takes messages, lets the core decide, appends, performs. Everything that happens goes through
 * `step`, one at a time; performers run beside it and answer through the queue.
 */
export class RunEngine {
  readonly #parts: EngineParts;
  readonly #run: Run;
  readonly #queue: Message[] = [];
  #wake: (() => void) | null = null;
  #cancelAlarm: (() => void) | null = null;
  /** Something came while nobody waited for it. */
  #hasNews = false;
  #live = 0;
  #failure: unknown = null;

  constructor(parts: EngineParts, run: Run) {
    this.#parts = parts;
    this.#run = run;
  }

  /** The state as of the last append. Read only. */
  get run(): Run {
    return this.#run;
  }

  /**
   * Runs until nothing is live and only a person or a new start could change that: `paused waiting halted complete
   * cancelled`. Effects that a dead engine left open are begun again first.
   */
  async untilAtRest(pid: number): Promise<Run> {
    const watch = this.#parts.watch?.((message) => {
      this.#queue.push(message);
      this.nudge();
    });
    try {
      await watch?.start(this.#run);
      return await this.#untilAtRest(pid, watch ?? null);
    } finally {
      watch?.stop();
    }
  }

  async #untilAtRest(pid: number, watch: Watch | null): Promise<Run> {
    const open = [...this.#run.effects.values()].map((effect) => effect.action);
    const day = this.#parts.day?.();
    const { tools } = this.#parts;
    const more = {
      ...(day === undefined ? {} : { day }),
      ...(tools === undefined ? {} : { tools }),
    };
    let news: readonly Message[] = [{ kind: "started", pid, recovering: open.length > 0, ...more }];
    for (;;) {
      if (this.#failure !== null) throw this.#failure;
      this.#hasNews = false;
      await this.#parts.faults.pass("append:before");
      // A person's word first: what it ended must not be taken for a failure of its own.
      const messages = [...news, ...this.#commands(), ...this.#queue.splice(0)];
      const begun = this.#append(messages);
      await this.#parts.faults.pass("append:after");
      for (const action of [...open.splice(0), ...begun]) this.#begin(action);
      watch?.update(this.#run);
      news = [];
      if (this.#hasNews || this.#queue.length > 0) continue;
      if (this.#isAtRest()) return this.#run;
      await this.#somethingHappens();
    }
  }

  /** Another process may have posted a command: look soon. */
  nudge(): void {
    this.#hasNews = true;
    this.#wake?.();
  }

  #isAtRest(): boolean {
    if (!isQuiet(this.#run) || this.#live > 0) return false;
    if (this.#run.status === "waiting" && this.#parts.staysWaiting?.(this.#run) === true)
      return false;
    return ["paused", "waiting", "halted", "complete", "cancelled"].includes(this.#run.status);
  }

  #commands(): readonly Message[] {
    const pending = this.#parts.inbox.pending(this.#run.id, this.#run.commandsTaken);
    return pending.map(({ number, command }) => ({ kind: "command", number, command }));
  }

  #append(messages: readonly Message[]): readonly Action[] {
    const now = this.#parts.clock.now();
    const before = this.#run.seq;
    const { inspect, rules = RULES, redact } = this.#parts;
    const told = redact === undefined ? messages : messages.map(redact);
    const { events, decision } = tick(this.#run, told, now, inspect, rules);
    this.#cancelAlarm?.();
    this.#cancelAlarm =
      decision.wakeAt === null
        ? null
        : this.#parts.clock.alarm(decision.wakeAt, () => this.nudge());
    if (events.length === 0) return [];
    const stored = this.#parts.log.append(this.#run.id, before, now, events);
    if (this.#run.seq !== before + stored.length)
      throw new BrokenPromise("The log took another number of events than the run.");
    this.#parts.appended?.(this.#run, stored);
    return decision.actions;
  }

  #begin(action: Action): void {
    this.#live += 1;
    this.#parts
      .perform(action, this.#run)
      .then(
        (outcome) => this.#queue.push({ kind: "outcome", key: action.key, outcome }),
        (error: unknown) => {
          const trouble = asTrouble(error, action);
          if (trouble === null) this.#failure = error;
          else this.#queue.push({ kind: "outcome", key: action.key, outcome: trouble });
        },
      )
      .finally(() => {
        this.#live -= 1;
        this.nudge();
      });
  }

  #somethingHappens(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = () => {
        this.#wake = null;
        resolve();
      };
      if (this.#hasNews) this.#wake();
    });
  }
}

/** Passing trouble as an outcome; null: a bug, or a defect of the whole run that a person must mend first. */
function asTrouble(error: unknown, action: Action): Outcome | null {
  const code =
    typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";
  const passes = TROUBLE_CODES.has(code) || code.startsWith("trouble/");
  // What one task's worktree or bootstrap runs into must not end the run of all the others.
  const isOfTask = error instanceof UserError && "task" in action;
  if (!passes && !isOfTask) return null;
  const ended = code === "trouble/gates-ended" ? ({ ended: true } as const) : {};
  return { of: "Trouble", why: wordsOf(error, code), retryable: true, ...ended };
}

function wordsOf(error: unknown, code: string): string {
  if (!(error instanceof UserError)) return error instanceof Error ? error.message : code;
  const [hint] = error.hints;
  return hint === undefined ? error.message : `${error.message} ${hint}`;
}
