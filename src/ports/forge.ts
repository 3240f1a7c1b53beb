import type { PullRequestFacts } from "../core/review/forge/facts.ts";
import type { CommitSha, TaskKey } from "../core/shared/names.ts";

/** A label with the look it gets when it is made. */
export interface ForgeLabel {
  readonly name: string;
  /** `#B60205` */
  readonly colour: string;
  readonly description: string;
}

export interface PullRequestDraft {
  /** Idempotency: one open pull request for each head branch. */
  readonly branch: string;
  readonly base: string;
  readonly head: CommitSha;
  readonly title: string;
  readonly body: string;
  /** Opened as a draft where the forge knows drafts. */
  readonly isDraft: boolean;
  readonly labels: readonly ForgeLabel[];
}

export interface PullRequest {
  readonly number: number;
  readonly url: string | null;
}

export type MergeOutcome =
  /** `isAsChecked: false`: the forge merged, but onto a base that had moved in the same instant; the tree is another. */
  | { readonly kind: "merged"; readonly commit: CommitSha; readonly isAsChecked?: boolean }
  /** Somebody else merged it before; `commit` is where it is on the base, `tip` the base by now. */
  | { readonly kind: "merged-by-person"; readonly commit: CommitSha; readonly tip: CommitSha }
  | { readonly kind: "base-moved"; readonly base: CommitSha }
  /** The base was moved back or deleted: `from`, with what was merged before, is no longer on it. */
  | { readonly kind: "base-rewound"; readonly base: CommitSha | null }
  | { readonly kind: "head-moved"; readonly head: CommitSha }
  /** Not now: the forge is still computing, queues it, or is away. */
  | {
      readonly kind: "deferred";
      readonly why: string;
      /** The forge's own merge queue has it: patience, however long. */
      readonly isQueued?: boolean;
    }
  /** Its rules forbid it until a person acts; `why` in the forge's words. */
  | { readonly kind: "refused"; readonly why: string };

export interface MergeRequest {
  readonly pullRequest: PullRequest;
  readonly base: string;
  /** Where the base was when the candidate was built. */
  readonly from: CommitSha;
  readonly expectedHead: CommitSha;
  readonly branch: string;
  /** Commit on `from` whose tree is what was checked. */
  readonly candidate: CommitSha;
  readonly method: "squash" | "merge" | "rebase";
  /** First line and the rest of the commit that the forge writes. */
  readonly title: string;
  readonly message: string;
}

export type PushOutcome =
  | { readonly kind: "pushed" | "already" }
  /** The branch is elsewhere than expected; its commits are here now. */
  | { readonly kind: "moved"; readonly tip: CommitSha | null }
  /** The forge does not take it; `why` in its words. */
  | { readonly kind: "refused"; readonly why: string };

/** A comment that is edited in place and found again by its hidden marker, by exact text. */
export interface MarkedComment {
  /** Number of the pull request or issue. */
  readonly on: number;
  /** `status:RUN:KEY`; the adapter hides it in the text. */
  readonly marker: string;
  readonly body: string;
}

/** Answer to one finding of a reviewer. */
export interface FindingAnswer {
  readonly pullRequest: PullRequest;
  /** Key of the finding; part of the marker. */
  readonly key: string;
  readonly threadId: string;
  readonly body: string;
  /** Mark the thread as resolved behind the answer. */
  readonly resolves: boolean;
}

/**
 * Where branches, pull requests, checks and reviews live. Every write asks first whether it has happened, by exact key.
 * Commits that a method answers with are in the repository when it answers.
 */
export interface Forge {
  readonly kind: "local" | "github";
  /** Tip of a branch as the forge has it now; null: there is none. */
  tipOf(branch: string): Promise<CommitSha | null>;
  /** Creates the branch at `at`; answers its tip, wherever it is, when it existed. */
  ensureBranch(branch: string, at: CommitSha): Promise<CommitSha>;
  /** Moves a base branch forward by compare-and-swap, never back: see `PushOutcome`. */
  advance(branch: string, from: CommitSha, to: CommitSha): Promise<PushOutcome>;
  /**
   * Publishes `head` as the task branch if that stands at `expected` there (null: is not there). On a forge whose
   * branches are the repository's own nothing is to be done.
   */
  push(branch: string, head: CommitSha, expected: CommitSha | null): Promise<PushOutcome>;
  /** Opens the pull request of a pushed branch, or finds the one that is there. Labels are made where missing. */
  openPullRequest(draft: PullRequestDraft): Promise<PullRequest>;
  /** Title, body and labels after a fix round; labels of others are left alone. */
  updatePullRequest(pullRequest: PullRequest, draft: PullRequestDraft): Promise<void>;
  leaveDraft(pullRequest: PullRequest): Promise<void>;
  /**
   * Makes an open pull request a draft again, so that nobody merges it. Nothing happens to a draft, to what is closed or
   * merged, and where the forge or the repository's plan knows no drafts.
   */
  returnToDraft(pullRequest: PullRequest): Promise<void>;
  addLabels(pullRequest: PullRequest, labels: readonly ForgeLabel[]): Promise<void>;
  /** Merges exactly `expectedHead` on exactly `from`. A repeated call answers `merged`. */
  merge(request: MergeRequest): Promise<MergeOutcome>;
  closePullRequest(pullRequest: PullRequest): Promise<void>;
  /** Deletes the branch if it is at `at` or gone; somebody's later commits are left alone. */
  deleteBranch(branch: string, at: CommitSha): Promise<"deleted" | "gone" | "moved">;
  /** News of these pull requests in one go; those that are gone are left out. Commits named as heads are here then. */
  look(
    asked: readonly { readonly number: number; readonly branch: string }[],
  ): Promise<readonly PullRequestFacts[]>;
  comment(comment: MarkedComment): Promise<void>;
  answer(answer: FindingAnswer): Promise<void>;
  /** Closes the issue with that comment, once; a closed one stays as it is. */
  closeIssue(issue: TaskKey, comment: MarkedComment): Promise<void>;
  /** Opens a closed issue again, its closing comment saying why from then on; an open one stays open. */
  reopenIssue(issue: TaskKey, comment: MarkedComment): Promise<void>;
  closeMilestone(): Promise<void>;
}
