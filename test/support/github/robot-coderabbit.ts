// CodeRabbit as it behaves on a pull request: a placeholder and a pending status, the summary edited in with a green
// status, the review with its threads later; with each push it looks again and marks what was mended.
import { createHash } from "node:crypto";
import { addUser, later, type Comment, type Hub, type HubEvent, type Thread } from "./hub.ts";
import { tip } from "./git-side.ts";
import { addComment, addStatus, editComment, resolveThread, submitReview } from "./reviewing.ts";
import { isStill, lookAt, reviewReason, type Looked } from "./robot-tree.ts";

export interface RabbitFinding {
  /** What makes it the same finding on a later commit. */
  readonly key: string;
  readonly path: string;
  readonly line: number;
  /** `🟠 Major` */
  readonly level: "🔴 Critical" | "🟠 Major" | "🟡 Minor" | "🔵 Trivial" | "⚪ Info";
  /** `🎯 Functional Correctness` */
  readonly category?: string;
  readonly title: string;
  readonly body?: string;
  /** In a fold of the review's body, without a thread. */
  readonly place?: "inline" | "outside" | "nitpick";
}

export interface RabbitOptions {
  /** What it finds, or why it does not look: then its status is green all the same. */
  readonly find: (pull: Looked) => readonly RabbitFinding[] | "rate-limited" | "skipped";
  /** Reviews ask for changes, and approve once all is resolved. */
  readonly requestsChanges?: boolean;
  readonly startMs?: number;
  readonly summaryMs?: number;
  readonly reviewMs?: number;
}

const LOGIN = "coderabbitai";
const CONTEXT = "CodeRabbit";
const START_MS = 4_000;
const SUMMARY_MS = 45_000;
const REVIEW_MS = 75_000;
const TOP = "<!-- This is an auto-generated comment: summarize by coderabbit.ai -->";

interface Memory {
  comment: Comment | null;
  readonly threads: Map<string, Thread>;
  /** Keys that were reported, with or without a thread. */
  readonly told: Set<string>;
}

/** Watches for what makes CodeRabbit look, and for people who ask it to. */
export function rabbitRobot(hub: Hub, options: RabbitOptions): (event: HubEvent) => void {
  addUser(hub, LOGIN, "Bot");
  if (options.requestsChanges === true) hub.writers.add(LOGIN);
  const memories = new Map<number, Memory>();
  return (event) => {
    const number = reviewReason(hub, event) ?? askedReview(hub, event);
    const pull = number === null ? null : lookAt(hub, number);
    if (pull === null) return;
    const memory = memories.get(pull.number) ?? {
      comment: null,
      threads: new Map<string, Thread>(),
      told: new Set<string>(),
    };
    memories.set(pull.number, memory);
    begin(hub, options, pull, memory);
  };
}

function askedReview(hub: Hub, event: HubEvent): number | null {
  if (event.kind !== "comment" || event.by === LOGIN) return null;
  const comment = hub.comments.get(event.id);
  const isAsked = /^@coderabbitai (?:full )?review\s*$/m.test(comment?.body ?? "");
  return isAsked ? (comment?.issue ?? null) : null;
}

function begin(hub: Hub, options: RabbitOptions, pull: Looked, memory: Memory): void {
  const step = (delayMs: number, act: () => void): void => {
    later(hub, delayMs, () => {
      if (isStill(hub, pull)) act();
    });
  };
  const say = (state: "pending" | "success", description: string): void => {
    addStatus(hub, { sha: pull.sha, context: CONTEXT, state, description, creator: LOGIN });
  };
  step(options.startMs ?? START_MS, () => {
    write(hub, memory, pull, inProgress(hub, pull));
    say("pending", "Review in progress");
  });
  step(options.summaryMs ?? SUMMARY_MS, () => {
    const found = options.find(pull);
    if (found === "rate-limited" || found === "skipped") {
      write(hub, memory, pull, NOTICES[found]);
      say("success", found === "skipped" ? "Review skipped" : "Review rate limited");
      return;
    }
    markMended(hub, memory, pull, found);
    const fresh = found.filter(({ key }) => !memory.told.has(key));
    write(hub, memory, pull, summary(hub, pull, fresh.length));
    say("success", "Review completed");
    const waitMs = (options.reviewMs ?? REVIEW_MS) - (options.summaryMs ?? SUMMARY_MS);
    step(waitMs, () => {
      review(hub, options, { pull, memory, fresh });
    });
  });
}

/** One comment, made once and edited from then on. */
function write(hub: Hub, memory: Memory, pull: Looked, text: string): void {
  const body = `${TOP}\n${text}`;
  if (memory.comment === null) memory.comment = addComment(hub, pull.number, LOGIN, body);
  else editComment(hub, memory.comment, LOGIN, body);
}

function range(hub: Hub, pull: Looked): string {
  const onto = tip(hub, pull.base) ?? pull.sha;
  return `Reviewing files that changed from the base of the PR and between ${onto} and ${pull.sha}.`;
}

function inProgress(hub: Hub, pull: Looked): string {
  return [
    "<!-- This is an auto-generated comment: review in progress by coderabbit.ai -->",
    "",
    "> [!NOTE]",
    "> Currently processing new changes in this PR. This may take a few minutes, please wait...",
    "> ",
    "> <details>",
    "> <summary>📥 Commits</summary>",
    "> ",
    `> ${range(hub, pull)}`,
    "> ",
    "> </details>",
    "",
    "<!-- end of auto-generated comment: review in progress by coderabbit.ai -->",
  ].join("\n");
}

