import type { CheckFact, PullRequestFacts, ReviewFact } from "../../../core/review/forge/facts.ts";
import { plainLogin } from "../../../core/shared/plain-login.ts";
import type { ForgeContext } from "./forge-context.ts";
import { checksOf } from "./look-checks.ts";
import { REVIEWERS_DOCUMENT } from "./look-document.ts";
import { createJobLogs, type JobLogs } from "./look-logs.ts";
import { notesOf } from "./look-notes.ts";
import { lookAt, type WholeLook } from "./look-pages.ts";
import { reviewerOf } from "./look-people.ts";
import { restChecksOf } from "./look-rest-checks.ts";
import type { BranchRules } from "./look-rules.ts";
import { ReviewersSchema, type SeenPull, type SeenReview, type SeenThread } from "./look-shapes.ts";
import type { KnownPulls } from "./pulls-known.ts";
import type { Thread, Threads } from "./threads.ts";

export type Look = (
  asked: readonly { readonly number: number; readonly branch: string }[],
) => Promise<readonly PullRequestFacts[]>;

export interface LookOptions {
  readonly context: ForgeContext;
  readonly rules: BranchRules;
  readonly known: KnownPulls;
  readonly threads: Threads;
}

/** Looks at pull requests: one query for all of them, and what else is asked is kept where it does not change. */
export function createLook(options: LookOptions): Look {
  const { context, known, threads } = options;
  const logs = createJobLogs(context);
  let usual: Promise<readonly string[]> | null = null;
  return async (asked) => {
    if (asked.length === 0) return [];
    const looks = await lookAt(context, [...new Set(asked.map(({ number }) => number))]);
    usual ??= usualReviewers(context).catch((error: unknown) => {
      // An outage is no answer: asked again the next time.
      usual = null;
      throw error;
    });
    const usualNow = await usual;
    const facts: PullRequestFacts[] = [];
    for (const look of looks) {
      known.note(look.pull.number, { nodeId: look.pull.id, isDraft: look.pull.isDraft });
      threads.note(look.threads.flatMap(threadOf));
      facts.push(await factsOf(options, look, { usual: usualNow, logs }));
    }
    await context.branches.bring(looks.flatMap(({ pull }) => commitsOf(pull)));
    return facts;
  };
}

/** What answering it needs; of a thread longer than was asked for not everything is known. */
function threadOf({ id, isResolved, begun, newest }: SeenThread): readonly Thread[] {
  const [first] = begun.nodes;
  if (
    first === undefined ||
    newest.nodes.every(({ databaseId }) => databaseId !== first.databaseId)
  )
    return [];
  const bodies = newest.nodes.map(({ body }) => body);
  return [{ id, first: first.databaseId, isResolved, bodies }];
}

/** Commits that the facts name, each with a branch it is on. */
function commitsOf(
  pull: SeenPull,
): readonly { readonly commit: string; readonly branch: string }[] {
  const merged = pull.mergeCommit;
  return [
    { commit: headOf(pull), branch: pull.headRefName },
    ...(merged === null ? [] : [{ commit: merged.oid, branch: pull.baseRefName }]),
  ];
}

/** Its newest commit: the checks that came with it are of exactly this one. */
function headOf(pull: SeenPull): string {
  return pull.commits.nodes.at(-1)?.commit.oid ?? pull.headRefOid;
}

interface Around {
  readonly usual: readonly string[];
  readonly logs: JobLogs;
}

