/** Longest text of others that is repeated; what is longer stands where it came from. */
const WORDS_MAX = 4_000;

const CODE = /(`[^`\n]*`)/u;
const MENTION = /(^|[^\w`])@(?=[A-Za-z0-9])/gu;
const CLOSING =
  /\b(close[sd]?|fix(?:e[sd])?|resolve[sd]?)(\s*:?\s+)((?:[\w.-]+\/[\w.-]+)?#\d+|https?:\/\/\S+)/giu;

/**
 * Words of an agent or of an issue inside a text of Cairn's: they call nobody, close no issue, and hide nothing. What
 * stands between backticks does none of that on a forge and stays as it is.
 */
export function quotedWords(words: string): string {
  const text = words.trim();
  const cut = text.length > WORDS_MAX ? `${text.slice(0, WORDS_MAX - 1).trimEnd()}…` : text;
  return cut
    .split(CODE)
    .map((part, index) => (index % 2 === 1 ? part : quiet(part)))
    .join("")
    .replaceAll("<!--", "<! --");
}

/** The same in one line, for lists and tables. */
export function quotedLine(words: string): string {
  return quotedWords(words.replaceAll(/\s+/gu, " "));
}

/** The same as a cell of a table. */
export function quotedCell(words: string): string {
  return quotedLine(words).replaceAll("|", "\\|");
}

function quiet(text: string): string {
  return text.replaceAll("<", "&lt;").replaceAll(CLOSING, "$1$2`$3`").replaceAll(MENTION, "$1");
}
