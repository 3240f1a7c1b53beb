// Reviews, threads, comments and checks as GitHub books them, whoever writes them.
import {
  announce,
  newId,
  note,
  type CheckRun,
  type Comment,
  type Hub,
  type Review,
} from "./hub.ts";
import type { Status, Thread } from "./hub.ts";

export interface NewThread {
  readonly path: string;
  readonly line: number | null;
  readonly body: string;
}

export interface NewReview {
  readonly pull: number;
  readonly author: string;
  readonly state: Review["state"];
  readonly body: string;
  readonly commit: string;
  readonly threads?: readonly NewThread[];
}

/** Submits a review with its threads; whoever was asked for one is asked no more. */
export function submitReview(hub: Hub, given: NewReview): Review {
  const { pull, author, state, body, commit } = given;
  const review = { id: newId(hub), pull, author, state, body, commit, submittedAt: hub.now() };
  hub.reviews.set(review.id, review);
  for (const thread of given.threads ?? [])
    beginThread(hub, { ...thread, pull, author, commit, review: review.id });
  const asked = hub.issues.get(pull)?.pull;
  if (asked != null) asked.requested = asked.requested.filter((login) => login !== author);
  note(hub, author, `review of ${pull}: ${state}`);
  announce(hub, { kind: "review", id: review.id, by: author });
  return review;
}

export function beginThread(
  hub: Hub,
  given: NewThread & {
    readonly pull: number;
    readonly author: string;
    readonly commit: string;
    readonly review: number | null;
  },
): Thread {
  const { pull, author, commit, path, line, body, review } = given;
  const first = { id: newId(hub), review, author, body, createdAt: hub.now() };
  const id = `PRRT_${newId(hub)}`;
  const thread: Thread = { id, pull, path, line, commit, resolved: false, comments: [first] };
  hub.threads.set(id, thread);
  return thread;
}

export function resolveThread(hub: Hub, thread: Thread, by: string): void {
  thread.resolved = true;
  note(hub, by, `thread ${thread.id} resolved`);
  announce(hub, { kind: "thread", id: thread.id, by });
}

export function addComment(hub: Hub, issue: number, author: string, body: string): Comment {
  const at = hub.now();
  const made = { id: newId(hub), issue, author, body, createdAt: at, updatedAt: at };
  hub.comments.set(made.id, made);
  note(hub, author, `comment on ${issue}`);
  announce(hub, { kind: "comment", action: "created", id: made.id, by: author });
  return made;
}

export function editComment(hub: Hub, comment: Comment, by: string, body: string): void {
  comment.body = body;
  comment.updatedAt = hub.now();
  note(hub, by, `comment ${comment.id} edited`);
  announce(hub, { kind: "comment", action: "edited", id: comment.id, by });
}

/** Begins a check, or reports one that is over. */
export function addCheck(
  hub: Hub,
  given: Partial<CheckRun> & Pick<CheckRun, "sha" | "name">,
): CheckRun {
  const at = hub.now();
  const run: CheckRun = {
    id: newId(hub),
    app: "github-actions",
    status: "queued",
    conclusion: null,
    output: { title: null, summary: null, text: null },
    annotations: [],
    log: "",
    startedAt: at,
    ...(given.status === "completed" ? { completedAt: at } : {}),
    ...given,
  };
  hub.checks.set(run.id, run);
  const action = run.status === "completed" ? "completed" : "created";
  announce(hub, { kind: "check", action, id: run.id, by: run.app });
  return run;
}

/** Ends a check. */
export function endCheck(
  hub: Hub,
  run: CheckRun,
  end: Pick<CheckRun, "conclusion"> & Partial<Pick<CheckRun, "output" | "annotations" | "log">>,
): void {
  Object.assign(run, end, { status: "completed", completedAt: hub.now() });
  announce(hub, { kind: "check", action: "completed", id: run.id, by: run.app });
}

export function addStatus(hub: Hub, status: Status): void {
  hub.statuses.push({ at: hub.now(), ...status });
  const { sha, context, creator } = status;
  announce(hub, { kind: "status", sha, context, by: creator ?? hub.owner });
}
