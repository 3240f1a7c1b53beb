import type { ReviewFact } from "./forge/facts.ts";

/** What each trusted reviewer thinks by now, by login: the last review that is more than a comment. */
export function opinionsOf(reviews: readonly ReviewFact[]): ReadonlyMap<string, ReviewFact> {
  const latest = new Map<string, ReviewFact>();
  for (const review of reviews) {
    if (!review.author.isTrusted || review.state === "commented") continue;
    const before = latest.get(review.author.login);
    if (before === undefined || isLater(review, before)) latest.set(review.author.login, review);
  }
  return latest;
}

/** People who may write here and whose last word on exactly this commit is an approval, in order of their names. */
export function approversOf(reviews: readonly ReviewFact[], head: string): readonly string[] {
  return [...opinionsOf(reviews).values()]
    .filter(({ author, state, commit }) => !author.isBot && state === "approved" && commit === head)
    .map(({ author }) => author.login)
    .toSorted();
}

/** The name of a review among findings. */
export function keyOfReview(review: ReviewFact): string {
  return review.id.startsWith("review:") ? review.id : `review:${review.id}`;
}

/** Of two reviews of one instant the stricter one holds, whatever their order. */
const STRICTNESS = ["approved", "dismissed", "commented", "changes-requested"] as const;

function isLater(a: ReviewFact, b: ReviewFact): boolean {
  if (a.at !== b.at) return a.at > b.at;
  const strictness = STRICTNESS.indexOf(a.state) - STRICTNESS.indexOf(b.state);
  return strictness === 0 ? a.id > b.id : strictness > 0;
}
