import type { Mark } from "../../../core/plan/issue.ts";

/** How far an issue is, as a tracking section says: `unknown` for words that mean none of these. */
export type Status = Mark | "open" | "unknown";

const OPEN =
  /\b(?:not|never|incomplete|(?:to|will|must|should|can) be|(?:needs?|has|have|yet|still|waits?|waiting) to|un(?:done|started|finished)|part(?:ly|ial|ially)?|half|almost|nearly|in[\s-]?progress|in[\s-]?review|wip|doing|started|ongoing|active|working|reviewing|todo|to[\s-]do|pending|open|planned|ready|queued|backlog|next|new|failed)\b/iu;
const DONE = /\b(?:done|complete|completed|merged|finished|closed|landed|shipped|delivered)\b/iu;
const SKIPPED =
  /\b(?:skip|skipped|auto-skipped|won['’]?t (?:be )?(?:do|done|fix|fixed)|cancell?ed|dropped|deferred|omitted)\b/iu;
const BLOCKED = /\b(?:blocked|stuck|on hold|halted)\b/iu;

const SIGNS: readonly (readonly [Status, RegExp])[] = [
  ["done", /[✅✔☑🟢]|\[x\]/iu],
  ["skipped", /⏭/u],
  ["blocked", /[⛔🚫🛑🔴]/u],
  ["open", /[🚧🔄⏳⌛🟡🔵⚪⬜🔲☐]|\[ ?\]/u],
];

/** `60 %`, and what it is of, as far as that is something else than the work. */
const PERCENT =
  /(?<![\w.])(\d{1,3})(?:\.\d{1,4})?\s{0,3}%(?!\s{0,3}(?:(?:test|line|branch|code)\s{1,3})?cover)/giu;
/** `3/4 done`, `3 of 4 steps`; without such a word it may be a date. */
const PART =
  /(?<![\w/.-])(\d{1,4})\s{0,3}(?:\/|of)\s{0,3}(\d{1,4})\s{1,3}(?:are\s{1,3})?(?:done|complete|completed|merged|finished|closed|tasks?|steps?|issues?|items?|points?|criteria)\b/giu;

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
  const share = sharesOf(words);
  if (OPEN.test(words) || share === "part") return "open";
  if (DONE.test(words) || share === "whole") return "done";
  const sign = SIGNS.find(([, pattern]) => pattern.test(words))?.[0];
  if (sign !== undefined) return sign;
  return /[\p{L}\p{N}]/u.test(words) ? "unknown" : "open";
}

/** How much of the work a status calls done by figures. */
function sharesOf(words: string): "part" | "whole" | null {
  const percents = [...words.matchAll(PERCENT)].map((match) => Number(match[1]) >= 100);
  const parts = [...words.matchAll(PART)].map((match) => Number(match[1]) >= Number(match[2]));
  const shares = [...percents, ...parts];
  if (shares.length === 0) return null;
  return shares.every(Boolean) ? "whole" : "part";
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
