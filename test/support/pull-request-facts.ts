import type {
  CheckFact,
  PullRequestFacts,
  ReviewFact,
  ReviewNote,
} from "../../src/core/review/forge/facts.ts";
import type { ReviewAuthor } from "../../src/core/review/forge/severity.ts";
import type { ForgePolicy } from "../../src/core/run/settings.ts";

export const HEAD = "b".repeat(40);
export const OLDER = "a".repeat(40);

/** A policy with round figures; what is not named waits for everything that is usual. */
export function aPolicy(
  more: { ci?: Partial<ForgePolicy["ci"]>; reviews?: Partial<ForgePolicy["reviews"]> } = {},
): ForgePolicy {
  return {
    ci: { wait: true, timeoutMs: 1_800_000, pollMs: [30_000], noneAfterMs: 120_000, ...more.ci },
    reviews: { waitFor: "auto", timeoutMs: 3_600_000, ...more.reviews },
  };
}

/** An open pull request at `HEAD` of which nobody has said anything. */
export function someFacts(more: Partial<PullRequestFacts> = {}): PullRequestFacts {
  return {
    number: 7,
    state: "open",
    endedBy: null,
    mergeCommit: null,
    head: HEAD,
    base: "main",
    isDraft: false,
    mergeable: "yes",
    labels: [],
    checks: [],
    checksRefused: null,
    hasQueue: false,
    required: [],
    approvals: 0,
    reviews: [],
    notes: [],
    requestedReviewers: [],
    usualReviewers: [],
    ...more,
  };
}

/** A check by the forge's own word for how it ended. */
export function aCheck(
  name: string,
  conclusion = "success",
  more: Partial<CheckFact> = {},
): CheckFact {
  return {
    name,
    source: "check",
    app: "github-actions",
    isRequired: null,
    state: "pending",
    conclusion,
    url: null,
    title: null,
    excerpt: "",
    annotations: [],
    ...more,
  };
}

export function aBot(login: string): ReviewAuthor {
  return { login, isBot: true, isTrusted: true };
}

export function aPerson(login: string, isTrusted = true): ReviewAuthor {
  return { login, isBot: false, isTrusted };
}

/** A review of `HEAD`. */
export function aReview(
  author: ReviewAuthor,
  state: ReviewFact["state"],
  more: Partial<ReviewFact> = {},
): ReviewFact {
  return {
    id: `review:${author.login}`,
    author,
    state,
    commit: HEAD,
    at: 1_000,
    body: "A look at it all.",
    url: null,
    ...more,
  };
}

/** A thread on `src/pay.ts:12` of `HEAD`. */
export function aNote(
  id: string,
  author: ReviewAuthor,
  body: string,
  more: Partial<ReviewNote> = {},
): ReviewNote {
  return {
    id: `thread:${id}`,
    threadId: id,
    where: "thread",
    author,
    body,
    path: "src/pay.ts",
    line: 12,
    url: `https://example.org/pull/7#${id}`,
    isResolved: false,
    isOutdated: false,
    commit: HEAD,
    isAnswered: false,
    ...more,
  };
}

/** A comment below the pull request, bound to no commit. */
export function aComment(
  id: string,
  author: ReviewAuthor,
  body: string,
  more: Partial<ReviewNote> = {},
): ReviewNote {
  const place = { where: "comment", threadId: null, path: null, line: null, commit: null } as const;
  return aNote(id, author, body, { id: `comment:${id}`, ...place, ...more });
}
