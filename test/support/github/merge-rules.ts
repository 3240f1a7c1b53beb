// What the rules of a branch, reviews, threads and git itself say about merging a pull request.
import { contextState, rollupState } from "./checks.ts";
import { isAncestor, mergeTree, tip } from "./git-side.ts";
import type { Hub, Issue, PullRequest, Review } from "./hub.ts";

/** What each reviewer said last; a mere comment takes nothing back. */
export function standing(hub: Hub, number: number): ReadonlyMap<string, Review["state"]> {
  const last = new Map<string, Review["state"]>();
  for (const review of hub.reviews.values())
    if (review.pull === number && review.state !== "COMMENTED")
      last.set(review.author, review.state);
  return last;
}

/** Null where the branch demands no approval, whatever reviewers said. */
export function reviewDecision(
  hub: Hub,
  pull: PullRequest,
  number: number,
): "APPROVED" | "CHANGES_REQUESTED" | "REVIEW_REQUIRED" | null {
  const wanted = hub.rules.get(pull.base)?.approvals ?? 0;
  if (wanted === 0) return null;
  // Only reviewers with write access count.
  const said = [...standing(hub, number)].filter(([login]) => hub.writers.has(login));
  if (said.some(([, state]) => state === "CHANGES_REQUESTED")) return "CHANGES_REQUESTED";
  const approvals = said.filter(([, state]) => state === "APPROVED").length;
  return approvals >= wanted ? "APPROVED" : "REVIEW_REQUIRED";
}

/** Why the rules of the branch keep it from being merged, in GitHub's words; null: they do not. */
export function blockedBy(hub: Hub, pull: PullRequest, number: number): string | null {
  const rules = hub.rules.get(pull.base);
  if (rules === undefined) return null;
  const states = rules.contexts.map(
    (name) => [name, contextState(hub, pull.headSha, name)] as const,
  );
  const failing = states.find(([, state]) => state === "FAILURE");
  if (failing !== undefined) return `Required status check "${failing[0]}" is failing.`;
  const missing = states.find(([, state]) => state !== "SUCCESS");
  if (missing !== undefined)
    return missing[1] === null
      ? `Required status check "${missing[0]}" is expected.`
      : `Required status check "${missing[0]}" is in progress.`;
  if (rules.isStrict === true && isBehind(hub, pull))
    return "Head branch is out of date. Review and try the merge again.";
  const decision = reviewDecision(hub, pull, number);
  if (decision === "CHANGES_REQUESTED") return "Changes have been requested.";
  if (decision === "REVIEW_REQUIRED")
    return `At least ${rules.approvals} approving review is required by reviewers with write access.`;
  const isOpen = [...hub.threads.values()].some((one) => one.pull === number && !one.resolved);
  if (rules.needsResolution === true && isOpen)
    return "A conversation must be resolved before this pull request can be merged.";
  return null;
}

function isBehind(hub: Hub, pull: PullRequest): boolean {
  const onto = tip(hub, pull.base);
  return onto !== null && !isAncestor(hub, onto, pull.headSha);
}

/** What GitHub says about merging. */
interface Mergeability {
  readonly mergeable: boolean | null;
  readonly state: "unknown" | "dirty" | "draft" | "blocked" | "behind" | "unstable" | "clean";
}

const UNKNOWN: Mergeability = { mergeable: null, state: "unknown" };

/** What GitHub has worked out about merging: nothing at first, then the truth, unless a fault lies about it. */
export function mergeability(hub: Hub, issue: Issue, pull: PullRequest): Mergeability {
  if (pull.merged || issue.state === "closed") return UNKNOWN;
  const lie = hub.lies.get(issue.number);
  if (pull.asked < (lie?.kind === "unknown" ? lie.asks + 1 : 2)) return UNKNOWN;
  const onto = tip(hub, pull.base);
  const isLie = lie?.kind === "says-mergeable";
  if (!isLie && (onto === null || mergeTree(hub, onto, pull.headSha) === null))
    return { mergeable: false, state: "dirty" };
  if (pull.draft) return { mergeable: true, state: "draft" };
  if (isLie) return { mergeable: true, state: "clean" };
  const rules = hub.rules.get(pull.base);
  if (rules?.isStrict === true && isBehind(hub, pull)) return { mergeable: true, state: "behind" };
  if (blockedBy(hub, pull, issue.number) !== null) return { mergeable: true, state: "blocked" };
  const checks = rollupState(hub, pull.headSha);
  const isUnstable = checks === "FAILURE" || checks === "PENDING";
  return { mergeable: true, state: isUnstable ? "unstable" : "clean" };
}

const CLOSING = /\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+#(\d+)/gi;

/** Issues that a text closes once it is on the default branch. */
export function namedIn(hub: Hub, text: string): readonly Issue[] {
  const numbers = [...text.matchAll(CLOSING)].map((match) => Number(match[1]));
  return [...new Set(numbers)].flatMap((number) => {
    const named = hub.issues.get(number);
    return named === undefined || named.pull !== null ? [] : [named];
  });
}

/** Issues that merging closes: none where the base is not the default branch. */
export function closedByMerging(hub: Hub, issue: Issue, pull: PullRequest): readonly Issue[] {
  return pull.base === hub.defaultBranch ? namedIn(hub, issue.body ?? "") : [];
}
