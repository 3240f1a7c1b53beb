import type { CommitSha } from "../core/shared/names.ts";

export interface PullRequestDraft {
  /** Idempotency: one open pull request for each head branch. */
  readonly branch: string;
  readonly base: string;
  readonly head: CommitSha;
  readonly title: string;
  readonly body: string;
}

export interface PullRequest {
  readonly number: number;
  readonly url: string | null;
}

export type MergeOutcome =
  | { readonly kind: "merged"; readonly commit: CommitSha }
  | { readonly kind: "base-moved"; readonly base: CommitSha }
  /** The base was moved back or deleted: `from`, with what was merged before, is no longer on it. */
  | { readonly kind: "base-rewound"; readonly base: CommitSha | null }
  | { readonly kind: "head-moved"; readonly head: CommitSha }
  | { readonly kind: "deferred"; readonly why: string };

/** Where branches, pull requests, checks and reviews live. Every write asks first whether it has happened. */
export interface Forge {
  readonly kind: "local" | "github";
  /** Pushes the branch where the forge needs it, opens the draft, or finds the one that is there. */
  openPullRequest(draft: PullRequestDraft): Promise<PullRequest>;
  /** New head after a fix round. */
  updatePullRequest(pullRequest: PullRequest, draft: PullRequestDraft): Promise<void>;
  leaveDraft(pullRequest: PullRequest): Promise<void>;
  /** Moves `base` from `from` to exactly `candidate`, by compare-and-swap. A repeated call answers `merged`. */
  merge(request: {
    readonly pullRequest: PullRequest;
    readonly base: string;
    readonly from: CommitSha;
    readonly expectedHead: CommitSha;
    readonly branch: string;
    readonly candidate: CommitSha;
  }): Promise<MergeOutcome>;
  closePullRequest(pullRequest: PullRequest): Promise<void>;
}
