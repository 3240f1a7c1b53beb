import type { Command } from "./commands.ts";
import type { RunEvent } from "./events.ts";
import type { Run } from "./run.ts";

/** What a command does, and the sentence its sender gets. Refused: no events, and the words say what is allowed. */
export interface CommandResult {
  readonly events: readonly RunEvent[];
  readonly accepted: boolean;
  readonly answer: string;
}

/** Accepted, with its events. */
export function accept(events: readonly RunEvent[], answer: string): CommandResult {
  return { events, accepted: true, answer };
}

/** Refused, with the reason and what to do. */
export function refuse(answer: string): CommandResult {
  return { events: [], accepted: false, answer };
}

/** A person's word wakes a run that waited for one. */
export function wake(run: Run, command: Command): readonly RunEvent[] {
  if (run.status !== "waiting") return [];
  return [{ type: "RunResumed", by: command.by, afterPanic: false, acknowledged: false }];
}
