// What a recorded session may contain. Read by the player, which must start fast: no packages here.

/** Task key (or `*` for any) -> its sessions, the first that fits is played. */
export type Recording = Readonly<Record<string, readonly RecordedSession[]>>;

export interface RecordedSession {
  /** Absent: fits every role but those of reviewers. */
  readonly role?: string;
  readonly attempt?: number;
  readonly round?: number;
  /** Number at the end of the session's name: `3` of `4.2-s3`. */
  readonly session?: number;
  readonly steps?: readonly RecordedStep[];
  /** Null: none is given. Absent: complete, or an approval of every stage asked for. */
  readonly report?: Readonly<Record<string, unknown>> | null;
}

/** One thing the recorded agent did; `{{task}}`, `{{title}}`, `{{attempt}}`, `{{round}}` and `{{session}}` are filled in. */
export type RecordedStep =
  | { readonly say: string }
  | { readonly write: string; readonly content: string }
  | { readonly append: string; readonly content: string }
  | { readonly delete: string }
  /** A command of the recording's author, for `sh -c`; its output is said. */
  | { readonly run: string }
  /** Everything in the tree, with this message. */
  | { readonly commit: string }
  | { readonly sleepMs: number }
  | { readonly usd: number; readonly inputTokens?: number; readonly outputTokens?: number }
  | { readonly exit: number };

export interface Circumstances {
  readonly task: string;
  readonly title: string;
  readonly role: string;
  readonly attempt: number;
  readonly round: number;
  readonly session: string;
  readonly stages: readonly string[];
}

/** Null: nothing was recorded for these circumstances. */
export function chooseSession(recording: Recording, now: Circumstances): RecordedSession | null {
  const candidates = [...(recording[now.task] ?? []), ...(recording["*"] ?? [])];
  const number = Number(/(\d+)$/.exec(now.session)?.[1] ?? Number.NaN);
  const found = candidates.find(
    (session) =>
      (session.role === undefined ? now.stages.length === 0 : session.role === now.role) &&
      [undefined, now.attempt].includes(session.attempt) &&
      [undefined, now.round].includes(session.round) &&
      [undefined, number].includes(session.session),
  );
  if (found !== undefined) return found;
  return now.stages.length > 0 ? {} : null;
}

/** The report as it was recorded, or the one that says the session went well. */
export function reportOf(
  session: RecordedSession,
  now: Circumstances,
): Readonly<Record<string, unknown>> | null {
  if (session.report !== undefined) return session.report;
  const verdicts = now.stages.map((stage) => ({ stage, verdict: "approve", findings: [] }));
  return {
    status: "complete",
    summary: "Replayed from a recording.",
    ...(verdicts.length > 0 ? { verdicts } : {}),
  };
}

/** Fills the placeholders into every text of a recorded value. */
export function fillIn<T>(value: T, now: Circumstances): T {
  const text = JSON.stringify(value).replaceAll(/\{\{(\w+)\}\}/g, (whole, name: string) => {
    const filling = isKnown(name) ? String(now[name]) : whole;
    return JSON.stringify(filling).slice(1, -1);
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the same JSON with other texts in it
  return JSON.parse(text) as T;
}

function isKnown(
  name: string,
): name is "task" | "title" | "role" | "attempt" | "round" | "session" {
  return ["task", "title", "role", "attempt", "round", "session"].includes(name);
}
