// Reviews, their threads and comments as GraphQL shows them.
import { actor, connection } from "./graphql-parts.ts";
import type { Hub, Review, Thread } from "./hub.ts";
import { lineNow } from "./line-now.ts";
import { association, iso, page } from "./shapes.ts";

export function commentNode(
  hub: Hub,
  comment: {
    readonly id: number;
    readonly author: string;
    readonly body: string;
    readonly createdAt: number;
    readonly issue: number;
  },
): object {
  const kind = hub.issues.get(comment.issue)?.pull == null ? "issues" : "pull";
  return {
    __typename: "IssueComment",
    id: `IC_${comment.id}`,
    databaseId: comment.id,
    author: actor(hub, comment.author),
    authorAssociation: association(hub, comment.author),
    body: comment.body,
    createdAt: iso(comment.createdAt),
    url: `${page(hub)}/${kind}/${comment.issue}#issuecomment-${comment.id}`,
  };
}

export function reviewNode(hub: Hub, review: Review): object {
  return {
    __typename: "PullRequestReview",
    id: `PRR_${review.id}`,
    databaseId: review.id,
    author: actor(hub, review.author),
    authorAssociation: association(hub, review.author),
    authorCanPushToRepository: review.author === hub.owner || hub.writers.has(review.author),
    state: review.state,
    body: review.body,
    commit: { oid: review.commit },
    submittedAt: iso(review.submittedAt),
    createdAt: iso(review.submittedAt),
    url: `${page(hub)}/pull/${review.pull}#pullrequestreview-${review.id}`,
  };
}

export function threadNode(hub: Hub, thread: Thread, headSha: string): object {
  const line = lineNow(hub, thread, headSha);
  return {
    __typename: "PullRequestReviewThread",
    id: thread.id,
    isResolved: thread.resolved,
    // A thread on a file as a whole has no line that could move.
    isOutdated: thread.line !== null && line === null,
    path: thread.path,
    line,
    originalLine: thread.line,
    comments: connection(
      thread.comments.map((comment) => ({
        ...commentNode(hub, { ...comment, issue: thread.pull }),
        __typename: "PullRequestReviewComment",
        id: `PRRC_${comment.id}`,
        url: `${page(hub)}/pull/${thread.pull}#discussion_r${comment.id}`,
        path: thread.path,
        line,
        originalLine: thread.line,
        outdated: thread.line !== null && line === null,
        originalCommit: { oid: thread.commit },
        commit: { oid: line === null ? thread.commit : headSha },
      })),
    ),
  };
}
