import { scanMarkdown, squeezeBlanks } from "../shared/markdown-lines.ts";
import type { MarkdownLine } from "../shared/markdown-lines.ts";
import type { IssueType, Priority } from "./issue.ts";

/** What an issue's text says about itself; empty or null where it says nothing. */
export interface BodyFields {
  readonly type: IssueType | null;
  readonly priority: Priority | null;
  readonly files: readonly string[];
  readonly acceptanceCriteria: readonly string[];
  readonly labels: readonly string[];
}

const FILES =
  /^(?:files?|paths?|touches|modifies|creates?|files? (?:to )?(?:change|modify|create|touch)(?:d|ed)?)$/iu;
const ACCEPTANCE =
  /^(?:acceptance(?: criteria| criterion| tests?)?|done when|definition of done|done definition|success criteria|akzeptanzkriterien)$/iu;
const FIELD =
  /^\s*(?:>\s*)?(?:(?:[-*+]|\d+[.)])\s+)?(\*\*|__)?([\p{L}][\p{L} /-]{1,39}?)\s*(?::\s*\1?|\1\s*:|\1\s*$)(.*)$/u;
const ITEM = /^\s*(?:[-*+]|\d+[.)])\s+(?:\[[ xX]\]\s+)?(.+)$/u;
const PATH = /^(?=[^\s]*[./*])[\w@~.*{}[\]()+$,-][\w@~.*{}[\]()+$,/-]*$/u;

/** What a field says further right is not read. */
const LINE_MAX = 4000;

type ListField = "files" | "acceptance";

/** Reads `**Type:**`, `**Files:**`, `Priority:`, `Labels:` and the acceptance criteria. One linear pass, never throws. */
export function readBody(body: string): BodyFields {
  const reading = new FieldReading();
  for (const line of scanMarkdown(body).lines) {
    reading.read({ ...line, text: squeezeBlanks(line.text.slice(0, LINE_MAX)) });
  }
  return reading.answer();
}

class FieldReading {
  #type: IssueType | null = null;
  #priority: Priority | null = null;
  readonly #files = new Set<string>();
  readonly #criteria: string[] = [];
  readonly #labels = new Set<string>();
  /** The list being read, begun by a heading or by a field without a value. */
  #list: ListField | null = null;
  #fromHeading = false;

  read(line: MarkdownLine): void {
    if (!line.prose) return;
    if (line.heading !== null) {
      this.#list = listField(line.heading.text.replace(/(?<=\p{L})[^\p{L}]+$/u, ""));
      this.#fromHeading = true;
      return;
    }
    const field = FIELD.exec(line.text);
    const isItem = ITEM.test(line.text);
    // Inside a list of criteria, `- Login: shows an error` is a criterion and no field.
    if (field !== null && !(isItem && this.#list === "acceptance")) {
      if (this.#readField(field[2] ?? "", field[3] ?? "", field[1] !== undefined)) return;
    }
    this.#readListLine(line.text);
  }

  answer(): BodyFields {
    return {
      type: this.#type,
      priority: this.#priority,
      files: [...this.#files],
      acceptanceCriteria: this.#criteria,
      labels: [...this.#labels],
    };
  }

  #readField(name: string, rest: string, bold: boolean): boolean {
    const value = rest.trim();
    const list = listField(name);
    if (list !== null) {
      this.#list = list;
      this.#fromHeading = false;
      if (value !== "" && list === "files") this.#addFiles(value);
      if (value !== "" && list === "acceptance") this.#criteria.push(value);
      return true;
    }
    const known = this.#readScalar(name.trim().toLowerCase(), value);
    // Another bold field ends the list above it.
    if (known || (bold && !this.#fromHeading)) this.#list = null;
    return known;
  }

  #readScalar(name: string, value: string): boolean {
    switch (name) {
      case "type":
      case "task type":
        this.#type ??= readType(value);
        return true;
      case "priority":
        this.#priority ??= readPriority(value);
        return true;
      case "labels":
      case "label":
        for (const label of value.split(",")) {
          const words = label.replaceAll("`", "").trim();
          if (words !== "") this.#labels.add(words);
        }
        return true;
      case "size":
      case "estimate":
        if (/^(?:xs|s|m|l|xl)\b/iu.test(value))
          this.#labels.add(`size:${value.split(/\W/u, 1)[0]?.toUpperCase() ?? "M"}`);
        return true;
      default:
        return false;
    }
  }

  #readListLine(text: string): void {
    if (this.#list === null) return;
    const item = ITEM.exec(text)?.[1]?.trim();
    if (item === undefined) {
      // Any other paragraph ends a list that a field began; a section goes on to the next heading.
      if (text.trim() !== "" && !this.#fromHeading && !/^\s{2,}/u.test(text)) this.#list = null;
      return;
    }
    if (this.#list === "files") this.#addFiles(item);
    else if (!/^\s{4,}/u.test(text)) this.#criteria.push(item);
  }

  #addFiles(words: string): void {
    for (const segment of words.split(/[,;]/u)) {
      const quoted = [...segment.matchAll(/`([^`]+)`/gu)].map((match) => match[1] ?? "");
      const said = segment.replaceAll(/\([^()]*\)/gu, "").split(/\s[–—-]\s/u, 1)[0] ?? "";
      for (const word of quoted.length > 0 ? quoted : said.split(/\s+(?:and\s+)?/u)) {
        const path = word
          .trim()
          .replace(/^\.\//u, "")
          .replace(/(?::\d+(?:-\d+)?|[.,;:])$/u, "");
        if (PATH.test(path) || (quoted.length > 0 && /^\S+$/u.test(path))) this.#files.add(path);
      }
    }
  }
}

function listField(name: string): ListField | null {
  const words = name.trim();
  if (FILES.test(words)) return "files";
  return ACCEPTANCE.test(words) ? "acceptance" : null;
}

function readType(value: string): IssueType | null {
  const word = /[A-Za-z]+/u.exec(value)?.[0]?.toUpperCase();
  return word === "CODING" || word === "VALIDATION" || word === "RESEARCH" || word === "MIXED"
    ? word
    : null;
}

/** `P0`, `p1`, `priority:P2`, `high`: null for anything else. */
export function readPriority(words: string): Priority | null {
  const level = /(?<![A-Za-z0-9])P[0-2](?!\d)/iu.exec(words)?.[0].toUpperCase();
  if (level === "P0" || level === "P1" || level === "P2") return level;
  const word = words.toLowerCase().replaceAll(/priority|prio|[^a-z]/gu, "");
  if (word === "critical" || word === "urgent") return "P0";
  if (word === "high") return "P1";
  return word === "medium" || word === "normal" || word === "low" ? "P2" : null;
}
