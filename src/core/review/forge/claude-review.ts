import { plainWords, proseLines } from "./severity.ts";
import type { ReviewFinding, ReviewText, Severity } from "./severity.ts";

const MARKS: readonly (readonly [RegExp, Severity])[] = [
  [/^(?:🔴|:red_circle:)/u, "major"],
  [/^(?:🟡|:yellow_circle:)/u, "trivial"],
  [/^(?:🟣|:purple_circle:)/u, "info"],
  [/^claude:\s*\**must[- ]fix/iu, "major"],
  [/^claude:\s*\**(?:should[- ]fix|suggestion|nit)/iu, "minor"],
];
const BLOCKS =
  /^[\s*_#>-]*(?:\[?(?:blocker|blocking|critical|must[- ]fix|changes? required)\]?)\b(?!\s*(?:issues?|findings?)?\s*[:—-]?\s*(?:none|0)\b)/iu;
const SUGGESTS = /^[\s*_#>-]*(?:\[?(?:nit|nitpick|suggestion|optional|minor|consider|note)\]?)\b/iu;

/**
 * Findings of Claude's reviews: an explicit blocker holds a merge, a suggestion does not. A thread without any mark is
 * somebody's remark on a line and cannot be told from a blocker: it fails closed.
 */
export function claudeFindings(text: ReviewText): readonly ReviewFinding[] {
  const lines = proseLines(text.body).filter((line) => !line.startsWith("<"));
  const first = lines[0] ?? "";
  if (text.where === "annotation" || text.where === "thread") {
    const severity = severityOf(first) ?? (isClean(first) ? "none" : "unrated");
    return severity === "none" ? [] : [asFinding(text, severity, first, text.id)];
  }
  // A comment or review body counts only where it says outright that something blocks.
  return lines
    .filter((line) => BLOCKS.test(line))
    .map((line, index) => asFinding(text, "major", line, `${text.id}:${index}`));
}

function severityOf(line: string): Severity | null {
  for (const [mark, severity] of MARKS) if (mark.test(line)) return severity;
  if (BLOCKS.test(line)) return "major";
  return SUGGESTS.test(line) ? "minor" : null;
}

function isClean(line: string): boolean {
  return /^[\s*_#]*(?:lgtm|looks good|no issues? found|✅)/iu.test(line);
}

function asFinding(text: ReviewText, severity: Severity, line: string, key: string): ReviewFinding {
  return {
    key,
    threadId: text.threadId,
    author: text.author.login,
    severity,
    path: text.path,
    line: text.line,
    title: plainWords(line),
    body: text.body,
    url: text.url,
  };
}

/**
 * The counts that the managed review leaves in its check's text, as that check is neutral whatever it found:
 * `<!-- bughunter-severity: {"normal":1,"nit":0,"pre_existing":0} -->`. Null: there are none.
 */
export function claudeCheckCounts(
  output: string,
): { readonly important: number; readonly nit: number; readonly preExisting: number } | null {
  const found = /<!-- bughunter-severity: (\{[^{}]{0,200}\}) -->/u.exec(output.slice(-5_000))?.[1];
  if (found === undefined) return null;
  const count = (name: string): number =>
    Number(new RegExp(String.raw`"${name}"\s*:\s*(\d{1,6})`, "u").exec(found)?.[1] ?? 0);
  return { important: count("normal"), nit: count("nit"), preExisting: count("pre_existing") };
}
