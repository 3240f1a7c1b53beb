import { plainWords, proseLines } from "./severity.ts";
import type { ReviewFinding, ReviewText, Severity } from "./severity.ts";

interface BotFormat {
  /** Groups of the match: the level. */
  readonly level: RegExp;
  readonly levels: Readonly<Record<string, Severity>>;
}

const WORDS: Readonly<Record<string, Severity>> = {
  critical: "critical",
  high: "major",
  medium: "minor",
  low: "trivial",
};

/** Bots that leave inline comments with a level of their own, by login. */
const FORMATS: Readonly<Record<string, BotFormat>> = {
  cursor: { level: /\*\*(critical|high|medium|low) severity\*\*/iu, levels: WORDS },
  "gemini-code-assist": {
    level: /!\[(?:security-)?(critical|high|medium|low)\]\(/iu,
    levels: WORDS,
  },
  "chatgpt-codex-connector": {
    level: /(?:!\[|\[)?\b(P[0-3])\b(?: badge)?/iu,
    levels: { p0: "critical", p1: "major", p2: "minor", p3: "trivial" },
  },
};

/** True for bots whose comments this table can read. */
export function hasBotFormat(login: string): boolean {
  return login in FORMATS;
}

/** The finding of an inline comment; a comment without the level its author always gives fails closed. */
export function otherBotFindings(text: ReviewText): readonly ReviewFinding[] {
  const format = FORMATS[text.author.login];
  if (format === undefined || text.where !== "thread") return [];
  const lines = proseLines(text.body);
  const head = lines.slice(0, 6).join("\n");
  const level = format.level.exec(head)?.[1]?.toLowerCase();
  const title = lines.find(
    (line) => plainWords(line) !== "" && !/^!\[[^\]]*\]\([^)]*\)$/u.test(line),
  );
  return [
    {
      key: text.id,
      threadId: text.threadId,
      author: text.author.login,
      severity: (level === undefined ? undefined : format.levels[level]) ?? "unrated",
      path: text.path,
      line: text.line,
      title: plainWords(title ?? ""),
      body: text.body,
      url: text.url,
    },
  ];
}
