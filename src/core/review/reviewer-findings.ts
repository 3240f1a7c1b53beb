import type { Finding } from "../execute/agent-report.ts";
import { claudeCheckCounts } from "./forge/claude-review.ts";
import type { PullRequestFacts, ReviewNote } from "./forge/facts.ts";
import { readReviewText } from "./forge/read-review-text.ts";
import { reviewerOfCheck } from "./forge/reviewer-checks.ts";
import { isCritical, plainWords, type ReviewFinding } from "./forge/severity.ts";
import { keyOfReview, opinionsOf } from "./opinions.ts";
import { withoutTwins } from "./twin-findings.ts";

/** What reviewers found and nobody has mended, resolved or declined yet. */
export interface OpenFindings {
  readonly critical: readonly Finding[];
  readonly noted: readonly string[];
}

const MESSAGE_MAX = 4_000;

/**
 * Open findings of every reviewer that is a program, and people's remarks for show. A thread counts until it is resolved;
 * a whole review's text only for the commit it was written on. The same finding is named once.
 */
export function reviewerFindings(
  facts: PullRequestFacts,
  answered: ReadonlySet<string>,
): OpenFindings {
  const texts = textsOf(facts);
  const all = texts.flatMap((note) =>
    readReviewText(note).map((finding) => ({ note, finding, isOpen: isOpen(note, finding) })),
  );
  const read = withoutTwins(all, facts);
  const open = read.filter(({ finding, isOpen: is }) => is && !answered.has(finding.key));
  const current = open.filter(({ note }) => !isOfOlderHead(note, facts));
  const unread = [
    ...claudeUnread(
      facts,
      // What was mended on an earlier head is not among what is counted on this one.
      read
        .filter((one) => one.isOpen || one.note.commit === facts.head)
        .map(({ finding }) => finding),
    ),
    ...wordlessRequests(facts, texts),
  ].filter(({ key }) => !answered.has(key));
  const critical = [...current.map(({ finding }) => finding), ...unread].filter(({ severity }) =>
    isCritical(severity),
  );
  const keys = new Set(critical.map(({ key }) => key));
  const rest = open.filter(({ finding }) => !keys.has(finding.key) && finding.severity !== "none");
  return {
    critical: eachOnce(critical).map(asFinding),
    noted: rest.map(({ note, finding }) =>
      inShort(finding, isOfOlderHead(note, facts) ? " of an older commit" : ""),
    ),
  };
}

/** Every text once: a review's own words may come with the review alone. */
function textsOf(facts: PullRequestFacts): readonly ReviewNote[] {
  const commits = new Map(facts.reviews.map((review) => [keyOfReview(review), review.commit]));
  const dismissed = new Set(
    facts.reviews.filter(({ state }) => state === "dismissed").map(keyOfReview),
  );
  const named = new Set(facts.notes.map(({ id }) => id));
  const bodies = facts.reviews
    .filter((review) => review.body.trim() !== "" && !named.has(keyOfReview(review)))
    .map((review) => ({
      ...review,
      id: keyOfReview(review),
      threadId: null,
      where: "review" as const,
      path: null,
      line: null,
      isResolved: false,
      isOutdated: false,
      isAnswered: false,
    }));
  return [...facts.notes, ...bodies]
    .filter((note) => note.where !== "review" || !dismissed.has(note.id))
    .map((note) => ({ ...note, commit: note.commit ?? commits.get(note.id) ?? null }));
}

function isOpen(note: ReviewNote, finding: ReviewFinding): boolean {
  if (note.isResolved || (note.isOutdated && note.isAnswered)) return false;
  return finding.severity !== "none";
}

/** Threads stay where they are when the head moves; other texts speak of the commit they were written on. */
function isOfOlderHead(note: ReviewNote, facts: PullRequestFacts): boolean {
  return note.where !== "thread" && note.commit !== null && note.commit !== facts.head;
}

/**
 * Claude's check counts what it found, also what it could not write on a line. What is counted and cannot be read
 * anywhere else is held against the head as one finding.
 */
function claudeUnread(
  facts: PullRequestFacts,
  read: readonly ReviewFinding[],
): readonly ReviewFinding[] {
  const known = read.filter(
    ({ author, severity }) => author === "claude" && isCritical(severity),
  ).length;
  return (facts.checks ?? [])
    .filter((check) => reviewerOfCheck(check) === "claude")
    .flatMap((check) => {
      const important = claudeCheckCounts(check.excerpt)?.important ?? 0;
      if (important <= known) return [];
      const lines = check.annotations
        .filter(({ level }) => level === "failure")
        .map(({ path, line, message }) => `${path}${line === null ? "" : `:${line}`}: ${message}`);
      const first = check.annotations.find(({ level }) => level === "failure");
      const finding: ReviewFinding = {
        key: `check:${check.name}:${facts.head}`,
        threadId: null,
        author: "claude",
        severity: "major",
        path: first?.path ?? null,
        line: first?.line ?? null,
        title: `"${check.name}" counts ${important} important, ${known} of them in threads`,
        body: lines.length > 0 ? lines.join("\n") : check.excerpt,
        url: check.url,
      };
      return [finding];
    });
}

/** A bot that asks for changes of this head and names none that can be read fails closed. */
function wordlessRequests(
  facts: PullRequestFacts,
  texts: readonly ReviewNote[],
): readonly ReviewFinding[] {
  return [...opinionsOf(facts.reviews).values()]
    .filter(
      ({ author, state, commit }) =>
        author.isBot && state === "changes-requested" && commit === facts.head,
    )
    .filter(({ author }) =>
      texts.every(
        (note) => note.author.login !== author.login || readReviewText(note).length === 0,
      ),
    )
    .map((review) => ({
      key: keyOfReview(review),
      threadId: null,
      author: review.author.login,
      severity: "unrated" as const,
      path: null,
      line: null,
      title: `${review.author.login} asks for changes`,
      body: review.body,
      url: review.url,
    }));
}

/** One finding for each key, the one that can be answered on a thread before the others; in an order of its own. */
function eachOnce(findings: readonly ReviewFinding[]): readonly ReviewFinding[] {
  const byKey = new Map<string, ReviewFinding>();
  for (const finding of findings.toSorted((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1)))
    if (!byKey.has(finding.key)) byKey.set(finding.key, finding);
  return [...byKey.values()];
}

function placeOf({ key, threadId, author, path, line, title, body }: ReviewFinding): string {
  return [key, threadId === null ? 1 : 0, threadId, author, path, line, title, body].join("\0");
}

/** What opens a fix round is critical, whichever step of its author's scale it stood on. */
function asFinding(found: ReviewFinding): Finding {
  return {
    source: "reviewer",
    severity: "critical",
    file: found.path,
    line: found.line,
    message: `${found.title}\n${found.body.trim()}`.trim().slice(0, MESSAGE_MAX),
    key: found.key,
    author: found.author,
    ...(found.threadId === null ? {} : { threadId: found.threadId }),
    ...(found.url === null ? {} : { url: found.url }),
  };
}

function inShort(finding: ReviewFinding, when: string): string {
  const line = finding.line === null ? "" : `:${finding.line}`;
  const place = finding.path === null ? "" : ` ${finding.path}${line}`;
  return `${finding.author} (${finding.severity})${when}${place}: ${plainWords(finding.title)}`;
}
