import type { CommitSha } from "../../../core/shared/names.ts";
import type { MergeOutcome, MergeRequest, PullRequest } from "../../../ports/forge.ts";
import type { ForgeContext } from "./forge-context.ts";
import type { BranchRules } from "./look-rules.ts";
import { queueStateOf } from "./merge-queue.ts";
import { createSubmitter, type Submitted, type Submitter } from "./merge-submit.ts";
import { asMerged, ownMerge } from "./merge-trace.ts";
import type { KnownPulls, WholePull } from "./pulls-known.ts";

export interface MergeOptions {
  readonly context: ForgeContext;
  readonly rules: BranchRules;
  readonly known: KnownPulls;
  readonly leaveDraft: (pull: PullRequest) => Promise<void>;
}

export type Merge = (request: MergeRequest) => Promise<MergeOutcome>;

/** GitHub merges behind the request: waits before each look at the base, which git does without the API. */
const WAITS_MS = [0, 1_000, 2_000, 4_000];

/**
 * Merges exactly `expectedHead`. GitHub has no compare-and-swap for the base, so what it made is compared with what was
 * checked. A repeated call finds what an earlier one has done, on the base itself.
 */
export function createMerge(options: MergeOptions): Merge {
  const submitter = createSubmitter(options.context, options.known);
  return async (request) => {
    const { hasQueue } = await options.rules.of(request.base);
    const before = hasQueue
      ? await beforeQueue(options, request)
      : await whatIsThere(options, request);
    return before ?? attempt({ ...options, submitter, hasQueue }, request, true);
  };
}

interface Attempting extends MergeOptions {
  readonly submitter: Submitter;
  readonly hasQueue: boolean;
}

/** Why there is nothing to be merged; null: base and head are where they were checked. */
async function whatIsThere(
  options: MergeOptions,
  request: MergeRequest,
): Promise<MergeOutcome | null> {
  const { branches } = options.context;
  const { base, branch, from, expectedHead } = request;
  const tips = await branches.tips([base, branch]);
  const moved = await whereBaseIs(options, request, tips.get(base) ?? null);
  if (moved !== null) return moved;
  const head = tips.get(branch) ?? null;
  if (head !== null && head !== expectedHead) return { kind: "head-moved", head };
  if (head !== null) return null;
  // Merged elsewhere and tidied up, or thrown away.
  const pull = await options.known.read(request.pullRequest.number);
  return pull.merged ? mergedElsewhere(options, request, pull, from) : gone(pull);
}

function gone({ state, number }: WholePull): MergeOutcome {
  const what = state === "closed" ? "is closed" : "has lost its branch";
  return { kind: "refused", why: `Pull request #${number} ${what}.` };
}

/** Null: the base is at `from`. */
async function whereBaseIs(
  options: MergeOptions,
  request: MergeRequest,
  tip: CommitSha | null,
): Promise<MergeOutcome | null> {
  const { branches } = options.context;
  const { from } = request;
  if (tip === from) return null;
  if (tip === null) return { kind: "base-rewound", base: null };
  if (!(await branches.isAncestor(from, tip))) return { kind: "base-rewound", base: tip };
  const own = await ownMerge(branches, request, tip);
  if (own !== null) return own;
  const pull = await options.known.read(request.pullRequest.number);
  return pull.merged
    ? mergedElsewhere(options, request, pull, tip)
    : { kind: "base-moved", base: tip };
}

/** The pull request is merged, and not in our words: a person did it, or GitHub keeps no words of ours in a rebase. */
async function mergedElsewhere(
  { context }: MergeOptions,
  request: MergeRequest,
  pull: WholePull,
  tip: CommitSha,
): Promise<MergeOutcome> {
  const commit = pull.merge_commit_sha;
  if (commit === null)
    return { kind: "deferred", why: "GitHub has merged it and does not say yet where." };
  await context.branches.bring([{ commit, branch: request.base }]);
  if (!(await context.branches.isAncestor(commit, tip))) {
    const now = await context.branches.tip(request.base);
    if (now === null || !(await context.branches.isAncestor(commit, now)))
      return { kind: "base-rewound", base: now };
    return { kind: "merged-by-person", commit, tip: now };
  }
  const merged = await asMerged(context.branches, commit, request.candidate);
  if (request.method === "rebase" && merged.isAsChecked !== false) return merged;
  return { kind: "merged-by-person", commit, tip };
}

