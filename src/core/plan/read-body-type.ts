import { squeezeBlanks } from "../shared/markdown-lines.ts";
import type { IssueType } from "./issue.ts";

/** `Type: CODING`, `- **Task type**: coding`, `*Type:* …`, `Type — RESEARCH`. */
const TYPE_LINE =
  /^\s*(?:>\s*)?(?:[-*+]\s+|\d+[.)]\s+)?[*_`]{0,3}(?:task\s+|issue\s+)?type[*_`]{0,3}\s*(?::|=|\s[–—-]\s)[*_`]{0,3}\s*(\S.*)$/iu;
/** What is said further right is no type. */
const LINE_MAX = 300;

const NAMES: ReadonlyMap<string, IssueType> = new Map([
  ["CODING", "CODING"],
  ["CODE", "CODING"],
  ["IMPLEMENTATION", "CODING"],
  ["VALIDATION", "VALIDATION"],
  ["VERIFICATION", "VALIDATION"],
  ["RESEARCH", "RESEARCH"],
  ["INVESTIGATION", "RESEARCH"],
  ["SPIKE", "RESEARCH"],
  ["MIXED", "MIXED"],
]);

/** The words behind `Type:`; null for any other line. */
export function typeLineValue(line: string): string | null {
  if (!/type/iu.test(line.slice(0, LINE_MAX))) return null;
  const value = TYPE_LINE.exec(squeezeBlanks(line.slice(0, LINE_MAX)))?.[1];
  const words = value?.replaceAll(/[*`]+|^_+|_+$/gu, "").trim();
  return words === undefined || words === "" ? null : words;
}

/** `CODING | VALIDATION` is MIXED; null where nothing known is named, or the template's whole list was left as it is. */
export function readTypeWords(value: string): IssueType | null {
  const said = value.split(/\s*[(.;]|\s[–—-]\s/u, 1)[0] ?? "";
  const named = new Set<IssueType>();
  for (const part of said.split(/[|/,+&]|\s(?:and|or)\s/iu)) {
    // `Type: CODING | Size: S`: the next key of the same line.
    if (part.includes(":")) break;
    const word = /\p{L}+/u.exec(part)?.[0].toUpperCase();
    const type = word === undefined ? undefined : NAMES.get(word);
    if (type !== undefined) named.add(type);
  }
  const [first] = named;
  if (named.size === 4 || first === undefined) return null;
  return named.size === 1 ? first : "MIXED";
}