const NOTICES = {
  "rate-limited": [
    "<!-- This is an auto-generated comment: rate limited by coderabbit.ai -->",
    "",
    "> [!WARNING]",
    "> ## Rate limit exceeded",
    "> ",
    "> You have exceeded the limit for the number of commits that can be reviewed per hour. Please wait **12 minutes and 30 seconds** before requesting another review.",
    "",
    "<!-- end of auto-generated comment: rate limited by coderabbit.ai -->",
  ].join("\n"),
  skipped: [
    "<!-- This is an auto-generated comment: skip review by coderabbit.ai -->",
    "",
    "> [!IMPORTANT]",
    "> ## Review skipped",
    "> ",
    "> Auto reviews are disabled on this repository.",
    "",
    "<!-- end of auto-generated comment: skip review by coderabbit.ai -->",
  ].join("\n"),
};

function summary(hub: Hub, pull: Looked, found: number): string {
  return [
    "",
    ...(found === 0 ? ["No actionable comments were generated in the recent review. 🎉", ""] : []),
    "<details>",
    "<summary>ℹ️ Recent review info</summary>",
    "",
    "<details>",
    "<summary>📥 Commits</summary>",
    "",
    range(hub, pull),
    "",
    "</details>",
    "",
    "</details>",
    "",
    "<!-- walkthrough_start -->",
    "",
    "## Walkthrough",
    "",
    `Changes ${pull.changed.join(", ")}.`,
    "",
    "<!-- walkthrough_end -->",
  ].join("\n");
}

/** Its own word below what a later commit mended, and the thread resolved. */
function markMended(hub: Hub, memory: Memory, pull: Looked, found: readonly RabbitFinding[]): void {
  for (const [key, thread] of memory.threads) {
    if (thread.resolved || thread.commit === pull.sha) continue;
    if (found.some((finding) => finding.key === key)) continue;
    const [first] = thread.comments;
    if (first === undefined) continue;
    first.body += `\n\n✅ Addressed in commit ${pull.sha.slice(0, 7)}`;
    resolveThread(hub, thread, LOGIN);
    // Should it come back, it is a finding again.
    memory.told.delete(key);
  }
}

interface Found {
  readonly pull: Looked;
  readonly memory: Memory;
  readonly fresh: readonly RabbitFinding[];
}

/** Nothing new: no review. With its own workflow of requested changes it approves then. */
function review(hub: Hub, options: RabbitOptions, { pull, memory, fresh }: Found): void {
  const { number, sha } = pull;
  if (fresh.length === 0) {
    const isOpen = [...memory.threads.values()].some((thread) => !thread.resolved);
    if (options.requestsChanges === true && !isOpen)
      submitReview(hub, { pull: number, author: LOGIN, state: "APPROVED", body: "", commit: sha });
    return;
  }
  for (const { key } of fresh) memory.told.add(key);
  const inline = fresh.filter(({ place = "inline" }) => place === "inline");
  const before = new Set(hub.threads.keys());
  submitReview(hub, {
    pull: number,
    author: LOGIN,
    state:
      options.requestsChanges === true && inline.length > 0 ? "CHANGES_REQUESTED" : "COMMENTED",
    body: reviewBody(hub, pull, fresh, inline.length),
    commit: sha,
    threads: inline.map((finding) => ({
      path: finding.path,
      line: finding.line,
      body: threadBody(finding),
    })),
  });
  const made = [...hub.threads.values()].filter((thread) => !before.has(thread.id));
  for (const [index, { key }] of inline.entries()) {
    const thread = made[index];
    if (thread !== undefined) memory.threads.set(key, thread);
  }
}

const FOLDS = { outside: "⚠️ Outside diff range comments", nitpick: "🧹 Nitpick comments" };

function reviewBody(
  hub: Hub,
  pull: Looked,
  fresh: readonly RabbitFinding[],
  inline: number,
): string {
  const folds = (["outside", "nitpick"] as const).flatMap((place) => {
    const own = fresh.filter((finding) => finding.place === place);
    if (own.length === 0) return [];
    return [
      "<details>",
      `<summary>${FOLDS[place]} (${own.length})</summary><blockquote>`,
      "",
      ...own.flatMap((finding) => [
        "<details>",
        `<summary>${finding.path} (1)</summary><blockquote>`,
        "",
        `\`${finding.line}-${finding.line}\`: ${marker(finding)}`,
        "",
        `**${finding.title}**`,
        "",
        finding.body ?? "",
        "",
        "</blockquote></details>",
      ]),
      "</blockquote></details>",
      "",
    ];
  });
  return [
    `**Actionable comments posted: ${inline}**`,
    "",
    ...folds,
    "<details>",
    "<summary>📥 Commits</summary>",
    "",
    range(hub, pull),
    "",
    "</details>",
    "",
    "<!-- This is an auto-generated comment by CodeRabbit for review status -->",
  ].join("\n");
}

function marker({ category = "🎯 Functional Correctness", level }: RabbitFinding): string {
  return `_${category}_ | _${level}_ | _⚡ Quick win_`;
}

function threadBody(finding: RabbitFinding): string {
  const hash = createHash("sha256").update(finding.key).digest("hex").slice(0, 24);
  return [
    marker(finding),
    "",
    `**${finding.title}**`,
    "",
    finding.body ?? "",
    "",
    "<details>",
    "<summary>🤖 Prompt for AI Agents</summary>",
    "",
    "```",
    `In \`@${finding.path}\` around line ${finding.line}, ${finding.title}`,
    "```",
    "",
    "</details>",
    "",
    "<!-- fingerprinting:phantom:medusa:quokka -->",
    "",
    "<!-- cr-indicator-types:potential_issue -->",
    "",
    `<!-- cr-comment:v1:${hash} -->`,
    "",
    "<!-- This is an auto-generated comment by CodeRabbit -->",
  ].join("\n");
}
