/**
 * What words say about which issue: every way to look it up, best first. `#301` (forge), `3` (number of the file),
 * `m5/3` (key), `file:03-validation` (name of the file).
 */
export type Aliases = readonly string[];

/** One part of a list of references. */
export interface ReferenceRead {
  readonly words: string;
  /** Empty where the words name no issue. */
  readonly aliases: Aliases;
  /** `Phase 1`: all issues of that phase. */
  readonly phase: string | null;
}

const NONE =
  /^(?:none|n\/?a|not applicable|nothing|nil|null|no|no dependenc(?:y|ies)|no blockers?|[-–—_*✓✅]+)$/iu;
const LINK = /\[([^\]]{0,200})\]\(([^()\s]{1,500})[^()]{0,200}\)/gu;
const URL =
  /https?:\/\/[^\s/]+\/[\w.-]+\/[\w.-]+\/(?:-\/)?(?:issues|pull)\/(\d{1,9})[^\s,;)\]]*/giu;
const FOREIGN = /(?<![\w/#.-])[\w.-]{1,100}\/[\w.-]{1,100}#\d{1,9}(?!\d)/u;
const FILE = /([\w.-]{1,200})\.(?:md|markdown)(?:#[\w-]*)?(?!\w)/giu;
const KEY = /(?<![\w/#.-])(m\d{1,6}(?:\.\d{1,6}){0,3})\/([\w.-]{1,200})/iu;
const FORGE = /(?<![\w/#.-])(?:#|GH-)(\d{1,9})(?!\d)/iu;
const NUMBER = /(?<![\w/#.,-])(\d{1,9}(?:\.\d{1,6})?[a-z]?)(?![\w%]|\.\d)/iu;
const RANGE = /(#?)(?<![\w.])(\d{1,9})\s*(?:-|–|—|\.{2,3}|\bto\b)\s*(#?)(\d{1,9})(?![\w.-])/giu;
const PHASE = /\bphases?\s*#?(\d{1,4})\b/iu;
const RANGE_MAX = 200;
const WORDS_MAX = 2000;

/** References in a table's cell or an entry of front matter; empty for `none`, `-` and no words. */
export function readReferences(written: string): readonly ReferenceRead[] {
  const words = written.slice(0, WORDS_MAX).replaceAll(/[`*]/gu, "").trim();
  if (words === "" || NONE.test(words)) return [];
  return words
    .replaceAll(URL, "#$1")
    .replaceAll(RANGE, spread)
    .split(/[,;+&]|<br ?\/?>|\s(?:and|und|plus)\s|\s(?=#\d)/iu)
    .map((part) => part.trim())
    .filter((part) => part !== "" && !NONE.test(part))
    .map((part) => ({
      words: plain(part),
      aliases: PHASE.test(part) ? [] : aliasesIn(part),
      phase: PHASE.exec(part)?.[1] ?? null,
    }));
}

/** Every name of an issue that a few words hold. */
export function aliasesIn(written: string): Aliases {
  const words = written.slice(0, WORDS_MAX);
  if (FOREIGN.test(words)) return [];
  const files = [...words.matchAll(FILE)].flatMap((match) => fileAliases(match[1] ?? ""));
  const text = words
    .replaceAll(LINK, "$1")
    .replaceAll(FILE, " ")
    .replaceAll(/\b(?:issues?|tasks?|spec)[-_ ]{1,3}#?(?=\d)/giu, " ");
  const key = KEY.exec(text);
  if (key !== null) return [...files, `${lower(key[1])}/${withoutZeros(lower(key[2]))}`];
  const forge = FORGE.exec(text)?.[1];
  if (forge !== undefined) return [...new Set([...files, `#${Number(forge)}`])];
  const number = NUMBER.exec(text)?.[1];
  return [...new Set([...files, ...(number === undefined ? [] : [withoutZeros(lower(number))])])];
}

/** The issue that a list item begins with; a bare number counts only where it cannot be a number of something. */
export function leadingAliases(rest: string, isTask: boolean): Aliases {
  const words = rest.slice(0, 400).replaceAll(/[`*]/gu, "").trimStart();
  const first =
    /^(?:issue|task|spec)?\s*(?:\[[^\]]{0,200}\]\([^()\s]{1,300}\)|\S+)/iu.exec(words)?.[0] ?? "";
  const isBare = /^\d[\d.]*[a-z]?$/iu.test(first);
  const after = words.slice(first.length);
  const counts =
    isBare && !isTask && !first.startsWith("0") && !/^\s*(?:$|[:.)(|–—]|-\s)/u.test(after);
  return counts ? [] : aliasesIn(first.replace(/[:.,)–—-]+$/u, ""));
}

const REFERENCE = String.raw`(?:(?:issues?|tasks?|spec)\s{1,3})?(?:\[[^\]]{0,200}\]\([^()\s]{1,300}\)|[#\w./-]{1,200})`;
const RUN = new RegExp(
  String.raw`^${REFERENCE}(?:\s{0,3}(?:[,;&+–—]|\s(?:and|to)\s)\s{0,3}${REFERENCE}){0,50}`,
  "iu",
);

/** The issues that words begin with, one after the other (`01, 02: Login`, `3-5`); empty for one or none. */
export function leadingList(written: string): readonly Aliases[] {
  const words = written.slice(0, WORDS_MAX).replaceAll(/[`*]/gu, "").trimStart();
  const read = readReferences(RUN.exec(words)?.[0] ?? "");
  const several = new Map(
    read.flatMap(({ aliases }) => (aliases.length === 0 ? [] : [[aliases.join(" "), aliases]])),
  );
  return several.size > 1 ? [...several.values()] : [];
}

/** Names of a spec file by the name it has on disk, without its ending. */
export function fileAliases(stem: string): Aliases {
  const number = fileNumber(stem);
  return [`file:${lower(stem)}`, ...(number === null ? [] : [withoutZeros(lower(number))])];
}

/** `03` of `03-validation`, `issue-03`, `ISSUE_03_validation`, `m5-03-x`; null where a name has no number. */
export function fileNumber(stem: string): string | null {
  return (
    /^(?:m\d{1,6}(?:\.\d{1,6})*[-_])?(?:issues?|tasks?|spec)?[-_ ]?#?(\d{1,9}(?:\.\d{1,6})?[a-z]?)(?=$|[-_. ])/iu.exec(
      stem,
    )?.[1] ?? null
  );
}

/** `03` and `3` are the same number. */
export function withoutZeros(number: string): string {
  return number.replace(/^0+(?=\d)/u, "");
}

/** An issue that may be named. */
export interface Named {
  readonly key: string;
  /** Number on the forge; null where it has none. */
  readonly forge: string | null;
  /** Name of its file without the ending; null where there is no file. */
  readonly stem: string | null;
}

/** Looks issues up by any of their names; what two of them share names neither. */
export function issueNames(issues: readonly Named[]): (aliases: Aliases) => string | null {
  const names = new Map<string, string | null>();
  const add = (alias: string, key: string): void => {
    const known = names.get(alias);
    names.set(alias, known === undefined || known === key ? key : null);
  };
  for (const { key } of issues) add(normalKey(key), key);
  const own = new Set(names.keys());
  for (const { key, stem } of issues) {
    const tail = key.slice(key.lastIndexOf("/") + 1);
    for (const alias of [...fileAliases(tail), ...(stem === null ? [] : fileAliases(stem))])
      if (!own.has(alias)) add(alias, key);
  }
  const forge = new Map(issues.flatMap(({ key, forge: n }) => (n === null ? [] : [[n, key]])));
  const find = (alias: string): string | null => {
    const number = withoutZeros(alias.replace("#", ""));
    // `#3` is the forge's number first, `3` the file's.
    const byForge = forge.get(number) ?? null;
    if (alias.startsWith("#")) return byForge ?? names.get(number) ?? null;
    return names.has(alias) ? (names.get(alias) ?? null) : byForge;
  };
  return (aliases) => {
    for (const alias of aliases) {
      const key = find(alias);
      if (key !== null) return key;
    }
    return null;
  };
}

function normalKey(key: string): string {
  const cut = key.lastIndexOf("/") + 1;
  return `${lower(key.slice(0, cut))}${withoutZeros(lower(key.slice(cut)))}`;
}

function spread(
  words: string,
  mark: string,
  first: string,
  secondMark: string,
  last: string,
): string {
  const [from, to] = [Number(first), Number(last)];
  if (mark !== secondMark || to <= from || to - from > RANGE_MAX) return words;
  return Array.from({ length: to - from + 1 }, (_, step) => `${mark}${from + step}`).join(", ");
}

function plain(words: string): string {
  return words.replaceAll(LINK, "$1").trim();
}

function lower(words: string | undefined): string {
  return (words ?? "").toLowerCase();
}
