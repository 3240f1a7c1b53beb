import { plainWords, proseLines, TITLE_MAX } from "./severity.ts";
import type { ReviewFinding, ReviewText, Severity } from "./severity.ts";

/** Level words of the marker line, in every generation seen since 2025; the emoji before them is not read. */
const LEVELS: Readonly<Record<string, Severity>> = {
  critical: "critical",
  major: "major",
  high: "major",
  minor: "minor",
  medium: "minor",
  low: "trivial",
  trivial: "trivial",
  info: "info",
};

/** What the oldest markers (to the middle of 2025) say in place of a level. */
const KINDS: Readonly<Record<string, Severity>> = {
  "potential issue": "unrated",
  "refactor suggestion": "minor",
  nitpick: "trivial",
  "nitpick (assertive)": "trivial",
  "verification agent": "info",
};

/**
 * Level of a marker line such as `_category_ | _🟠 Major_ | _⚡ Quick win_`: the field that is a level word. Titles and
 * scripts hold such words too, so nothing but the marker line is looked at. Null: this is no marker line.
 */
export function codeRabbitLevel(line: string): Severity | null {
  const fields = line
    .slice(0, TITLE_MAX * 2)
    .split("|")
    .map(plainField);
  for (const field of fields) {
    const level = LEVELS[field];
    if (level !== undefined) return level;
  }
  for (const field of fields) {
    const kind = KINDS[field];
    if (kind !== undefined) return kind;
  }
  // A marker's fields are emphasised as a whole; of a generation that nobody has seen, the level cannot be told.
  const isMarker = line.split("|").every((field) => /^\s*_[^_]{1,80}_\s*$/u.test(field));
  return isMarker ? "unrated" : null;
}

/** A field without emphasis, emoji and shortcodes, in lower case. */
function plainField(field: string): string {
  return field
    .replaceAll(/:[a-z_]{1,40}:/gu, " ")
    .replaceAll(/[^\p{L}()& ]/gu, " ")
    .replaceAll(/\s+/gu, " ")
    .trim()
    .toLowerCase();
}

/** What one text of CodeRabbit holds: a thread is one finding, a review's body may hold several without a thread. */
export function codeRabbitFindings(text: ReviewText): readonly ReviewFinding[] {
  if (text.where === "review") return bodyFindings(text);
  // Its summary comment is edited again and again, and is no finding.
  if (text.where === "comment") return [];
  if (/^<!-- This is an auto-generated reply/mu.test(text.body)) return [];
  // Its own word that a later commit has mended it; it resolves the thread only with its next look.
  if (proseLines(text.body).some((line) => /^✅ Addressed in commits? [0-9a-f]{7}/u.test(line)))
    return [];
  const lines = proseLines(text.body).filter((line) => !line.startsWith("<"));
  const marker = lines[0] ?? "";
  const level = codeRabbitLevel(marker);
  return [
    {
      key: stableKey(text.body) ?? text.id,
      threadId: text.threadId,
      author: text.author.login,
      severity: level ?? "unrated",
      path: text.path,
      line: text.line,
      title: titleOf(level === null ? lines : lines.slice(1)),
      body: text.body,
      url: text.url,
    },
  ];
}

/** The reviewer's own name for a finding, which survives a new review of the same lines. */
function stableKey(body: string): string | null {
  const hash = /<!-- cr-comment:v\d{1,3}:([0-9a-f]{6,64}) -->/u.exec(body)?.[1];
  return hash === undefined ? null : `coderabbit:${hash}`;
}

function titleOf(lines: readonly string[]): string {
  const bold = lines.find((line) => /^\*\*[^*]+\*\*/u.test(line));
  return plainWords(bold ?? lines[0] ?? "");
}

const SECTION =
  /^<summary>.{0,12}?(nitpick comments|outside diff range comments|duplicate comments|additional comments)/iu;
const FILE = /^<summary>([^<>]{1,400}?) \(\d{1,5}\)<\/summary>/u;
const PLACE = /^`(\d{1,7})(?:-\d{1,7})?`:\s*(.*)$/u;

