import type { ForgePolicy } from "../run/settings.ts";
import { isDemanded, stateOf, unique, type Awaited, type Look } from "./ci-status.ts";
import { claudeCheckCounts } from "./forge/claude-review.ts";
import {
  codeRabbitCovered,
  codeRabbitState,
  isCleanCodeRabbitSummary,
} from "./forge/code-rabbit.ts";
import type { CheckFact, PullRequestFacts } from "./forge/facts.ts";
import {
  isActionOf,
  reviewerOfCheck,
  reviewerOfContext,
  SHARED_APPS,
} from "./forge/reviewer-checks.ts";
import { plainLogin } from "../shared/plain-login.ts";

/** Who has yet to review this head, and what is known of those that will not. */
export interface ReviewersStatus {
  readonly waiting: readonly Awaited[];
  readonly noted: readonly string[];
}

/** `declined`: the reviewer says that it does not review this commit. */
type Progress =
  | { readonly kind: "done" | "pending" }
  | { readonly kind: "declined"; readonly why: string };

const DONE: Progress = { kind: "done" };
const PENDING: Progress = { kind: "pending" };

/**
 * Reviewers whose review of exactly this head is missing. A reviewer that says it does not review is noted, and no longer
 * waited for unless it is required; what bots say of their own work is believed only some time after the push, as their
 * comments are edited late.
 */
export function reviewersStatus(
  facts: PullRequestFacts,
  policy: ForgePolicy,
  look: Look,
): ReviewersStatus {
  const waiting: Awaited[] = [];
  const noted: string[] = [];
  for (const [login, isRequired] of askedReviewers(facts, policy)) {
    const progress = progressOf(login, facts, look.now >= look.since + policy.ci.noneAfterMs);
    if (progress.kind === "declined")
      noted.push(`${login} has not reviewed this commit: ${progress.why}`);
    if (progress.kind === "pending" || (progress.kind === "declined" && isRequired))
      waiting.push({ what: "review", name: login, isRequired });
  }
  return { waiting: unique(waiting), noted };
}

/** Logins of those whose review is waited for, and whether it is required. */
function askedReviewers(
  facts: PullRequestFacts,
  policy: ForgePolicy,
): ReadonlyMap<string, boolean> {
  const asked = new Map<string, boolean>();
  const ask = (login: string, isRequired: boolean): void => {
    const name = plainLogin(login);
    asked.set(name, isRequired || asked.get(name) === true);
  };
  const { waitFor } = policy.reviews;
  if (waitFor === "auto") {
    const bots = new Set(facts.usualReviewers.map(plainLogin));
    // Approvals that a branch demands are people's.
    for (const login of facts.requestedReviewers)
      ask(login, facts.approvals > 0 && !bots.has(plainLogin(login)));
    for (const login of facts.usualReviewers) ask(login, false);
  } else {
    // Whom the owner names is no habit.
    for (const login of waitFor) ask(login, true);
  }
  const demanded = (facts.checks ?? []).filter((check) => isDemanded(check, facts));
  const owners = [
    ...facts.required
      .filter((name) => facts.checks?.some((check) => check.name === name) !== true)
      .map(reviewerOfContext),
    ...demanded.map(reviewerOfCheck),
  ];
  for (const login of owners) if (login !== null) ask(login, true);
  return asked;
}

function progressOf(login: string, facts: PullRequestFacts, isBelieved: boolean): Progress {
  if (hasReviewed(login, facts)) return DONE;
  const own = (facts.checks ?? []).filter((check) => belongsTo(login, check));
  const progress =
    login === "coderabbitai" ? codeRabbitProgress(facts, own) : checksProgress(login, own);
  return progress.kind === "declined" && !isBelieved ? PENDING : progress;
}

/** A bot's answer in a thread is an empty review for the forge, and no evidence that it looked at the commit. */
function hasReviewed(login: string, facts: PullRequestFacts): boolean {
  return facts.reviews.some((review) => {
    if (review.author.login !== login || !review.author.isTrusted) return false;
    if (review.commit !== facts.head || review.state === "dismissed") return false;
    if (review.state !== "commented" || review.body.trim() !== "") return true;
    return facts.notes.some(
      (note) =>
        note.where === "thread" && note.author.login === login && note.commit === facts.head,
    );
  });
}

function belongsTo(login: string, check: CheckFact): boolean {
  if (reviewerOfCheck(check) === login || isActionOf(login, check)) return true;
  const app = plainLogin(check.app ?? "");
  return app === login && !SHARED_APPS.has(app);
}

function checksProgress(login: string, own: readonly CheckFact[]): Progress {
  if (own.length === 0) return PENDING;
  const states = own.map(stateOf);
  if (states.includes("pending")) return PENDING;
  // The managed review's check is neutral whatever it found: only the counts it leaves behind show that it looked.
  const isSeen = (check: CheckFact): boolean =>
    login !== "claude" || reviewerOfCheck(check) !== login || hasCounts(check);
  if (own.some((check) => stateOf(check) === "passed" && isSeen(check))) return DONE;
  const failed = own.find((check) => stateOf(check) === "failed");
  if (failed === undefined) return PENDING;
  return { kind: "declined", why: `its check "${failed.name}" ended as ${failed.conclusion}` };
}

function hasCounts(check: CheckFact): boolean {
  return claudeCheckCounts(check.excerpt) !== null;
}

const NOTICES = {
  "rate-limited": "it is rate limited",
  skipped: "it skipped the review",
  paused: "its reviews are paused",
  failed: "its review failed",
} as const;

/** Its status is green when it is rate limited or has skipped the review, too: its words decide. */
function codeRabbitProgress(facts: PullRequestFacts, own: readonly CheckFact[]): Progress {
  const summaries = facts.notes
    .filter(
      ({ author, where }) =>
        author.login === "coderabbitai" && author.isTrusted && where === "comment",
    )
    .map(({ body }) => ({ body, covered: codeRabbitCovered(body) }))
    // A summary of an older head says nothing of this one.
    .filter(({ covered }) => covered === null || covered === facts.head)
    .map((summary) => ({ ...summary, notice: codeRabbitState(summary.body) }));
  const said = own.map(
    (check) => codeRabbitState(check.title ?? "") ?? codeRabbitState(check.excerpt),
  );
  const notices = [...said, ...summaries.map(({ notice }) => notice)].filter(
    (notice) => notice !== null,
  );
  if (notices.includes("in-progress")) return PENDING;
  const isClean = summaries.some(
    ({ body, covered, notice }) =>
      covered === facts.head && notice === null && isCleanCodeRabbitSummary(body),
  );
  if (isClean) return DONE;
  const isRunning = own.some((check) => stateOf(check) === "pending");
  if (isRunning && said.every((notice) => notice === null)) return PENDING;
  const notice = notices.toSorted()[0];
  return notice === undefined || notice === "in-progress"
    ? checksProgress("coderabbitai", own)
    : { kind: "declined", why: NOTICES[notice] };
}
