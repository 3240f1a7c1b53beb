import { setTimeout as wait } from "node:timers/promises";
import type { Command } from "../core/run/commands.ts";
import type { EventLog, Inbox } from "../ports/event-log.ts";
import type { RunReader } from "./open-run.ts";

/** What became of a command. */
export type Sent =
  | { readonly state: "accepted" | "refused"; readonly answer: string }
  /** Nobody works on the run: it takes effect when somebody does. */
  | { readonly state: "stored" }
  /** An engine holds the run and has not answered in time; the command is stored. */
  | { readonly state: "unanswered"; readonly pid: number };

export interface SendParts {
  readonly reader: RunReader;
  readonly inbox: EventLog & Inbox;
  readonly now: () => number;
  /** What the core would say to the command in the state as it is; asked where no engine is live. */
  readonly judge: (command: Command) => { readonly accepted: boolean; readonly answer: string };
  /** How long an engine has for its answer. */
  readonly waitMs: number;
}

const POLL_MS = 25;

/** Posts a command and waits for its answer while an engine is live. */
export async function sendCommand(parts: SendParts, command: Command): Promise<Sent> {
  const { reader, inbox } = parts;
  reader.advance();
  const engine = reader.engine();
  if (engine === null) {
    const waiting = inbox.pending(reader.run.id, reader.run.commandsTaken);
    // Commands that wait already may change what fits; then only the engine can tell.
    const verdict = waiting.length === 0 ? parts.judge(command) : null;
    if (verdict?.accepted === false) return { state: "refused", answer: verdict.answer };
  }
  const number = inbox.post(reader.run.id, parts.now(), command);
  if (engine === null) return { state: "stored" };
  for (const until = parts.now() + parts.waitMs; parts.now() < until;) {
    for (const event of reader.advance()) {
      if (event.type !== "CommandTaken" || event.number !== number) continue;
      return { state: event.accepted ? "accepted" : "refused", answer: event.answer };
    }
    if (reader.engine() === null) return { state: "stored" };
    await wait(POLL_MS);
  }
  return { state: "unanswered", pid: engine.pid };
}
