import type { TaskKey } from "../shared/names.ts";

/** One piece of what a person wrote about a plan. */
export type Token =
  | { readonly kind: "key"; readonly key: TaskKey; readonly text: string }
  /** Looks like a key and is none of this plan. */
  | { readonly kind: "stranger"; readonly text: string }
  /** A name that several issues have. */
  | { readonly kind: "several"; readonly text: string; readonly keys: readonly TaskKey[] }
  | { readonly kind: "word"; readonly text: string }
  | { readonly kind: "comma"; readonly text: string }
  | { readonly kind: "end"; readonly text: string };

/** Ways to call the issues of a plan, in lower case, with the keys that are meant. */
export type KeyNames = ReadonlyMap<string, readonly TaskKey[]>;

interface Named {
  readonly key: TaskKey;
  readonly number: string;
}

/** A key always means its own issue, whatever number another one has. */
export function keyNames(issues: readonly Named[]): KeyNames {
  const names = new Map<string, readonly TaskKey[]>();
  const numbers = new Map<string, TaskKey[]>();
  for (const { key, number } of issues) {
    names.set(key.toLowerCase(), [key]);
    for (const name of new Set([number, `#${number}`, key.replace(/^#/, ""), `#${key}`])) {
      const keys = numbers.get(name.toLowerCase()) ?? [];
      if (!keys.includes(key)) keys.push(key);
      numbers.set(name.toLowerCase(), keys);
    }
  }
  for (const [name, keys] of numbers) if (!names.has(name)) names.set(name, keys);
  return names;
}

const ARROWS: ReadonlyMap<string, string> = new Map([
  ["->", "->"],
  ["-->", "->"],
  ["=>", "->"],
  ["\u2192", "->"],
  ["<-", "<-"],
  ["<--", "<-"],
  ["<=", "<-"],
  ["\u2190", "<-"],
]);

/**
 * Cuts a text into keys, words, commas and ends of sentences. A dot ends a sentence only behind a word, so `4.2` stays
 * whole; issues may be called by key or number, with or without `#`, `issue` or `task` before it.
 */
export function tokensOf(text: string, names: KeyNames): readonly Token[] {
  const spaced = text
    .normalize("NFC")
    .replaceAll(/[\u2018\u2019]/gu, "'")
    .replaceAll(/[\u201C\u201D"`()[\]]|(?![\n\r])\p{Cc}/gu, " ")
    .replaceAll(/(?:<--?|--?>|=>|<=|[\u2190\u2192&+])/gu, " $& ");
  const tokens: Token[] = [];
  for (const line of spaced.split(/[;\n\r]/u)) {
    for (const raw of line.split(/[\s\u00A0]+/u))
      if (raw !== "") tokens.push(...piecesOf(raw, names));
    tokens.push({ kind: "end", text: ";" });
  }
  return withoutNouns(tokens);
}

/** One word between two spaces, with the signs that stand at its end. */
function piecesOf(raw: string, names: KeyNames): readonly Token[] {
  const whole = keyToken(raw, names);
  if (whole !== null) return [whole];
  const body = raw.replace(/[.,:!?]{1,10}$/u, "");
  const signs = raw.slice(body.length);
  const tokens: Token[] = [];
  // `115,116` is a list without a space; `1,5` of a plan that has a key `1,5` was found above.
  const parts = body.split(",");
  for (const [index, part] of parts.entries()) {
    if (index > 0) tokens.push({ kind: "comma", text: "," });
    if (part !== "") tokens.push(keyToken(part, names) ?? wordOrStranger(part));
  }
  if (signs.includes("?")) tokens.push({ kind: "word", text: "?" });
  if (signs.includes(",")) tokens.push({ kind: "comma", text: "," });
  else if (/[.!]/u.test(signs)) tokens.push({ kind: "end", text: signs });
  else if (signs.includes(":")) tokens.push({ kind: "word", text: ":" });
  return tokens;
}

function keyToken(text: string, names: KeyNames): Token | null {
  const keys = names.get(text.toLowerCase());
  const [key] = keys ?? [];
  if (keys === undefined || key === undefined) return null;
  return keys.length === 1 ? { kind: "key", key, text } : { kind: "several", text, keys };
}

function wordOrStranger(text: string): Token {
  const arrow = ARROWS.get(text);
  if (arrow !== undefined) return { kind: "word", text: arrow };
  if (/^#?[\p{L}_/.-]*\d/u.test(text) || /^#./u.test(text)) return { kind: "stranger", text };
  return { kind: "word", text: text.toLowerCase() };
}

const NOUNS = new Set([
  "issue",
  "issues",
  "task",
  "tasks",
  "ticket",
  "tickets",
  "number",
  "numbers",
]);

/** `issue 115` is 115; a noun that names nothing stays a word. */
function withoutNouns(tokens: readonly Token[]): readonly Token[] {
  return tokens.filter((token, index) => {
    const next = tokens[index + 1]?.kind;
    const isBeforeKey = next === "key" || next === "stranger" || next === "several";
    return !(token.kind === "word" && NOUNS.has(token.text) && isBeforeKey);
  });
}
