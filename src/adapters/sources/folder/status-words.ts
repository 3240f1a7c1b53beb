import type { Mark } from "../../../core/plan/issue.ts";

/** How far an issue is, as a tracking section says: `unknown` for words that mean none of these. */
export type Status = Mark | "open" | "unknown";

const OPEN =
  /\b(?:not|never|un(?:done|started|finished)|part(?:ly|ial|ially)?|half|almost|nearly|in[\s-]?progress|in[\s-]?review|wip|doing|started|ongoing|active|working|reviewing|todo|to[\s-]do|pending|open|planned|ready|queued|backlog|next|new|failed)\b/iu;
const DONE = /\b(?:done|complete|completed|merged|finished|closed|landed|shipped|delivered)\b/iu;
const SKIPPED =
  /\b(?:skip|skipped|auto-skipped|won['’]?t (?:do|fix)|cancell?ed|dropped|deferred|omitted)\b/iu;
const BLOCKED = /\b(?:blocked|stuck|on hold|halted)\b/iu;

const SIGNS: readonly (readonly [Status, RegExp])[] = [
  ["done", /[✅✔☑🟢]|\[x\]/iu],
  ["skipped", /⏭/u],
  ["blocked", /[⛔🚫🛑🔴]/u],
  ["open", /[🚧🔄⏳⌛🟡🔵⚪⬜🔲☐]|\[ ?\]/u],
];

const WORDS: Readonly<Record<Mark, string>> = {
  done: "Done",
  skipped: "Skipped",
  blocked: "Blocked",
};
const EMOJI: Readonly<Record<Mark, string>> = { done: "✅", skipped: "⏭️", blocked: "⛔" };

/** Reads a status; words count more than signs, and no words at all mean open. */
export function statusOf(written: string): Status {
  const words = written.slice(0, 200);
  if (/\bnot\s+(?:yet\s+)?blocked\b/iu.test(words)) return "open";
  if (BLOCKED.test(words)) return "blocked";
  if (SKIPPED.test(words)) return "skipped";
  if (OPEN.test(words)) return "open";
  if (DONE.test(words)) return "done";
  const sign = SIGNS.find(([, pattern]) => pattern.test(words))?.[0];
  if (sign !== undefined) return sign;
  return /[\p{L}\p{N}]/u.test(words) ? "unknown" : "open";
}

/** The words for a mark, with its sign where the text around it uses such signs. */
export function markWords(mark: Mark, withSign: boolean): string {
  return withSign ? `${EMOJI[mark]} ${WORDS[mark]}` : WORDS[mark];
}

/** True where a text says how far things are by signs. */
export function usesSigns(text: string): boolean {
  return /[✅✔☑⏭⛔🚫🚧⬜🔲🔄⏳]/u.test(text);
}

export function signOf(mark: Mark): string {
  return EMOJI[mark];
}
