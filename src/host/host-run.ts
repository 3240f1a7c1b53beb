import { join } from "node:path";
import type { Command, CommandName } from "../core/run/commands.ts";
import type { StoredEvent } from "../core/run/events.ts";
import type { Message } from "../core/run/react.ts";
import type { Run } from "../core/run/run.ts";
import type { RunId } from "../core/shared/names.ts";
import { createPerform } from "../engine/perform.ts";
import type { World } from "../engine/performer.ts";
import type { Faults } from "../engine/fault-points.ts";
import { redactMessage } from "../engine/redact-message.ts";
import { ForgeWatch, type ForgeHint } from "../engine/forge-watch.ts";
import { RunEngine } from "../engine/run-engine.ts";
import type { EventLog, Inbox } from "../ports/event-log.ts";
import { userName } from "./user-name.ts";
import { PanicWatch } from "./watch-panic.ts";
import { dayOf } from "./day-of.ts";

export interface HostParts {
  readonly store: EventLog & Inbox;
  readonly world: World;
  readonly faults: Faults;
  /** The run as folded from the log; taken over by the engine. */
  readonly run: Run;
  /** The repository's `.cairn` folder, where `PANIC` may appear. */
  readonly cairnFolder: string;
  /** As in `EngineParts`. */
  readonly tools?: string;
  readonly inspect: (run: Run, event: StoredEvent) => void;
  readonly onEvents: (run: Run, events: readonly StoredEvent[]) => void;
  /** Listens for the forge's webhooks, which only say that a look is worth it; absent: none are expected. */
  readonly listen?: (
    hint: (hint: ForgeHint) => void,
    say: (words: string) => void,
  ) => Promise<Listener>;
  /** True while somebody is there to be asked: a run that waits for a person is then not left before Ctrl-C. */
  readonly staysWaiting?: (run: Run) => boolean;
  /** Told about every signal, and what else the screen should say: a forge that does not answer, a listener. */
  readonly onSignal: (words: string) => void;
}

/** Whoever waits for webhooks. */
export interface Listener {
  close(): Promise<void>;
}

export interface HostedEnd {
  readonly run: Run;
  /** The signal that ended it, if one did. */
  readonly signal: "SIGINT" | "SIGTERM" | null;
}

/** Facts after which no gate has anything to say. */
const STOPS: ReadonlySet<string> = new Set([
  "RunAborted",
  "PanicRaised",
  "CriticalStopRaised",
  "RunCancelled",
]);

/** How often the inbox and the panic file are looked at: a person waits at most this long for an answer. */
const POLL_MS = 100;
/** Terminal and parent may both forward one Ctrl-C: two within this time are one. */
const SAME_SIGNAL_MS = 100;

/**
 * Hosts the engine in this process until the run is at rest. First Ctrl-C drains, the second ends the sessions, the
 * third kills them and leaves at once; SIGTERM ends the sessions.
 */
export async function hostRun(parts: HostParts): Promise<HostedEnd> {
  const { store, world, run } = parts;
  const perform = createPerform(world, parts.faults);
  const { clock, redact } = world;
  let watch: ForgeWatch | null = null;
  const engine: RunEngine = new RunEngine(
    {
      watch: (tell) => (watch = new ForgeWatch({ world, tell, onTrouble: parts.onSignal })),
      log: store,
      inbox: store,
      clock,
      faults: parts.faults,
      perform,
      ...(redact === undefined
        ? {}
        : { redact: (message: Message) => redactMessage(message, redact) }),
      day: () => dayOf(store, clock.now()),
      ...(parts.tools === undefined ? {} : { tools: parts.tools }),
      inspect: parts.inspect,
      staysWaiting: (state) => !signals.isLeaving && parts.staysWaiting?.(state) === true,
      appended: (state, events) => {
        // What is measured for a run that was stopped would keep it waiting, for up to the gates' time limit.
        if (events.some((event) => STOPS.has(event.type))) world.gates.endAll();
        parts.onEvents(state, events);
      },
    },
    run,
  );
  const signals: Signals = new Signals(parts, engine);
  const panics = new PanicWatch({ ...parts, dispatch: world.dispatch, clock, engine });
  // One that nobody has taken up is taken up before anything begins.
  panics.look();
  const poll = watchInbox(parts, engine, panics);
  const listener = await parts.listen?.((hint) => watch?.hint(hint), parts.onSignal);
  try {
    signals.listen();
    await engine.untilAtRest(process.pid);
    return { run: engine.run, signal: signals.last };
  } finally {
    signals.stopListening();
    clearInterval(poll);
    await panics.settle();
    await listener?.close();
  }
}

/** A command as this process's user says it. */
export function commandFromHere(
  name: CommandName,
  task: string | null = null,
  flags: Command["flags"] = {},
): Command {
  return { name, task, text: null, flags, by: userName(), from: "terminal" };
}

function watchInbox(parts: HostParts, engine: RunEngine, panics: PanicWatch): NodeJS.Timeout {
  let seen = parts.store.version();
  return setInterval(() => {
    panics.look();
    const version = parts.store.version();
    if (version === seen) return;
    seen = version;
    engine.nudge();
  }, POLL_MS);
}

class Signals {
  readonly #parts: HostParts;
  readonly #engine: RunEngine;
  #count = 0;
  #lastAt = 0;
  last: "SIGINT" | "SIGTERM" | null = null;
  /** Nothing is under way that could be drained, and the person goes: the questions stay. */
  isLeaving = false;
  readonly #onInterrupt = (): void => this.#interrupt();
  readonly #onTerminate = (): void => this.#terminate();

  constructor(parts: HostParts, engine: RunEngine) {
    this.#parts = parts;
    this.#engine = engine;
  }

  listen(): void {
    process.on("SIGINT", this.#onInterrupt);
    process.on("SIGTERM", this.#onTerminate);
    process.on("SIGHUP", this.#onTerminate);
  }

  stopListening(): void {
    process.off("SIGINT", this.#onInterrupt);
    process.off("SIGTERM", this.#onTerminate);
    process.off("SIGHUP", this.#onTerminate);
  }

  #interrupt(): void {
    const now = this.#parts.world.clock.now();
    if (now - this.#lastAt < SAME_SIGNAL_MS) return;
    this.#lastAt = now;
    this.#count += 1;
    this.last = "SIGINT";
    if (this.#engine.run.status === "waiting") {
      this.isLeaving = true;
      this.#engine.nudge();
    } else if (this.#count === 1)
      this.#say(
        "pause",
        "Pausing: nothing new starts, live sessions end their turn. Ctrl-C again ends them.",
      );
    else if (this.#count === 2)
      this.#say("abort", "Ending the sessions. Ctrl-C again kills them and leaves.");
    else void this.#parts.world.dispatch.panic(this.#parts.run.id).finally(() => process.exit(130));
  }

  #terminate(): void {
    this.last = "SIGTERM";
    this.#say("abort", "Ending the sessions.");
  }

  #say(command: CommandName, words: string): void {
    this.#parts.onSignal(words);
    this.#parts.store.post(
      this.#parts.run.id,
      this.#parts.world.clock.now(),
      commandFromHere(command),
    );
    this.#engine.nudge();
  }
}

/** Folder of one run's files below `.cairn`. */
export function runFolder(cairnFolder: string, run: RunId): string {
  return join(cairnFolder, "runs", run);
}
