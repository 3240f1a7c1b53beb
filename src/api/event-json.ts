import { isoTime } from "../core/report/words.ts";
import type { StoredEvent } from "../core/run/events.ts";

/** One line of `cairn events`: the event with its place, its time in ISO 8601, and its own fields. */
export interface EventJson {
  readonly seq: number;
  readonly at: string;
  readonly type: string;
}

/** The event as other programs read it. */
export function isoEvent(event: StoredEvent): EventJson {
  const { seq, at, type, ...fields } = event;
  return { seq, at: isoTime(at), type, ...fields };
}
