// The state of the double: what GitHub would keep. Plain values; every change goes through the functions of this folder
// and into `log`, in order.
import type { JsonObject } from "./description.ts";

export interface User {
  readonly login: string;
  readonly id: number;
  readonly type: "User" | "Bot";
}

export interface Token {
  readonly user: string;
  /** Null: a fine-grained token, which has permissions in place of scopes. */
  readonly scopes: readonly string[] | null;
  /** Fine-grained tokens cannot read check runs. */
  readonly canReadChecks: boolean;
  readonly canWrite: boolean;
  /** `X-GitHub-SSO` is answered until the token is authorised. */
  readonly needsSso: boolean;
}

export interface Issue {
  readonly number: number;
  readonly id: number;
  title: string;
  body: string | null;
  state: "open" | "closed";
  stateReason: "completed" | "not_planned" | "duplicate" | "reopened" | null;
  labels: string[];
  milestone: number | null;
  readonly author: string;
  createdAt: number;
  updatedAt: number;
  closedAt: number | null;
  closedBy: string | null;
  /** Numbers of the issues this one waits for; `owner/repo#n` for another repository. */
  blockedBy: string[];
  parent: number | null;
  /** Set for pull requests, which are issues too. */
  pull: PullRequest | null;
}

export interface PullRequest {
  head: string;
  base: string;
  draft: boolean;
  merged: boolean;
  mergedBy: string | null;
  mergeCommit: string | null;
  mergedAt: number | null;
  /** Tip of the head branch; kept when the branch is deleted. */
  headSha: string;
  /** How often it was asked for since the last push: the answer is not ready at once. */
  asked: number;
  /** Merges by itself when nothing holds it any more. */
  autoMerge: AutoMerge | null;
  /** Logins of whom a review was asked and has not come yet. */
  requested: string[];
  /** Set while it waits in the merge queue. */
  queued: Queued | null;
}

export interface AutoMerge {
  readonly by: string;
  readonly method: "merge" | "squash" | "rebase";
  readonly title: string | null;
  readonly text: string | null;
  readonly at: number;
}

export interface Queued {
  readonly by: string;
  readonly at: number;
  /** Head it was put there with. */
  readonly head: string;
}

export interface Comment {
  readonly id: number;
  readonly issue: number;
  readonly author: string;
  body: string;
  readonly createdAt: number;
  updatedAt: number;
}

export interface Review {
  readonly id: number;
  readonly pull: number;
  readonly author: string;
  readonly state: "APPROVED" | "CHANGES_REQUESTED" | "COMMENTED" | "DISMISSED";
  readonly body: string;
  readonly commit: string;
  readonly submittedAt: number;
}

export interface Thread {
  readonly id: string;
  readonly pull: number;
  readonly path: string;
  readonly line: number | null;
  readonly commit: string;
  resolved: boolean;
  readonly comments: ThreadComment[];
}

export interface ThreadComment {
  readonly id: number;
  readonly review: number | null;
  readonly author: string;
  body: string;
  readonly createdAt: number;
}

export interface CheckRun {
  readonly id: number;
  readonly sha: string;
  readonly name: string;
  readonly app: string;
  status: "queued" | "in_progress" | "completed";
  conclusion: "success" | "failure" | "neutral" | "cancelled" | "skipped" | "timed_out" | null;
  output: { title: string | null; summary: string | null; text: string | null };
  annotations: readonly JsonObject[];
  log: string;
  startedAt?: number | null;
  completedAt?: number | null;
}

export interface Status {
  readonly sha: string;
  readonly context: string;
  readonly state: "pending" | "success" | "failure" | "error";
  readonly description: string;
  readonly targetUrl?: string | null;
  readonly creator?: string;
  readonly at?: number;
}

export interface Milestone {
  readonly number: number;
  readonly id: number;
  title: string;
  description: string;
  state: "open" | "closed";
}

export interface Label {
  readonly name: string;
  readonly color: string;
  readonly description: string;
}

/** What must be before a branch takes a pull request. */
export interface BranchRules {
  readonly contexts: readonly string[];
  readonly approvals: number;
  /** No pushes but by merging. */
  readonly isProtected: boolean;
  readonly hasQueue: boolean;
  /** How long the queue tests what it merges. */
  readonly queueMs?: number;
  /** What the queue makes of a pull request; a merge commit unless said otherwise. */
  readonly queueMethod?: AutoMerge["method"];
  /** Both unless said otherwise: what a ruleset demands and what a classic protection demands is read in two places. */
  readonly source?: "ruleset" | "protection";
  /** Every thread must be resolved before. */
  readonly needsResolution?: boolean;
  /** The head must contain the base. */
  readonly isStrict?: boolean;
  /** A push takes back approvals. */
  readonly dismissesStale?: boolean;
}

