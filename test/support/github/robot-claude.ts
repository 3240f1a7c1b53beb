// Claude Code Review as GitHub shows it: a check that is neutral whatever it found, counts in its last line, and comments
// on lines; and a person who reviews.
import {
  addUser,
  later,
  type CheckRun,
  type Hub,
  type HubEvent,
  type Review,
  type Thread,
} from "./hub.ts";
import { addCheck, endCheck, resolveThread, submitReview, type NewThread } from "./reviewing.ts";
import { isStill, lookAt, reviewReason, type Looked } from "./robot-tree.ts";

export interface ClaudeFinding {
  readonly key: string;
  readonly level: "important" | "nit" | "pre-existing";
  readonly path: string;
  readonly line: number;
  readonly title: string;
}

export interface ClaudeOptions {
  readonly find: (pull: Looked) => readonly ClaudeFinding[];
  readonly startMs?: number;
  readonly runMs?: number;
}

const MARKS = { important: "🔴 Important", nit: "🟡 Nit", "pre-existing": "🟣 Pre-existing" };
const LOGIN = "claude";

/** Looks at each head that is ready for review; threads of what was mended it resolves itself. */
export function claudeRobot(hub: Hub, options: ClaudeOptions): (event: HubEvent) => void {
  addUser(hub, LOGIN, "Bot");
  const threads = new Map<number, Map<string, Thread>>();
  return (event) => {
    const number = reviewReason(hub, event);
    const pull = number === null ? null : lookAt(hub, number);
    if (pull === null) return;
    const own = threads.get(pull.number) ?? new Map<string, Thread>();
    threads.set(pull.number, own);
    later(hub, options.startMs ?? 3_000, () => {
      const name = "Claude Code Review";
      const run = addCheck(hub, { sha: pull.sha, name, app: LOGIN, status: "in_progress" });
      later(hub, options.runMs ?? 120_000, () => {
        const found = options.find(pull);
        if (isStill(hub, pull)) comment(hub, pull, found, own);
        end(hub, run, found);
      });
    });
  };
}

function comment(
  hub: Hub,
  pull: Looked,
  found: readonly ClaudeFinding[],
  own: Map<string, Thread>,
): void {
  for (const [key, thread] of own) {
    if (found.some((finding) => finding.key === key)) continue;
    if (!thread.resolved) resolveThread(hub, thread, LOGIN);
    own.delete(key);
  }
  const fresh = found.filter(({ key }) => !own.has(key));
  if (fresh.length === 0 && found.length > 0) return;
  const before = new Set(hub.threads.keys());
  submitReview(hub, {
    pull: pull.number,
    author: LOGIN,
    state: "COMMENTED",
    body: found.length === 0 ? "LGTM" : "",
    commit: pull.sha,
    threads: fresh.map(({ path, line, level, title }) => ({
      path,
      line,
      body: [
        `${MARKS[level]}: ${title}`,
        "",
        "<details>",
        "<summary>Extended reasoning...</summary>",
        "",
        title,
        "",
        "</details>",
      ].join("\n"),
    })),
  });
  const made = [...hub.threads.values()].filter((thread) => !before.has(thread.id));
  for (const [index, { key }] of fresh.entries()) {
    const thread = made[index];
    if (thread !== undefined) own.set(key, thread);
  }
}

function end(hub: Hub, run: CheckRun, found: readonly ClaudeFinding[]): void {
  const count = (level: ClaudeFinding["level"]): number =>
    found.filter((finding) => finding.level === level).length;
  const counts = JSON.stringify({
    normal: count("important"),
    nit: count("nit"),
    pre_existing: count("pre-existing"),
  });
  const title =
    found.length === 0 ? "No issues found" : `${found.length} issue(s) found; see the comments`;
  endCheck(hub, run, {
    conclusion: "neutral",
    output: { title, summary: title, text: `${title}\n\n<!-- bughunter-severity: ${counts} -->` },
    annotations: found.map((finding) => ({
      path: finding.path,
      start_line: finding.line,
      end_line: finding.line,
      annotation_level: finding.level === "important" ? "failure" : "warning",
      message: `${MARKS[finding.level]}: ${finding.title}`,
      title: null,
      raw_details: null,
      start_column: null,
      end_column: null,
      blob_href: "",
    })),
  });
}

export interface Opinion {
  readonly state: Extract<Review["state"], "APPROVED" | "CHANGES_REQUESTED" | "COMMENTED">;
  readonly body: string;
  readonly threads?: readonly NewThread[];
}

export interface ReviewerOptions {
  readonly login: string;
  /** Null: says nothing about this head. */
  readonly decide: (pull: Looked) => Opinion | null;
  readonly afterMs?: number;
}

/** A person with write access who reviews every head; threads that they began they resolve when they approve. */
export function reviewerRobot(hub: Hub, options: ReviewerOptions): (event: HubEvent) => void {
  const { login, decide, afterMs = 600_000 } = options;
  addUser(hub, login);
  hub.writers.add(login);
  return (event) => {
    const number = reviewReason(hub, event);
    const pull = number === null ? null : lookAt(hub, number);
    if (pull === null) return;
    later(hub, afterMs, () => {
      const opinion = isStill(hub, pull) ? decide(pull) : null;
      if (opinion === null) return;
      const own = [...hub.threads.values()].filter(
        (thread) => thread.pull === pull.number && thread.comments[0]?.author === login,
      );
      if (opinion.state === "APPROVED")
        for (const thread of own) if (!thread.resolved) resolveThread(hub, thread, login);
      submitReview(hub, { ...opinion, pull: pull.number, author: login, commit: pull.sha });
    });
  };
}
