import { sha256 } from "./fingerprint.ts";
import type { Issue } from "./issue.ts";

/** 128 bits: as hard to meet again as it is to read. */
const DIGITS = 32;

/** Of title, text and state of one issue; line ends and blanks at the end do not count. */
export function issueFingerprint(issue: Pick<Issue, "title" | "body" | "state">): string {
  return digest([issue.title.trim(), plain(issue.body), issue.state]);
}

/** Of title and text of one issue: a state that changes is progress, a text that changes is another task. */
export function textFingerprint(issue: Pick<Issue, "title" | "body">): string {
  return digest([issue.title.trim(), plain(issue.body)]);
}

/**
 * Of all issues of a source, as a plan has them: keys, titles, texts, and the dependencies that text, order and forge
 * declare. Equal whatever the order of reading; states do not count.
 */
export function sourceFingerprint(issues: readonly Issue[]): string {
  const rows = issues.map((issue) =>
    JSON.stringify([
      issue.key,
      textFingerprint(issue),
      issue.parent ?? null,
      issue.declarations
        .map(({ target, strength, reverse, dependent }) =>
          JSON.stringify([target, strength, reverse ?? false, dependent ?? null]),
        )
        .toSorted(byText),
    ]),
  );
  return digest(rows.toSorted(byText));
}

function digest(values: readonly string[]): string {
  return sha256(JSON.stringify(values)).slice(0, DIGITS);
}

function plain(text: string): string {
  return text.replaceAll(/\r\n?/gu, "\n").trimEnd();
}

function byText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
