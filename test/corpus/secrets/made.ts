// Random characters that are the same at every run. Nothing here is anybody's; every token is put together when the
// tests are run, so that no file of the repository holds anything a forge would take for one.
const LETTERS = "abcdefghijklmnopqrstuvwxyz";
const ALPHABETS = {
  word: `${LETTERS}${LETTERS.toUpperCase()}0123456789`,
  dash: `${LETTERS}${LETTERS.toUpperCase()}0123456789_-`,
  base64: `${LETTERS}${LETTERS.toUpperCase()}0123456789+/`,
  hex: "0123456789abcdef",
  upper: `${LETTERS.toUpperCase()}234567`,
  letters: `${LETTERS}${LETTERS.toUpperCase()}`,
  digits: "0123456789",
} as const;

export type Alphabet = keyof typeof ALPHABETS;

/** So many characters of an alphabet, chosen by a seed. */
export function made(alphabet: Alphabet, length: number, seed: number): string {
  const characters = ALPHABETS[alphabet];
  let state = (seed * 2_654_435_761 + length) >>> 0;
  let text = "";
  while (text.length < length) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    text += characters.charAt((state >>> 8) % characters.length);
  }
  return text;
}

/** Words in one piece; in the source they never stand together. */
export function joined(...parts: readonly string[]): string {
  return parts.join("");
}
