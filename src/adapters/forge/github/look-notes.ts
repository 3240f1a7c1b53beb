import type { ReviewNote } from "../../../core/review/forge/facts.ts";
import { ACTIONS } from "./look-checks.ts";
import type { WholeLook } from "./look-pages.ts";
import { authorOf, plainName } from "./look-people.ts";
import type { SeenComment, SeenReview, SeenThread } from "./look-shapes.ts";
import { isAnswer } from "./threads.ts";

/** Texts of reviewers: threads, reviews as a whole, comments, and what their checks noted on lines. */
export function notesOf(look: WholeLook, head: string): readonly ReviewNote[] {
  return [
    ...look.threads.flatMap(threadNote),
    ...look.reviews.flatMap((review) => reviewNote(review, head)),
    ...look.comments.flatMap(commentNote),
    ...annotationNotes(look, head),
  ];
}

/** Its first comment is what was found; the others are about it. */
function threadNote(thread: SeenThread): readonly ReviewNote[] {
  const [first] = thread.begun.nodes;
  if (first === undefined) return [];
  return [
    {
      id: `thread:${thread.id}`,
      threadId: thread.id,
      where: "thread",
      author: authorOf(first.author, first.authorAssociation),
      body: first.body,
      path: thread.path,
      line: thread.line,
      url: first.url,
      isResolved: thread.isResolved,
      isOutdated: thread.isOutdated,
      commit: first.originalCommit?.oid ?? null,
      isAnswered: thread.newest.nodes.some(isOwnAnswer),
    },
  ];
}

/** Anybody can copy the hidden mark. */
function isOwnAnswer({ author, authorAssociation, body }: SeenComment): boolean {
  return isAnswer(body) && authorOf(author, authorAssociation).isTrusted;
}

function reviewNote(review: SeenReview, head: string): readonly ReviewNote[] {
  if (review.body.trim() === "" || review.submittedAt === null) return [];
  return [
    {
      ...PLACELESS,
      id: `review:${review.databaseId ?? review.url}`,
      where: "review",
      author: authorOf(review.author, review.authorAssociation),
      body: review.body,
      url: review.url,
      isOutdated: review.commit?.oid !== head,
      commit: review.commit?.oid ?? null,
    },
  ];
}

/** Cairn's own are no reviews. */
function commentNote(comment: SeenComment): readonly ReviewNote[] {
  if (comment.body.startsWith("<!-- cairn:")) return [];
  return [
    {
      ...PLACELESS,
      id: `comment:${comment.databaseId}`,
      where: "comment",
      author: authorOf(comment.author, comment.authorAssociation),
      body: comment.body,
      url: comment.url,
      isOutdated: false,
      commit: null,
    },
  ];
}

/** Reviewers that may not write on a line any more say it in their check; what CI notes there is part of its failure. */
function annotationNotes({ contexts }: WholeLook, head: string): readonly ReviewNote[] {
  return (contexts ?? []).flatMap((run) => {
    if (run.kind !== "CheckRun") return [];
    const app = run.checkSuite.app?.slug;
    if (app === undefined || app === ACTIONS) return [];
    return (run.annotations?.nodes ?? []).map((one, index) => ({
      ...PLACELESS,
      id: `annotation:${run.databaseId}:${index}`,
      where: "annotation" as const,
      // Only what the owners have installed reports checks.
      author: { login: plainName(app), isBot: true, isTrusted: true },
      body: one.message,
      path: one.path,
      line: one.location.start.line,
      url: run.detailsUrl,
      isOutdated: false,
      commit: head,
    }));
  });
}

const PLACELESS = {
  threadId: null,
  path: null,
  line: null,
  isResolved: false,
  isAnswered: false,
} as const;
