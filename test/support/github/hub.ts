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
  autoMerge: boolean;
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
  readonly body: string;
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
}

export interface Status {
  readonly sha: string;
  readonly context: string;
  readonly state: "pending" | "success" | "failure" | "error";
  readonly description: string;
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
}

export interface Mutation {
  readonly at: number;
  readonly by: string;
  readonly what: string;
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
  readonly log: Mutation[];
  nextId: number;
  nextNumber: number;
  /** What this service cannot do: `dependencies`, `sub-issues`, `merge-async`, as an older Enterprise Server. */
  readonly missing: Set<string>;
}

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
    log: [],
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

/** Closes or reopens, as GitHub books it. */
export function setState(
  hub: Hub,
  issue: Issue,
  state: Issue["state"],
  reason: Issue["stateReason"],
): void {
  issue.state = state;
  issue.stateReason = state === "closed" ? (reason ?? "completed") : "reopened";
  issue.closedAt = state === "closed" ? hub.now() : null;
  issue.updatedAt = hub.now();
}
