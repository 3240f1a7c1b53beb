import type { TaskKey } from "../shared/names.ts";

// Only as Cairn writes it: a sentence of a person that says "follow-up of" is about history, not about a rest.
const LINE = /^Follow-up of: (\S{1,100})[ \t]*$/mu;
/** It stands at the beginning; what is quoted further down is another issue's. */
const SEARCHED_MAX = 4_000;

/** The line by which a text says that its issue takes over what another one left. */
export function followUpLine(of: TaskKey): string {
  return `Follow-up of: ${of}`;
}

/** The issue whose rest this one takes over, as its text says; null: it is nobody's. */
export function parseFollowUpOf(body: string): TaskKey | null {
  return LINE.exec(body.slice(0, SEARCHED_MAX).replaceAll("\r", ""))?.[1] ?? null;
}
