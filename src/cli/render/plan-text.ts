/** Colours of the eight that every terminal has; they only repeat what the words say. */
export interface Paint {
  readonly strong: (words: string) => string;
  readonly faint: (words: string) => string;
  readonly red: (words: string) => string;
  readonly yellow: (words: string) => string;
}

const CODES = { strong: [1, 22], faint: [2, 22], red: [31, 39], yellow: [33, 39] } as const;

/** Paints, or leaves the words as they are. */
export function painter(colour: boolean): Paint {
  const paint =
    (name: keyof typeof CODES) =>
    (words: string): string =>
      colour && words !== "" ? `\u001B[${CODES[name][0]}m${words}\u001B[${CODES[name][1]}m` : words;
  return {
    strong: paint("strong"),
    faint: paint("faint"),
    red: paint("red"),
    yellow: paint("yellow"),
  };
}

// A title comes from strangers: escape sequences, direction marks and line ends are not for the terminal.
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\u061C\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF]+/gu;

/** Foreign words on one line, without anything a terminal would obey. */
export function printable(words: string): string {
  return words.replaceAll(UNPRINTABLE, " ").replaceAll(/\s+/gu, " ").trim();
}

/** Cuts to `width` columns, with a sign that something is missing. Wide letters count twice. */
export function clip(words: string, width: number): string {
  if (columns(words) <= width) return words;
  let kept = "";
  let used = 0;
  for (const letter of words) {
    used += columns(letter);
    if (used > width - 1) break;
    kept += letter;
  }
  return `${kept.trimEnd()}…`;
}

/** Columns on a terminal; an approximation that is right for Latin, CJK and emoji. */
export function columns(words: string): number {
  let width = 0;
  for (const letter of words) {
    if (/\p{M}/u.test(letter)) continue;
    width +=
      /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\u{1F300}-\u{1FAFF}\u{20000}-\u{3FFFD}]/u.test(
        letter,
      )
        ? 2
        : 1;
  }
  return width;
}

/** Breaks words into lines of at most `width` columns; The first keeps its own indent, the others begin with `indent`. A longer word stays whole. */
export function wrap(words: string, width: number, indent: string): readonly string[] {
  const lines: string[] = [];
  const lead = /^ */u.exec(words)?.[0] ?? "";
  let line = "";
  for (const word of words.slice(lead.length).split(" ")) {
    const longer = line === "" ? lead + word : `${line} ${word}`;
    if (line !== "" && columns(longer) > width) {
      lines.push(line);
      line = indent + word;
    } else line = longer;
  }
  return [...lines, line];
}

/** `45m`, `1h 20m`. */
export function formatMinutes(minutes: number): string {
  const [hours, rest] = [Math.floor(minutes / 60), Math.round(minutes % 60)];
  if (hours === 0) return `${rest}m`;
  return rest === 0 ? `${hours}h` : `${hours}h ${rest}m`;
}
