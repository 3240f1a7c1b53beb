import type { PullRequestFacts } from "../core/review/forge/facts.ts";
import { isDemanded, stateOf } from "../core/review/ci-status.ts";
import { judgePullRequest } from "../core/review/judge-pull-request.ts";
import { reviewersStatus } from "../core/review/reviewers.ts";
import { opinionsOf } from "../core/review/opinions.ts";
import type { ForgePolicy } from "../core/run/settings.ts";
import type { Instant } from "../core/shared/names.ts";

/** What `cairn ci-status --json` prints. */
export interface CiStatusJson {
  readonly schemaVersion: 1;
  /** `owner/repo` */
  readonly repository: string;
  readonly pullRequest: {
    readonly number: number;
    readonly title: string;
    readonly url: string;
    readonly state: PullRequestFacts["state"];
    readonly isDraft: boolean;
    readonly head: string;
  };
  /**
   * Of the checks alone, which give the exit code too. `unreadable`: this token may not read them; `closed`: nothing is
   * looked at any more.
   */
  readonly state: "none" | "pending" | "passed" | "failed" | "unreadable" | "closed";
  readonly words: string;
  readonly checks: readonly CheckJson[];
  readonly reviews: {
    /** Approvals that the branch demands. */
    readonly required: number;
    readonly approvedBy: readonly string[];
    readonly changesRequestedBy: readonly string[];
    /** Whose review is waited for. */
    readonly waitingFor: readonly string[];
    /** Findings of reviewers that hold a merge. */
    readonly critical: number;
  };
}

export interface CheckJson {
  readonly name: string;
  readonly state: "pending" | "passed" | "failed";
  /** The forge's own word; `not reported` for a required check that nobody has seen. */
  readonly conclusion: string;
  /** Null: the forge would not say. */
  readonly isRequired: boolean | null;
  readonly app: string | null;
  readonly url: string | null;
}

/** A pull request with what only its own page says. */
export interface LookedAt {
  readonly repository: string;
  readonly title: string;
  readonly url: string;
  readonly facts: PullRequestFacts;
  /** When the head was there at the latest; a check may not have begun soon after. */
  readonly since: Instant;
  readonly now: Instant;
}

/** What the facts of a pull request come to, for people and programs. Worst checks first, then by name. */
export function toCiStatusJson(looked: LookedAt, policy: ForgePolicy): CiStatusJson {
  const { repository, title, url, facts, since, now } = looked;
  const { number, state, isDraft, head } = facts;
  const verdict = judgePullRequest(facts, policy, { since, now, answered: new Set() });
  const isOpen = state === "open";
  const requests = [...opinionsOf(facts.reviews).values()].filter(
    (review) => review.state === "changes-requested",
  );
  return {
    schemaVersion: 1,
    repository,
    pullRequest: { number, title, url, state, isDraft, head },
    state: isOpen ? (facts.checks === null ? "unreadable" : verdict.ci.state) : "closed",
    words: isOpen ? verdict.ci.words : `the pull request is ${state}`,
    checks: isOpen ? checksOf(facts) : [],
    reviews: {
      required: facts.approvals,
      approvedBy: verdict.approvedBy,
      changesRequestedBy: requests.map(({ author }) => author.login).toSorted(),
      waitingFor: isOpen
        ? reviewersStatus(facts, policy, { since, now }).waiting.map(({ name }) => name)
        : [],
      critical: isOpen ? verdict.critical.filter(({ source }) => source !== "ci").length : 0,
    },
  };
}

const WORST = ["failed", "pending", "passed"] as const;

function checksOf(facts: PullRequestFacts): readonly CheckJson[] {
  const seen = (facts.checks ?? []).map((check): CheckJson => ({
    name: check.name,
    state: stateOf(check),
    conclusion: check.conclusion,
    isRequired: isDemanded(check, facts) ? true : check.isRequired,
    app: check.app,
    url: check.url,
  }));
  const names = new Set(seen.map(({ name }) => name));
  const missing = [...new Set(facts.required)]
    .filter((name) => !names.has(name))
    .map((name): CheckJson => ({
      name,
      state: "pending",
      conclusion: "not reported",
      isRequired: true,
      app: null,
      url: null,
    }));
  return [...seen, ...missing].toSorted(
    (a, b) => WORST.indexOf(a.state) - WORST.indexOf(b.state) || (a.name < b.name ? -1 : 1),
  );
}