async function factsOf(
  { context, rules }: LookOptions,
  look: WholeLook,
  { usual, logs }: Around,
): Promise<PullRequestFacts> {
  const { pull } = look;
  const head = headOf(pull);
  const isOpen = pull.state === "OPEN";
  const { contexts, approvals, hasQueue } = isOpen
    ? await rules.of(pull.baseRefName)
    : { contexts: [], approvals: 0, hasQueue: false };
  const { checks, refused } = isOpen
    ? await checksSeen(context, look, logs)
    : { checks: [], refused: null };
  return {
    number: pull.number,
    state: stateOf(pull),
    endedBy: endedBy(pull),
    mergeCommit: pull.mergeCommit?.oid ?? null,
    head,
    base: pull.baseRefName,
    isDraft: pull.isDraft,
    mergeable: mergeableOf(pull),
    labels: (pull.labels?.nodes ?? []).map(({ name }) => name),
    checks,
    checksRefused: refused,
    hasQueue,
    required: contexts,
    // The older protection tells its number to administrators alone, but that it wants one to everybody.
    approvals: Math.max(approvals, pull.reviewDecision === null ? 0 : 1),
    reviews: look.reviews.flatMap((review) => reviewFact(review, head)),
    notes: notesOf(look, head),
    requestedReviewers: requestedOf(pull),
    usualReviewers: usual,
  };
}

async function checksSeen(
  context: ForgeContext,
  { pull, contexts, refused }: WholeLook,
  logs: JobLogs,
): Promise<{ readonly checks: readonly CheckFact[] | null; readonly refused: string | null }> {
  if (contexts !== null) return { checks: await checksOf(contexts, logs), refused: null };
  const rest = await restChecksOf(context, headOf(pull), logs);
  return rest.checks === null ? { checks: null, refused: refused ?? rest.refused } : rest;
}

function stateOf({ state }: SeenPull): PullRequestFacts["state"] {
  switch (state) {
    case "OPEN":
      return "open";
    case "CLOSED":
      return "closed";
    case "MERGED":
      return "merged";
  }
}

function mergeableOf({ mergeable }: SeenPull): PullRequestFacts["mergeable"] {
  switch (mergeable) {
    case "MERGEABLE":
      return "yes";
    case "CONFLICTING":
      return "conflict";
    case "UNKNOWN":
      return "unknown";
  }
}

function endedBy(pull: SeenPull): string | null {
  if (pull.state === "OPEN") return null;
  const actor = pull.state === "MERGED" ? pull.mergedBy : pull.timelineItems.nodes.at(-1)?.actor;
  return actor == null ? null : plainLogin(actor.login);
}

const STATES: Readonly<Record<string, ReviewFact["state"]>> = {
  APPROVED: "approved",
  CHANGES_REQUESTED: "changes-requested",
  COMMENTED: "commented",
  DISMISSED: "dismissed",
};

/** A review that is still being written is nobody's word yet. */
function reviewFact(review: SeenReview, head: string): readonly ReviewFact[] {
  const state = STATES[review.state];
  if (state === undefined || review.submittedAt === null) return [];
  return [
    {
      // The same as that of its text.
      id: `review:${review.databaseId ?? review.url}`,
      author: reviewerOf(review.author, review.authorCanPushToRepository),
      state,
      // Null where its commit was pushed away: it is of no commit that could be merged.
      commit: review.commit?.oid ?? "0".repeat(head.length),
      at: Date.parse(review.submittedAt),
      body: review.body,
      url: review.url,
    },
  ];
}

function requestedOf(pull: SeenPull): readonly string[] {
  const names = (pull.reviewRequests?.nodes ?? []).map(
    ({ requestedReviewer: asked }) => asked?.login ?? asked?.slug ?? null,
  );
  return [...new Set(names.filter((name) => name !== null).map(plainLogin))];
}

async function usualReviewers({ client, at }: ForgeContext): Promise<readonly string[]> {
  const { repository } = await client.query(REVIEWERS_DOCUMENT, at, ReviewersSchema);
  const actors = repository.pullRequests.nodes.flatMap(({ reviews }) =>
    reviews.nodes.map(({ author }) => author),
  );
  const bots = actors.filter((actor) => actor !== null).filter(({ kind }) => kind === "Bot");
  return [...new Set(bots.map(({ login }) => plainLogin(login)))];
}
