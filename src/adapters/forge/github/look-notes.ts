import type { ReviewNote } from "../../../core/review/forge/facts.ts";
import { plainLogin } from "../../../core/shared/plain-login.ts";
import { ACTIONS } from "./look-checks.ts";
import type { WholeLook } from "./look-pages.ts";
import { authorOf, pushersAmong, reviewerOf, type Pushers } from "./look-people.ts";
import type { SeenComment, SeenReview, SeenThread } from "./look-shapes.ts";
import { isAnswer } from "./threads.ts";

/** Texts of reviewers: threads, reviews as a whole, comments, and what their checks noted on lines. */
export function notesOf(look: WholeLook, head: string): readonly ReviewNote[] {
  const pushers = pushersAmong(look.reviews);
  return [
    ...look.threads.flatMap((thread) => threadNote(thread, pushers)),
    ...look.reviews.flatMap((review) => reviewNote(review, head)),
    ...look.comments.flatMap((comment) => commentNote(comment, pushers)),
    ...annotationNotes(look, head),
  ];
}

/** Its first comment is what was found; the others are about it. */
function threadNote(thread: SeenThread, pushers: Pushers): readonly ReviewNote[] {
  const [first] = thread.begun.nodes;
  if (first === undefined) return [];
  return [
    {
      id: `thread:${thread.id}`,
      threadId: thread.id,
      where: "thread",
      author: authorOf(first.author, first.authorAssociation, pushers),
      body: first.body,
      path: thread.path,
      line: thread.line,
      url: first.url,
      isResolved: thread.isResolved,
      isOutdated: thread.isOutdated,
      commit: first.originalCommit?.oid ?? null,
      isAnswered: thread.newest.nodes.some((comment) => isOwnAnswer(comment, pushers)),
    },
  ];
}

/** Anybody can copy the hidden mark. */
function isOwnAnswer({ author, authorAssociation, body }: SeenComment, pushers: Pushers): boolean {
  return isAnswer(body) && authorOf(author, authorAssociation, pushers).isTrusted;
}

function reviewNote(review: SeenReview, head: string): readonly ReviewNote[] {
  if (review.body.trim() === "" || review.submittedAt === null) return [];
  return [
    {
      ...PLACELESS,
      id: `review:${review.databaseId ?? review.url}`,
      where: "review",
      author: reviewerOf(review.author, review.authorCanPushToRepository),
      body: review.body,
      url: review.url,
      isOutdated: review.commit?.oid !== head,
      commit: review.commit?.oid ?? null,
    },
  ];
}

/** Cairn's own are no reviews. */
function commentNote(comment: SeenComment, pushers: Pushers): readonly ReviewNote[] {
  if (comment.body.startsWith("<!-- cairn:")) return [];
  return [
    {
      ...PLACELESS,
      id: `comment:${comment.databaseId}`,
      where: "comment",
      author: authorOf(comment.author, comment.authorAssociation, pushers),
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
      author: { login: plainLogin(app), isBot: true, isTrusted: true },
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