/** Findings in folds of a review's body: by section, file and line. They have no thread to answer on. */
function bodyFindings(text: ReviewText): readonly ReviewFinding[] {
  const findings: ReviewFinding[] = [];
  let section: string | null = null;
  let path: string | null = null;
  const lines = proseLines(text.body).map((line) =>
    line.replaceAll(/<\/?(?:details|blockquote)>/gu, "").trim(),
  );
  for (const [index, line] of lines.entries()) {
    const named = SECTION.exec(line)?.[1]?.toLowerCase();
    if (named !== undefined) {
      section = named;
      path = null;
      continue;
    }
    path = FILE.exec(line)?.[1]?.trim() ?? path;
    const place = PLACE.exec(line);
    // "Additional comments" praise what is right.
    if (section === null || section === "additional comments" || path === null || place === null)
      continue;
    const rest = place[2] ?? "";
    const level = codeRabbitLevel(rest) ?? codeRabbitLevel(lines[index + 1] ?? "");
    const title = plainWords(/\*\*(.+?)\*\*/u.exec(rest)?.[1] ?? lines[index + 1] ?? rest);
    const number = Number(place[1]);
    findings.push({
      key: `coderabbit:${path}:${number}:${title.slice(0, 60).trim()}`,
      threadId: null,
      author: text.author.login,
      severity: level ?? (section === "nitpick comments" ? "trivial" : "unrated"),
      path,
      line: number,
      title,
      body: lines.slice(index, index + BODY_LINES).join("\n"),
      url: text.url,
    });
  }
  return findings;
}

const BODY_LINES = 30;

/** Why CodeRabbit has not reviewed. */
export type CodeRabbitNotice = "rate-limited" | "skipped" | "paused" | "failed" | "in-progress";

/** Its own marks of what a comment is; they hold whatever the words below them have become. */
const NOTICE_MARKS: Readonly<Record<string, CodeRabbitNotice>> = {
  "rate limited": "rate-limited",
  "skip review": "skipped",
  "review paused": "paused",
  "review in progress": "in-progress",
};

/** Words of a notice's heading, or of a status: `## Review limit reached`, `Review skipped: free tier disabled`. */
const NOTICE_WORDS: readonly (readonly [RegExp, CodeRabbitNotice])[] = [
  [
    /^(?:rate limit exceeded|review rate limited|review limit reached|rate limited by coderabbit)\b/iu,
    "rate-limited",
  ],
  [/^(?:review|auto reviews?) (?:was )?(?:skipped|disabled)\b/iu, "skipped"],
  [/^reviews? paused\b/iu, "paused"],
  [/^review failed\b/iu, "failed"],
  [/^(?:review in progress|review queued|currently processing new changes)\b/iu, "in-progress"],
];

/**
 * What CodeRabbit's comment or status text says of its own work; null: nothing about that. Only its marks, headings and
 * callouts are read: a walkthrough of a change to somebody's rate limit is no notice.
 */
export function codeRabbitState(body: string): CodeRabbitNotice | null {
  const mark = /^<!-- This is an auto-generated comment: ([a-z ]{1,40}) by coderabbit/imu;
  for (const line of body.slice(0, NOTICE_MAX).split(/\r?\n/u)) {
    const notice = NOTICE_MARKS[mark.exec(line.trim())?.[1]?.toLowerCase() ?? ""];
    if (notice !== undefined) return notice;
  }
  const lines = proseLines(body);
  const [only] = lines;
  const notices = lines.filter((line) => /^(?:>\s*)?#{1,4}\s/u.test(line) || /^>\s*\S/u.test(line));
  for (const line of lines.length === 1 && only !== undefined ? [only] : notices) {
    const words = line.replace(/^[>#\s*_]+/u, "").replace(/^[^\p{L}]{1,6}/u, "");
    const found = NOTICE_WORDS.find(([pattern]) => pattern.test(words));
    if (found !== undefined) return found[1];
  }
  return null;
}

const NOTICE_MAX = 20_000;

/** The commit that a summary comment says its last look went up to; null where it names none. */
export function codeRabbitCovered(body: string): string | null {
  return (
    /\bbetween [0-9a-f]{40} and ([0-9a-f]{40})\b/u.exec(body.slice(0, SUMMARY_MAX))?.[1] ?? null
  );
}

const SUMMARY_MAX = 200_000;

/** True for a summary of a finished look that found nothing: no review is posted then. */
export function isCleanCodeRabbitSummary(body: string): boolean {
  return proseLines(body).some((line) =>
    /^(?:\W{0,6})no actionable comments were generated\b/iu.test(line),
  );
}

/** Seconds to wait that a rate-limit notice names; null where it names none. */
export function codeRabbitWait(body: string): number | null {
  const waits =
    /\b(?:wait|in)\b:?\**\s+\**(?:(\d{1,3}) hours?,?\s*)?(?:(?:and\s+)?(\d{1,4}) minutes?,?\s*)?(?:(?:and\s+)?(\d{1,4}) seconds?)?/giu;
  for (const found of body.slice(0, NOTICE_MAX).matchAll(waits)) {
    const [hours, minutes, seconds] = found.slice(1).map((count) => Number(count ?? 0));
    const wait = ((hours ?? 0) * 60 + (minutes ?? 0)) * 60 + (seconds ?? 0);
    if (wait > 0) return wait;
  }
  return null;
}