/** `mergeable` as GitHub may have it for a while. */
export type MergeLie =
  /** True and clean, although it conflicts. */
  | { readonly kind: "says-mergeable" }
  /** Not worked out for so many asks after each push. */
  | { readonly kind: "unknown"; readonly asks: number };

export interface Mutation {
  readonly at: number;
  readonly by: string;
  readonly what: string;
}

/** Something that happened, for those who watch: robots, webhooks, merging by itself. */
export type HubEvent = { readonly by: string } & (
  | {
      readonly kind: "push";
      readonly branch: string;
      readonly before: string | null;
      readonly after: string | null;
    }
  | { readonly kind: "pull"; readonly action: PullAction; readonly number: number }
  | { readonly kind: "issue"; readonly action: IssueAction; readonly number: number }
  | { readonly kind: "comment"; readonly action: "created" | "edited"; readonly id: number }
  | { readonly kind: "review"; readonly id: number }
  | { readonly kind: "thread"; readonly id: string }
  | { readonly kind: "check"; readonly action: "created" | "completed"; readonly id: number }
  | { readonly kind: "status"; readonly sha: string; readonly context: string }
);

export type PullAction =
  | "opened"
  | "closed"
  | "reopened"
  | "edited"
  | "synchronize"
  | "ready_for_review"
  | "converted_to_draft"
  | "review_requested"
  | "enqueued"
  | "dequeued";

export type IssueAction = "opened" | "edited" | "closed" | "reopened" | "labeled" | "milestoned";

/** What the owner of a repository has chosen. */
export interface Settings {
  allowAutoMerge: boolean;
  deleteBranchOnMerge: boolean;
  readonly methods: Set<AutoMerge["method"]>;
  /** How long an asynchronous merge takes. */
  asyncMergeMs: number;
}

/** One repository and everything around it. */
export interface Hub {
  readonly owner: string;
  readonly name: string;
  readonly gitDir: string;
  /** Milliseconds, by the clock of whoever drives the double. */
  readonly now: () => number;
  defaultBranch: string;
  archived: boolean;
  readonly users: Map<string, User>;
  readonly tokens: Map<string, Token>;
  /** Who may push. */
  readonly writers: Set<string>;
  readonly issues: Map<number, Issue>;
  readonly comments: Map<number, Comment>;
  readonly reviews: Map<number, Review>;
  readonly threads: Map<string, Thread>;
  readonly checks: Map<number, CheckRun>;
  readonly statuses: Status[];
  readonly milestones: Map<number, Milestone>;
  readonly labels: Map<string, Label>;
  readonly rules: Map<string, BranchRules>;
  readonly asyncMerges: Map<string, { readonly pull: number; state: JsonObject }>;
  readonly settings: Settings;
  readonly watchers: Set<(event: HubEvent) => void>;
  /** Rings at a time of `now`; without one, what is due happens with the next request. */
  alarm: Alarm | null;
  /** What is to happen later. */
  readonly due: Set<{ readonly at: number; readonly act: () => void; cancel: () => void }>;
  /** Branches as they were when last looked at. */
  readonly refs: Map<string, string>;
  /** Whether the tree that a merge queue is about to make passes its checks. */
  queueJudge: ((candidate: string) => boolean) | null;
  readonly log: Mutation[];
  /** Pull requests whose `mergeable` is not the truth. */
  readonly lies: Map<number, MergeLie>;
  nextId: number;
  nextNumber: number;
  /**
   * What this service cannot do: `dependencies`, `sub-issues`, `merge-async`, as an older Enterprise Server; what it does
   * not tell: `associations` of members who hide that they are, `queue-rules` of the older protection of branches.
   */
  readonly missing: Set<string>;
}

export type Alarm = (at: number, ring: () => void) => () => void;

export interface HubOptions {
  readonly owner: string;
  readonly name: string;
  readonly gitDir: string;
  readonly now: () => number;
}

