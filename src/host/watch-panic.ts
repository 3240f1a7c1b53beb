import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "../core/run/commands.ts";
import type { RunEngine } from "../engine/run-engine.ts";
import type { Clock } from "../ports/clock.ts";
import type { Dispatch } from "../ports/dispatch.ts";
import type { Inbox } from "../ports/event-log.ts";

export interface PanicWatchParts {
  readonly cairnFolder: string;
  readonly store: Inbox;
  readonly dispatch: Pick<Dispatch, "panic">;
  readonly clock: Pick<Clock, "now">;
  readonly engine: Pick<RunEngine, "run" | "nudge">;
}

/** Of the name in the file. */
const NAME_MAX = 100;

/**
 * Takes up `.cairn/PANIC`, whoever made it: says it to the engine, kills, and removes the file only when the log has the
 * word and a scan found nothing, since nothing is started while the file is there.
 */
export class PanicWatch {
  readonly #parts: PanicWatchParts;
  readonly #file: string;
  /** Number of the command that was posted for the file that is there; null: none is there. */
  #said: number | null = null;
  #killing: Promise<unknown> | null = null;

  constructor(parts: PanicWatchParts) {
    this.#parts = parts;
    this.#file = join(parts.cairnFolder, "PANIC");
  }

  look(): void {
    if (this.#said !== null) this.#forgetIfTaken();
    else if (existsSync(this.#file)) this.#raise();
  }

  /** Before the engine's end: what was begun here is done. */
  async settle(): Promise<void> {
    await this.#killing;
    this.#forgetIfTaken();
  }

  #raise(): void {
    const { store, engine, clock, dispatch } = this.#parts;
    try {
      // Said first, in one synchronous write: the end of a session that the panic killed must not count as its own failure.
      this.#said = store.post(engine.run.id, clock.now(), panicFrom(readText(this.#file)));
      engine.nudge();
    } finally {
      // Also where nothing can be written any more.
      this.#killing = dispatch.panic(engine.run.id).finally(() => {
        this.#killing = null;
      });
    }
  }

  #forgetIfTaken(): void {
    const { engine } = this.#parts;
    if (this.#said === null || this.#killing !== null) return;
    if (engine.run.commandsTaken < this.#said) return;
    rmSync(this.#file, { force: true });
    this.#said = null;
  }
}

const PLACES: readonly Command["from"][] = ["terminal", "dashboard", "telegram", "mcp"];

/** The file's first line says who, the second from where; a file made by hand says neither. */
function panicFrom(text: string): Command {
  const [who = "", where = ""] = text.split("\n").map((line) => line.trim());
  const by = who === "" ? "the file .cairn/PANIC" : who.slice(0, NAME_MAX);
  const from = PLACES.find((place) => place === where) ?? "terminal";
  return { name: "panic", task: null, text: null, flags: {}, by, from };
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
