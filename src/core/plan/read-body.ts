import { scanMarkdown, squeezeBlanks } from "../shared/markdown-lines.ts";
import type { MarkdownLine } from "../shared/markdown-lines.ts";
import type { IssueType, Priority } from "./issue.ts";
import { pathsIn } from "./read-body-paths.ts";
import { readTypeWords, typeLineValue } from "./read-body-type.ts";

/** What an issue's text says about itself; empty or null where it says nothing. */
export interface BodyFields {
  readonly type: IssueType | null;
  readonly priority: Priority | null;
  readonly files: readonly string[];
  readonly acceptanceCriteria: readonly string[];
  readonly labels: readonly string[];
  /** Types written that are none. */
  readonly unknownTypes: readonly UnknownWords[];
}

/** Words where something else was expected, with their line in the text from 1. */
export interface UnknownWords {
  readonly words: string;
  readonly line: number;
}

const FILES =
  /^(?:files?|paths?|touches|modifies|creates?|files? (?:to )?(?:change|modify|create|touch)(?:d|ed)?)$/iu;
const ACCEPTANCE =
  /^(?:acceptance(?: criteria| criterion| tests?)?|done when|definition of done|done definition|success criteria|akzeptanzkriterien)$/iu;
/** A section that may say in a sentence what others say in points. */
const DONE = /^(?:done when|definition of done|done definition)$/iu;
const FIELD =
  /^\s*(?:>\s*)?(?:(?:[-*+]|\d+[.)])\s+)?(\*\*|__|\*|_)?([\p{L}][\p{L} /-]{1,39}?)\s*(?::\s*\1?|\1\s*:|\1\s*$)(.*)$/u;
const ITEM = /^\s*(?:[-*+]|\d+[.)])\s+(?:\[[ xX]\]\s+)?(.+)$/u;

const ROW = /^\s*\|\s*([^|\s][^|]{0,40}?)\s*\|\s*([^|]+?)\s*\|?$/u;
const BETWEEN_FIELDS = /\s\|\s(?=\W{0,3}[\p{L}][\p{L} -]{1,24}(?:\*\*)?:)/u;

/** What a field says further right is not read. */
const LINE_MAX = 4000;
const WORDS_MAX = 60;

type ListField = "files" | "acceptance";

/** Reads `**Type:**`, `**Files:**`, `Priority:`, `Labels:` and the acceptance criteria. One linear pass, never throws. */
export function readBody(body: string): BodyFields {
  const reading = new FieldReading();
  for (const line of scanMarkdown(body).lines) {
    const text = squeezeBlanks(line.text.slice(0, LINE_MAX));
    for (const part of keyedParts(text)) reading.read({ ...line, text: part });
  }
  return reading.answer();
}

/** Types written in a text that are none; for sources, which report them with their place. */
export function parseUnknownTypes(body: string): readonly UnknownWords[] {
  // Nearly every text has a type that is known, or none: it is not read whole a second time.
  const isOdd = body.split("\n").some((line) => {
    if (!/type/iu.test(line)) return false;
    return keyedParts(squeezeBlanks(line.slice(0, LINE_MAX))).some((part) => {
      const value = typeLineValue(part);
      return value !== null && readTypeWords(value) === null;
    });
  });
  return isOdd ? readBody(body).unknownTypes : [];
}

/** `Type: CODING | Size: S` holds two fields; `| Type | CODING |` is one, written as a row. */
function keyedParts(line: string): readonly string[] {
  if (!line.includes("|")) return [line];
  const row = ROW.exec(line);
  if (row !== null) return [`${row[1] ?? ""}: ${row[2] ?? ""}`];
  return /^\s*\|/u.test(line) ? [line] : line.split(BETWEEN_FIELDS);
}

class FieldReading {
  #type: IssueType | null = null;
  readonly #unknownTypes: UnknownWords[] = [];
  #priority: Priority | null = null;
  readonly #files = new Set<string>();
  readonly #criteria: string[] = [];
  readonly #labels = new Set<string>();
  /** The list being read, begun by a heading or by a field without a value. */
  #list: ListField | null = null;
  #fromHeading = false;
  /** In a section about what done means: a paragraph is a criterion too, its lines are one. */
  #inDone = false;
  #sentence: string[] = [];

  read(line: MarkdownLine): void {
    if (!line.prose) return this.#endSentence();
    if (line.heading !== null) {
      this.#endSentence();
      const words = line.heading.text.replace(/(?<=\p{L})[^\p{L}]+$/u, "").trim();
      this.#list = listField(words);
      this.#fromHeading = true;
      this.#inDone = DONE.test(words);
      return;
    }
    // Inside a list of criteria, `- Login: shows an error` is a criterion and no field.
    if (!(this.#list === "acceptance" && ITEM.test(line.text))) {
      if (this.#readType(line)) return;
      const field = FIELD.exec(line.text);
      if (field !== null && this.#readField(field[2] ?? "", field[3] ?? "", field[1] !== undefined))
        return;
    }
    this.#readListLine(line.text);
  }

  answer(): BodyFields {
    this.#endSentence();
    return {
      type: this.#type,
      priority: this.#priority,
      files: [...this.#files],
      acceptanceCriteria: this.#criteria,
      labels: [...this.#labels],
      unknownTypes: this.#unknownTypes,
    };
  }

  #readType({ text, number }: MarkdownLine): boolean {
    const value = typeLineValue(text);
    if (value === null) return false;
    const type = readTypeWords(value);
    if (type === null) this.#unknownTypes.push({ words: value.slice(0, WORDS_MAX), line: number });
    else this.#type ??= type;
    this.#list = null;
    return true;
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
      if (this.#inDone && text.trim() !== "") this.#sentence.push(text.trim());
      else this.#endSentence();
      // Any other paragraph ends a list that a field began; a section goes on to the next heading.
      if (text.trim() !== "" && !this.#fromHeading && !/^\s{2,}/u.test(text)) this.#list = null;
      return;
    }
    this.#endSentence();
    if (this.#list === "files") this.#addFiles(item);
    else if (!/^\s{4,}/u.test(text)) this.#criteria.push(item);
  }

  #endSentence(): void {
    if (this.#sentence.length > 0) this.#criteria.push(this.#sentence.join(" "));
    this.#sentence = [];
  }

  #addFiles(words: string): void {
    for (const path of pathsIn(words)) this.#files.add(path);
  }
}

function listField(name: string): ListField | null {
  const words = name.trim();
  if (FILES.test(words)) return "files";
  return ACCEPTANCE.test(words) ? "acceptance" : null;
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
