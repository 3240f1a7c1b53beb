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

/** `Blocker: yes`, and points of a checklist about the change or about who writes it: nothing to wait for. */
export function isAnswer(meaning: KeyMeaning, words: string): boolean {
  if (meaning === "needs" && /^(?:i|i['’]ve|you|can you|did you|have you|are you)\b/iu.test(words))
    return true;
  return /^(?:yes|true|false)\b\W*$|^(?:all |any |new )?dependenc(?:y|ies)\b.*\b(?:updated|added|bumped|installed)\b/iu.test(
    words,
  );
}

const GOES_ON =
  /^[^\p{L}\p{N}#]*(?:(?:and|tasks?)\s+)?(?:(?:[\w.-]+\/[\w.-]+)?#?\d|GH-\d|https?:)/iu;

/** The next line of a paragraph belongs to its key where it begins with a reference. */
export function isContinuation(text: string): boolean {
  return GOES_ON.test(text);
}

/** False for sections that say something else than what waits for what. */
export function isEdge(meaning: SectionMeaning): meaning is KeyMeaning {
  return meaning !== "order" && meaning !== "parent";
}
