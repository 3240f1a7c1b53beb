import type { Finding } from "../execute/agent-report.ts";
import type { Awaited } from "./ci-status.ts";
import type { PullRequestFacts, ReviewFact } from "./forge/facts.ts";
import { plainWords } from "./forge/severity.ts";
import { keyOfReview, opinionsOf } from "./opinions.ts";

/** People's requests for changes: those to work on, and people who have yet to look at what became of theirs. */
export interface ChangeRequests {
  readonly critical: readonly Finding[];
  readonly waiting: readonly Awaited[];
}

const REMARKS_MAX = 20;
const REMARK_LENGTH_MAX = 600;
const MESSAGE_MAX = 4_000;

/**
 * The requests for changes that stand: of people who may write here and have neither approved nor been dismissed since,
 * whichever head they looked at. One that was worked on is not a finding again; its author has to look.
 */
export function changeRequests(
  facts: PullRequestFacts,
  answered: ReadonlySet<string>,
): ChangeRequests {
  const standing = [...opinionsOf(facts.reviews).values()]
    .filter(({ author, state }) => !author.isBot && state === "changes-requested")
    .toSorted((a, b) => (keyOfReview(a) < keyOfReview(b) ? -1 : 1));
  const isAnswered = (review: ReviewFact): boolean => answered.has(keyOfReview(review));
  return {
    critical: standing
      .filter((review) => !isAnswered(review))
      .map((review) => asFinding(review, facts)),
    waiting: standing
      .filter(isAnswered)
      .map(({ author }) => ({ what: "review", name: author.login, isRequired: true })),
  };
}

function asFinding(review: ReviewFact, facts: PullRequestFacts): Finding {
  const { login } = review.author;
  return {
    source: "person",
    severity: "critical",
    file: null,
    line: null,
    message: [`${login} asks for changes`, review.body.trim(), ...remarksOf(login, facts)]
      .filter((part) => part !== "")
      .join("\n")
      .slice(0, MESSAGE_MAX),
    key: keyOfReview(review),
    author: login,
    ...(review.url === null ? {} : { url: review.url }),
  };
}

/** What a person wants changed often stands on the lines alone. */
function remarksOf(login: string, facts: PullRequestFacts): readonly string[] {
  return facts.notes
    .filter(
      ({ where, author, isResolved }) =>
        where === "thread" && author.login === login && !isResolved,
    )
    .map(({ path, line, body }) => {
      const place = path === null ? "" : `${path}${line === null ? "" : `:${line}`}: `;
      return `${place}${plainWords(body).slice(0, REMARK_LENGTH_MAX)}`;
    })
    .toSorted()
    .slice(0, REMARKS_MAX);
}
