import { isoTime } from "../core/report/words.ts";
import type { Command } from "../core/run/commands.ts";
import type { StoredEvent } from "../core/run/events.ts";
import type { RunId, TaskKey } from "../core/shared/names.ts";

/** What `cairn audit --json` prints: every word that was said to a run, by whom and from where. */
export interface AuditJson {
  readonly schemaVersion: 1;
  readonly run: RunId;
  readonly words: readonly AuditEntry[];
}

export interface AuditEntry {
  /** Number of the event that took it; null: no engine has taken it yet. */
  readonly seq: number | null;
  /** When an engine took it, ISO 8601 in UTC. */
  readonly at: string | null;
  /** User name of the process that said it. */
  readonly by: string;
  readonly from: Command["from"];
  readonly command: Command["name"];
  readonly task: TaskKey | null;
  readonly text: string | null;
  readonly flags: Command["flags"];
  /** Null: nobody has judged it yet. */
  readonly accepted: boolean | null;
  /** What its sender was told. */
  readonly answer: string | null;
}

/** The words of a log in its order, then those that wait for an engine. */
export function auditJson(
  run: RunId,
  events: Iterable<StoredEvent>,
  pending: readonly { readonly command: Command }[],
): AuditJson {
  const words: AuditEntry[] = [];
  for (const event of events) {
    if (event.type !== "CommandTaken") continue;
    const { accepted, answer } = event;
    words.push({ seq: event.seq, at: isoTime(event.at), ...said(event.command), accepted, answer });
  }
  const waiting = pending.map(({ command }) => ({
    seq: null,
    at: null,
    ...said(command),
    accepted: null,
    answer: null,
  }));
  return { schemaVersion: 1, run, words: [...words, ...waiting] };
}

function said(command: Command): Omit<AuditEntry, "seq" | "at" | "accepted" | "answer"> {
  const { by, from, name, task, text, flags } = command;
  return { by, from, command: name, task, text, flags };
}
