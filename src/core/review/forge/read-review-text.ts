import { claudeFindings } from "./claude-review.ts";
import { codeRabbitFindings } from "./code-rabbit.ts";
import { hasBotFormat, otherBotFindings } from "./other-bots.ts";
import { plainWords, proseLines } from "./severity.ts";
import type { ReviewFinding, ReviewText } from "./severity.ts";

const CLAUDE: ReadonlySet<string> = new Set(["claude", "claude-code", "anthropic-claude"]);

/**
 * The findings in one text of a reviewer, by the table of formats. Bots' summaries, quota notices and thanks are none.
 * What an unknown bot says on a line cannot be weighed and fails closed; elsewhere it is chatter. A person's remark on a
 * line is shown, not held against the merge: what a person wants changed, they say with "request changes", which whoever
 * reads the reviews sees by its state. Text of authors who may not write is never a finding.
 */
export function readReviewText(text: ReviewText): readonly ReviewFinding[] {
  if (!text.author.isTrusted) return [];
  const { login, isBot } = text.author;
  if (!isBot) return personFinding(text);
  if (login === "coderabbitai") return codeRabbitFindings(text);
  if (CLAUDE.has(login) || isClaudeAction(text)) return claudeFindings(text);
  if (hasBotFormat(login)) return otherBotFindings(text);
  return text.where === "thread" ? [asIs(text, "unrated")] : [];
}

/** The action posts under the workflow's own name; its comment says whose it is. */
function isClaudeAction(text: ReviewText): boolean {
  return text.author.login === "github-actions" && /^##\s*code review\b/imu.test(text.body);
}

function personFinding(text: ReviewText): readonly ReviewFinding[] {
  return text.where === "thread" ? [asIs(text, "info")] : [];
}

function asIs(text: ReviewText, severity: ReviewFinding["severity"]): ReviewFinding {
  return {
    key: text.id,
    threadId: text.threadId,
    author: text.author.login,
    severity,
    path: text.path,
    line: text.line,
    title: plainWords(proseLines(text.body)[0] ?? ""),
    body: text.body,
    url: text.url,
  };
}
