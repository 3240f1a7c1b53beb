import type { KeyMeaning, SectionMeaning } from "./dependency-words.ts";

/** "Suggested order" orders what may be ordered and holds nothing. */
export function isAdvice(words: string): boolean {
  return /\b(?:recommended|suggested|proposed|preferred|rough|natural)\b/iu.test(words);
}

/** `Node 20`, `lodash ^4.17`, `the redis package`: a section about dependencies may list these too. */
export function isSoftware(words: string): boolean {
  return /^\S+(?:\s+\S+)?\s*[(^~<>=v]*\s*\d+(?:\.[\dx*]+)*\+?(?:\s|$|[),])|\b(?:npm|pip|crate|package|library|sdk|gem)\b/iu.test(
    words.slice(0, 120),
  );
}

/** What a point of a section says: one about software is no blocker that could be named. */
export function meaningOfPoint(meaning: KeyMeaning, words: string): KeyMeaning {
  return meaning === "blocked-by" && isSoftware(words) ? "needs" : meaning;
}

/** `Blocker: yes`, and points of a checklist about the change or about who writes it: nothing to wait for. */
export function isAnswer(meaning: KeyMeaning, words: string): boolean {
  if (meaning === "needs" && /^(?:i|i['’]ve|you|can you|did you|have you|are you)\b/iu.test(words))
    return true;
  return /^(?:yes|true|false)\b\W*$|^(?:all |any |new )?dependenc(?:y|ies)\b.*\b(?:updated|added|bumped|installed)\b/iu.test(
    words,
  );
}

/** `#12 comes after` in a list of blockers: it waits for this issue. */
export function comesAfter(words: string): boolean {
  return /#\d+[^\p{L}]{0,5}(?:(?:must|should|will|can only)\s+)?(?:follows?|(?:comes?|goes?|lands?|merges?)\s+(?:after(?:wards)?|later))[^\p{L}\p{N}]{0,5}$/iu.test(
    words.slice(-120),
  );
}

const GOES_ON =
  /^[^\p{L}\p{N}#]*(?:(?:and|tasks?)\s+)?(?:(?:[\w.-]+\/[\w.-]+)?#?\d|GH-\d|https?:)/iu;

/** The next line of a paragraph belongs to its key where it begins with a reference. */
export function isContinuation(text: string): boolean {
  return GOES_ON.test(text);
}

/** What is named holds the one it is said of. */
export function isBlocker(meaning: KeyMeaning): boolean {
  return meaning === "blocked-by" || meaning === "needs";
}

/** False for sections that say something else than what waits for what. */
export function isEdge(meaning: SectionMeaning): meaning is KeyMeaning {
  return meaning !== "order" && meaning !== "parent";
}