/** A queue merges onto whatever the base is by then: only the head is compared, and what came of it. */
async function beforeQueue(
  options: MergeOptions,
  request: MergeRequest,
): Promise<MergeOutcome | null> {
  const { context } = options;
  const tips = await context.branches.tips([request.base, request.branch]);
  const base = tips.get(request.base) ?? null;
  if (base === null || !(await context.branches.isAncestor(request.from, base)))
    return { kind: "base-rewound", base };
  const queue = await queueStateOf(context, request.pullRequest.number);
  if (queue.kind === "waiting") return IN_QUEUE;
  if (queue.kind === "merged") {
    const { commit } = queue;
    await context.branches.bring([{ commit, branch: request.base }]);
    return asMerged(context.branches, commit, request.candidate);
  }
  const head = tips.get(request.branch) ?? null;
  if (head !== null && head !== request.expectedHead) return { kind: "head-moved", head };
  return head === null ? gone(await options.known.read(request.pullRequest.number)) : null;
}

const IN_QUEUE: MergeOutcome = { kind: "deferred", why: "in the merge queue", isQueued: true };

async function attempt(
  options: Attempting,
  request: MergeRequest,
  mayTryAgain: boolean,
): Promise<MergeOutcome> {
  const submitted = await options.submitter.submit(request, options.hasQueue);
  const settled = await settle(options, request, submitted);
  if (settled !== "draft") return settled;
  if (!mayTryAgain) return { kind: "refused", why: "The pull request is a draft." };
  await options.leaveDraft(request.pullRequest);
  return attempt(options, request, false);
}

/** Waits until the base shows the merge. */
async function settle(
  options: Attempting,
  request: MergeRequest,
  submitted: Submitted,
): Promise<MergeOutcome | "draft"> {
  const { context, submitter } = options;
  let said = submitted;
  for (const wait of WAITS_MS) {
    if (said.kind === "queued") return IN_QUEUE;
    if (said.kind === "said-no") return truth(options, request, said.words);
    await pause(context, wait);
    const tip = await context.branches.tip(request.base);
    const own = tip === null ? null : await landed(options, request, tip);
    if (own !== null) return own;
    if (wait > 0 && said.ticket !== null) said = await submitter.ask(request, said.ticket);
  }
  if (said.kind === "queued") return IN_QUEUE;
  if (said.kind === "said-no") return truth(options, request, said.words);
  return { kind: "deferred", why: "GitHub has not finished merging it." };
}

/** The merge on the base; a rebase carries no words of ours and is asked for. */
async function landed(
  options: MergeOptions,
  request: MergeRequest,
  tip: CommitSha,
): Promise<MergeOutcome | null> {
  if (tip === request.from) return null;
  const { branches } = options.context;
  const own = await ownMerge(branches, request, tip);
  if (own !== null) return own;
  const pull = await options.known.read(request.pullRequest.number);
  const commit = pull.merged ? pull.merge_commit_sha : null;
  if (commit === null) return null;
  await branches.bring([{ commit, branch: request.base }]);
  // It was accepted just now, so it is ours, whatever words GitHub put on it.
  return asMerged(branches, commit, request.candidate);
}

async function pause({ clock }: ForgeContext, wait: number): Promise<void> {
  if (wait === 0) return;
  await new Promise<void>((resolve) => {
    clock.alarm(clock.now() + wait, resolve);
  });
}

/** GitHub said no: what is true is read anew, as its words are for people. */
async function truth(
  options: MergeOptions,
  request: MergeRequest,
  words: string,
): Promise<MergeOutcome | "draft"> {
  const pull = await options.known.read(request.pullRequest.number);
  const tips = await options.context.branches.tips([request.base, request.branch]);
  const base = tips.get(request.base) ?? null;
  const moved = await whereBaseIs(options, request, base);
  if (moved !== null) return moved;
  if (pull.merged) return mergedElsewhere(options, request, pull, request.from);
  const head = tips.get(request.branch) ?? null;
  if (head !== null && head !== request.expectedHead) return { kind: "head-moved", head };
  if (pull.state === "closed" || head === null) return gone(pull);
  if (pull.draft === true) return "draft";
  return whetherLater(pull, words);
}

/** Some of it passes by itself: what GitHub is still working out, and checks that are under way. */
function whetherLater(pull: WholePull, words: string): MergeOutcome {
  const isUnknown = pull.mergeable === null || pull.mergeable_state === "unknown";
  // It works that out behind the scenes, and for a while from what was there before.
  const isLate = pull.mergeable === false || /not mergeable|try the merge again/iu.test(words);
  const isUnderWay = /in progress|pending/iu.test(words);
  if (isUnknown || isUnderWay || (isLate && pull.mergeable_state !== "blocked"))
    return { kind: "deferred", why: words };
  return { kind: "refused", why: words };
}
