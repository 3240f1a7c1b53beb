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
      key: `coderabbit:${path}:${number}:${title.slice(0, 60)}`,
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

/** What CodeRabbit's comment or status text says of its own work; null: nothing about that. */
export function codeRabbitState(
  body: string,
): "rate-limited" | "skipped" | "paused" | "failed" | null {
  if (/rate limit(?:ed by coderabbit| exceeded)|review rate limited/iu.test(body))
    return "rate-limited";
  if (/review (?:was )?skipped|skip review by coderabbit/iu.test(body)) return "skipped";
  if (/reviews? paused/iu.test(body)) return "paused";
  return /##\s*review failed/iu.test(body) ? "failed" : null;
}

/** Seconds to wait that a rate-limit notice names; null where it names none. */
export function codeRabbitWait(body: string): number | null {
  const found =
    /(?:wait|in)\s+\**(?:(\d{1,4}) minutes?)?(?:\s*(?:and\s*)?(\d{1,4}) seconds?)?/iu.exec(body);
  if (found === null || (found[1] === undefined && found[2] === undefined)) return null;
  return Number(found[1] ?? 0) * 60 + Number(found[2] ?? 0);
}