export function makeHub(options: HubOptions): Hub {
  const hub: Hub = {
    ...options,
    defaultBranch: "main",
    archived: false,
    users: new Map(),
    tokens: new Map(),
    writers: new Set(),
    issues: new Map(),
    comments: new Map(),
    reviews: new Map(),
    threads: new Map(),
    checks: new Map(),
    statuses: [],
    milestones: new Map(),
    labels: new Map(),
    rules: new Map(),
    asyncMerges: new Map(),
    settings: {
      allowAutoMerge: false,
      deleteBranchOnMerge: false,
      methods: new Set(["merge", "squash", "rebase"]),
      asyncMergeMs: 0,
    },
    watchers: new Set(),
    alarm: null,
    due: new Set(),
    refs: new Map(),
    queueJudge: null,
    log: [],
    lies: new Map(),
    nextId: 1_000,
    nextNumber: 1,
    missing: new Set(),
  };
  addUser(hub, options.owner);
  hub.writers.add(options.owner);
  return hub;
}

export function newId(hub: Hub): number {
  hub.nextId += 1;
  return hub.nextId;
}

export function addUser(hub: Hub, login: string, type: User["type"] = "User"): User {
  const known = hub.users.get(login);
  if (known !== undefined) return known;
  const user: User = { login, id: newId(hub), type };
  hub.users.set(login, user);
  return user;
}

/** Who a token belongs to, with what it may do; all of `repo` unless said otherwise. */
export function addToken(hub: Hub, token: string, given: Partial<Token> & { user: string }): void {
  addUser(hub, given.user);
  hub.tokens.set(token, {
    scopes: ["repo"],
    canReadChecks: true,
    canWrite: true,
    needsSso: false,
    ...given,
  });
}

export function addMilestone(hub: Hub, title: string, description = ""): Milestone {
  const number = hub.milestones.size + 1;
  const milestone: Milestone = { number, id: newId(hub), title, description, state: "open" };
  hub.milestones.set(number, milestone);
  return milestone;
}

export function addLabel(hub: Hub, label: Label): Label {
  const known = hub.labels.get(label.name.toLowerCase());
  if (known !== undefined) return known;
  hub.labels.set(label.name.toLowerCase(), label);
  return label;
}

export interface NewIssue {
  readonly title: string;
  readonly body?: string;
  readonly labels?: readonly string[];
  readonly milestone?: number | null;
  readonly author?: string;
}

export function addIssue(hub: Hub, given: NewIssue): Issue {
  const { number } = { number: hub.nextNumber };
  hub.nextNumber += 1;
  const at = hub.now();
  for (const name of given.labels ?? []) addLabel(hub, { name, color: "ededed", description: "" });
  const issue: Issue = {
    number,
    id: newId(hub),
    title: given.title,
    body: given.body ?? null,
    state: "open",
    stateReason: null,
    labels: [...(given.labels ?? [])],
    milestone: given.milestone ?? null,
    author: given.author ?? hub.owner,
    createdAt: at,
    updatedAt: at,
    closedAt: null,
    closedBy: null,
    blockedBy: [],
    parent: null,
    pull: null,
  };
  hub.issues.set(number, issue);
  return issue;
}

export function note(hub: Hub, by: string, what: string): void {
  hub.log.push({ at: hub.now(), by, what });
}

/** Tells everybody who watches. */
export function announce(hub: Hub, event: HubEvent): void {
  for (const watch of hub.watchers) watch(event);
}

/** Does that once so much time has passed. */
export function later(hub: Hub, delayMs: number, act: () => void): void {
  const at = hub.now() + delayMs;
  const entry = {
    at,
    act: (): void => {
      hub.due.delete(entry);
      act();
    },
    cancel: (): void => undefined,
  };
  hub.due.add(entry);
  if (hub.alarm !== null) entry.cancel = hub.alarm(at, entry.act);
}

/** Does what is due by now; only for a hub without alarms there is anything. */
export function settleDue(hub: Hub): void {
  if (hub.alarm !== null) return;
  for (;;) {
    const [next] = [...hub.due]
      .filter((entry) => entry.at <= hub.now())
      .toSorted((a, b) => a.at - b.at);
    if (next === undefined) return;
    next.act();
  }
}

/** Closes or reopens, as GitHub books it. */
export function setState(
  hub: Hub,
  issue: Issue,
  state: Issue["state"],
  reason: Issue["stateReason"],
  by: string | null = null,
): void {
  issue.state = state;
  issue.stateReason = state === "closed" ? (reason ?? "completed") : "reopened";
  issue.closedAt = state === "closed" ? hub.now() : null;
  issue.closedBy = state === "closed" ? by : null;
  issue.updatedAt = hub.now();
  const kind = issue.pull === null ? "issue" : "pull";
  const action = state === "closed" ? "closed" : "reopened";
  announce(hub, { kind, action, number: issue.number, by: by ?? hub.owner });
}
