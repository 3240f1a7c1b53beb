/** One scale for every reviewer. `none`: says that nothing is wrong; `unrated`: cannot be read, and so counts as critical. */
export type Severity = "critical" | "major" | "minor" | "trivial" | "info" | "none" | "unrated";

/** What a reviewer wrote in one place, before anybody has judged it. */
export interface ReviewText {
  /** Stable on the forge: `thread:PRRT_…`, `review:123`, `comment:456`. */
  readonly id: string;
  readonly threadId: string | null;
  readonly where: "thread" | "review" | "comment" | "annotation";
  readonly author: ReviewAuthor;
  readonly body: string;
  readonly path: string | null;
  readonly line: number | null;
  readonly url: string | null;
}

export interface ReviewAuthor {
  /** Without `[bot]`, in lower case: REST and GraphQL spell bots differently. */
  readonly login: string;
  readonly isBot: boolean;
  /** May push to the repository, or is a bot its owners installed. */
  readonly isTrusted: boolean;
}

/** One defect that a reviewer named. */
export interface ReviewFinding {
  /** The same finding has the same key when it is read again. */
  readonly key: string;
  readonly threadId: string | null;
  readonly author: string;
  readonly severity: Severity;
  readonly path: string | null;
  readonly line: number | null;
  readonly title: string;
  readonly body: string;
  readonly url: string | null;
}

/** Critical findings open a fix round; the rest is shown. What cannot be read fails closed. */
export function isCritical(severity: Severity): boolean {
  return severity === "critical" || severity === "major" || severity === "unrated";
}

/** Lines outside code fences and comments, trimmed; empty ones left out. At most the first 400. */
export function proseLines(body: string): readonly string[] {
  const lines: string[] = [];
  let fence: string | null = null;
  for (const line of body.slice(0, BODY_MAX).split(/\r?\n/u)) {
    const mark = /^\s*(`{3,}|~{3,})/u.exec(line)?.[1] ?? null;
    if (fence !== null) {
      if (mark !== null && mark.startsWith(fence)) fence = null;
      continue;
    }
    if (mark !== null) {
      fence = mark;
      continue;
    }
    const text = line.trim();
    if (text !== "") lines.push(text);
    if (lines.length === LINES_MAX) break;
  }
  return lines;
}

const BODY_MAX = 200_000;
const LINES_MAX = 400;
export const TITLE_MAX = 200;

/** Words without the marks of emphasis, code and HTML. */
export function plainWords(text: string): string {
  return text
    .slice(0, 2_000)
    .replaceAll(/<[^<>]{0,300}>/gu, " ")
    .replaceAll(/[*_`#>]/gu, " ")
    .replaceAll(/\s+/gu, " ")
    .trim()
    .slice(0, TITLE_MAX);
}
