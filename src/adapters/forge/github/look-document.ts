// What is asked of GitHub about pull requests: one document for all of them, and one for what did not fit on a page.

/** Lists that may be longer than a page, by the name they have in the query. */
export type ListName = "contexts" | "reviews" | "reviewThreads" | "comments";

/** GitHub counts the nodes that a query could answer, and refuses more than half a million. */
export const PULLS_MAX = 25;

/**
 * What is asked for at once: GitHub's price of a query is what it could answer, and what lies below each check and each
 * thread is the dearest of it. The rest comes as pages of the few pull requests that have more.
 */
const FIRST: Readonly<Record<ListName, number>> = {
  contexts: 50,
  reviews: 100,
  reviewThreads: 30,
  comments: 100,
};

const AUTHOR = "author { login kind: __typename } authorAssociation body url";
const PAGE = "pageInfo { hasNextPage endCursor }";

/** One query for these pull requests: `p12` is number 12. */
export function lookDocument(numbers: readonly number[]): string {
  return document(numbers.map((number) => `p${number}: ${pullFields(number)}`).join("\n"));
}

/** The next page of one list of one pull request. */
export function pageDocument(number: number, list: ListName, after: string): string {
  const field = listField(number, list, after);
  return document(`p${number}: pullRequest(number: ${number}) { ${field} }`);
}

/** Bots that reviewed here lately. */
export const REVIEWERS_DOCUMENT = document(`
  pullRequests(last: 20) { nodes {
    reviews(first: 50) { nodes { author { login kind: __typename } } }
  } }`);

function document(fields: string): string {
  return `query ($owner: String!, $repo: String!) {
  repository(owner: $owner, name: $repo) { ${fields} }
}`;
}

function pullFields(number: number): string {
  const lists = (["contexts", "reviews", "reviewThreads", "comments"] as const)
    .map((list) => listField(number, list, null))
    .join("\n");
  return `pullRequest(number: ${number}) {
    id number state isDraft mergeable reviewDecision headRefOid headRefName baseRefName
    mergedBy { login kind: __typename }
    mergeCommit { oid }
    labels(first: 100) { nodes { name } }
    timelineItems(last: 1, itemTypes: [CLOSED_EVENT]) {
      nodes { ... on ClosedEvent { actor { login kind: __typename } } }
    }
    reviewRequests(first: 100) { nodes { requestedReviewer {
      ... on User { login } ... on Bot { login } ... on Mannequin { login } ... on Team { slug }
    } } }
    ${lists}
  }`;
}

function listField(number: number, list: ListName, after: string | null): string {
  const cut =
    after === null ? `first: ${FIRST[list]}` : `first: 100, after: ${JSON.stringify(after)}`;
  switch (list) {
    case "contexts":
      return `commits(last: 1) { nodes { commit { oid statusCheckRollup {
        contexts(${cut}) { ${PAGE} nodes { ${contextFields(number)} } }
      } } } }`;
    case "reviews":
      return `reviews(${cut}) { ${PAGE} nodes {
        databaseId state submittedAt authorCanPushToRepository commit { oid } ${AUTHOR}
      } }`;
    case "reviewThreads":
      return `reviewThreads(${cut}) { ${PAGE} nodes {
        id isResolved isOutdated path line
        begun: comments(first: 1) { nodes { databaseId originalCommit { oid } ${AUTHOR} } }
        newest: comments(last: 20) { nodes { databaseId ${AUTHOR} } }
      } }`;
    case "comments":
      return `comments(${cut}) { ${PAGE} nodes { databaseId ${AUTHOR} } }`;
  }
}

function contextFields(number: number): string {
  const required = `isRequired(pullRequestNumber: ${number})`;
  return `kind: __typename
    ... on CheckRun {
      databaseId name status conclusion title summary text detailsUrl ${required}
      checkSuite { app { slug } }
      annotations(first: 10) { nodes { path annotationLevel message location { start { line } } } }
    }
    ... on StatusContext { context state description targetUrl ${required} }`;
}
