import type { CommitSha, Instant } from "../../shared/names.ts";
import type { ReviewAuthor, ReviewText } from "./severity.ts";

/** One check of one commit, whichever of the forge's two worlds it comes from. */
export interface CheckFact {
  readonly name: string;
  readonly source: "check" | "status" | "job";
  /** App or service that reports it. */
  readonly app: string | null;
  /** Null: the forge would not say. */
  readonly isRequired: boolean | null;
  readonly state: "pending" | "passed" | "failed";
  /** The forge's own word: `success`, `neutral`, `timed_out`, `expected`. */
  readonly conclusion: string;
  readonly url: string | null;
  readonly title: string | null;
  /** What a fixer is told: the end of the log and the annotations, redacted, at most 4,000 characters. */
  readonly excerpt: string;
  readonly annotations: readonly CheckAnnotation[];
}

export interface CheckAnnotation {
  readonly path: string;
  readonly line: number | null;
  readonly level: "notice" | "warning" | "failure";
  readonly message: string;
}

/** A review as a whole: what its author thinks of one commit. */
export interface ReviewFact {
  readonly id: string;
  readonly author: ReviewAuthor;
  readonly state: "approved" | "changes-requested" | "commented" | "dismissed";
  readonly commit: CommitSha;
  readonly at: Instant;
  readonly body: string;
  readonly url: string | null;
}

/** A text of a reviewer with what the forge says about its place. */
export interface ReviewNote extends ReviewText {
  readonly isResolved: boolean;
  /** The lines it was written on have changed since. */
  readonly isOutdated: boolean;
  /** Commit it was written on, where the forge says. */
  readonly commit: CommitSha | null;
  /** Somebody's answer that carries the marker of Cairn stands below it. */
  readonly isAnswered: boolean;
}

/** Everything the forge says about one pull request at one moment. Facts only: the core judges them. */
export interface PullRequestFacts {
  readonly number: number;
  readonly state: "open" | "closed" | "merged";
  /** Who closed or merged it, in lower case without `[bot]`; null while it is open or where the forge does not say. */
  readonly endedBy: string | null;
  readonly mergeCommit: CommitSha | null;
  readonly head: CommitSha;
  /** Name of the branch it is to be merged into, by now. */
  readonly base: string;
  readonly isDraft: boolean;
  /** Lazily computed by the forge. */
  readonly mergeable: "yes" | "conflict" | "unknown";
  readonly labels: readonly string[];
  /** Checks of `head`; null: this token may not read them, `checksRefused` says why. */
  readonly checks: readonly CheckFact[] | null;
  readonly checksRefused: string | null;
  /** The base has a merge queue of the forge's own, which brings everything up to date itself. */
  readonly hasQueue: boolean;
  /** Contexts the branch demands, whether or not they have been seen. */
  readonly required: readonly string[];
  /** Approving reviews the branch demands. */
  readonly approvals: number;
  readonly reviews: readonly ReviewFact[];
  readonly notes: readonly ReviewNote[];
  /** Logins of whom a review was asked, and of bots that reviewed one of the last 20 pull requests here. */
  readonly requestedReviewers: readonly string[];
  readonly usualReviewers: readonly string[];
}
