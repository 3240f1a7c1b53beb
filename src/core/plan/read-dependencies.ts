import { scanMarkdown } from "../shared/markdown-lines.ts";
import type { MarkdownLine } from "../shared/markdown-lines.ts";
import {
  MAY_DECLARE,
  firstSentence,
  isNoEdge,
  readKey,
  readSectionHeading,
  splitKeys,
} from "./dependency-words.ts";
import type { KeyMeaning } from "./dependency-words.ts";
import type { Declaration } from "./issue.ts";
import { logicalLines } from "./logical-lines.ts";
import type { LogicalLine } from "./logical-lines.ts";
import { readReferences } from "./references.ts";

export interface DependenciesRead {
  readonly declarations: readonly Declaration[];
  /** The text says anything about dependencies, even `none`. */
  readonly statesDependencies: boolean;
  /** The text says what the issue itself waits for, even `none`; this replaces an order given by the plan. */
  readonly statesBlockers: boolean;
}

export interface TextPlace {
  readonly file?: string;
  /** Line of the file on which the text begins; 1 for a body of its own. */
  readonly firstLine: number;
}

const WORDS_MAX = 200;
/** One passage that is longer than this is cut, and says so by a declaration that cannot be resolved. */
const PASSAGE_MAX = 40_000;

/**
 * Reads what an issue's text says about dependencies: keyed lines (`Depends on: #12, #13`) and sections
 * (`## Blocked by`). Code, tables, struck-through text and quotes of other people say nothing; a quote counts
 * where its key is bold (`> **Depends on:** #12`, a common call-out). Never throws, on any text.
 */
export function readDependencies(
  text: string,
  place: TextPlace = { firstLine: 1 },
): DependenciesRead {
  if (!MAY_DECLARE.test(text))
    return { declarations: [], statesDependencies: false, statesBlockers: false };
  const reading = new Reading(place);
  for (const passage of passagesOf(scanMarkdown(text).lines)) {
    const words = passage.map((line) => (line.prose ? line.text : "")).join("\n");
    if (!MAY_DECLARE.test(words)) continue;
    const before = (passage[0]?.number ?? 1) - 1;
    reading.read(logicalLines(words.slice(0, PASSAGE_MAX)), before);
    if (words.length > PASSAGE_MAX) reading.tooLong(before);
  }
  return reading.answer();
}

/**
 * Cuts a body into passages that can be parsed alone, because only few of them declare anything and the
 * tree is the expensive part: a section about dependencies, or a paragraph with the list that belongs to it.
 */
function passagesOf(lines: readonly MarkdownLine[]): readonly (readonly MarkdownLine[])[] {
  const passages: MarkdownLine[][] = [];
  let inSection = false;
  let afterBlank = true;
  for (const line of lines) {
    const blank = line.prose && line.text.trim() === "";
    const heading = line.heading !== null;
    if (heading) inSection = readSectionHeading(line.heading?.text ?? "") !== null;
    const belongs =
      inSection || !afterBlank || blank || /^(?:[ \t]|[-*+>]|\d+[.)])/u.test(line.text);
    if (passages.length === 0 || heading || !belongs) passages.push([]);
    passages.at(-1)?.push(line);
    // A fence interrupts a paragraph as a blank line does.
    afterBlank = blank || !line.prose || (heading && !inSection);
  }
  return passages;
}

interface Open {
  readonly meaning: KeyMeaning;
  /** Depth of the list the key stands in; deeper lines are its values. */
  readonly depth: number;
  readonly block: number;
  readonly line: LogicalLine;
  found: boolean;
}

interface Section {
  readonly meaning: KeyMeaning;
  readonly heading: LogicalLine;
  said: boolean;
  found: boolean;
  /** First line that named nothing. */
  unread: LogicalLine | null;
}

class Reading {
  readonly #place: TextPlace;
  readonly #declarations = new Map<string, Declaration>();
  #states = false;
  #statesBlockers = false;
  #before = 0;
  #open: Open | null = null;
  #section: Section | null = null;

  constructor(place: TextPlace) {
    this.#place = place;
  }

  read(lines: readonly LogicalLine[], linesBefore: number): void {
    this.#before = linesBefore;
    for (const line of lines) this.#readLine(line);
    this.#endSection();
    this.#open = null;
  }

  tooLong(linesBefore: number): void {
    this.#before = linesBefore;
    const line: LogicalLine = {
      text: "(passage too long to be read to its end)",
      line: 1,
      listDepth: 0,
      block: 0,
      startsItem: false,
      quoted: false,
      bold: false,
      heading: false,
    };
    this.#unresolved("blocked-by", line, line.text);
  }

  answer(): DependenciesRead {
    return {
      declarations: [...this.#declarations.values()],
      statesDependencies: this.#states,
      statesBlockers: this.#statesBlockers,
    };
  }

  #readLine(line: LogicalLine): void {
    if (line.heading) {
      this.#endSection();
      this.#open = null;
      const meaning = line.quoted ? null : readSectionHeading(line.text);
      if (meaning !== null) {
        this.#section = { meaning, heading: line, said: false, found: false, unread: null };
        return;
      }
    }
    if (line.text === "" || (line.quoted && !line.bold)) return;
    if (this.#readKeyed(line)) return;
    if (isNoEdge(line.text)) return;
    if (this.#continueKey(line)) return;
    if (this.#section !== null) this.#readSectionLine(this.#section, line);
  }

  #readKeyed(line: LogicalLine): boolean {
    let keyed = false;
    for (const part of splitKeys(line.text)) {
      const key = readKey(part, line.bold);
      if (key === null) continue;
      keyed = true;
      if (this.#section !== null) this.#section.said = true;
      this.#state(key.meaning);
      const value = firstSentence(key.value);
      const found = this.#declare(key.meaning, value, line);
      const nothingYet = value === "";
      if (!found && !nothingYet && key.explicit) this.#refuseWords(key.meaning, line, value);
      const goesOn = nothingYet || /[,&]$|\sand$/iu.test(key.value.trim()) || found;
      this.#open = goesOn
        ? { meaning: key.meaning, depth: line.listDepth, block: line.block, line, found }
        : null;
    }
    return keyed;
  }

  /** Lines below a key that belong to it: the list under `Depends on:`, references on the paragraph's next line. */
  #continueKey(line: LogicalLine): boolean {
    const open = this.#open;
    if (open === null) return false;
    const sameBlock = line.block === open.block;
    const below = !open.found && line.listDepth > open.depth;
    const nextReference =
      sameBlock &&
      /^[^\p{L}\p{N}#]*(?:(?:and|tasks?)\s+)?(?:[\w.-]+\/[\w.-]+)?#?\d|^https?:/iu.test(line.text);
    if (!below && !nextReference) {
      if (!sameBlock && line.listDepth <= open.depth) this.#open = null;
      return false;
    }
    const found = this.#declare(open.meaning, line.text, line);
    if (!found && below && line.listDepth === open.depth + 1 && line.startsItem) {
      this.#refuseWords(open.meaning, line, line.text);
    }
    if (nextReference && found) open.found = true;
    return true;
  }

  #readSectionLine(section: Section, line: LogicalLine): void {
    section.said = true;
    this.#state(section.meaning);
    if (this.#declare(section.meaning, firstSentence(line.text), line)) {
      section.found = true;
      return;
    }
    // Prose around a list explains it, and so do points below a point.
    if (line.startsItem && line.listDepth === 1)
      this.#refuseWords(section.meaning, line, line.text);
    else if (line.listDepth === 0) section.unread ??= line;
  }

  #endSection(): void {
    const section = this.#section;
    this.#section = null;
    if (section === null) return;
    this.#state(section.meaning);
    if (!section.found && section.unread !== null) {
      this.#refuseWords(section.meaning, section.unread, section.unread.text);
    }
  }

  #state(meaning: KeyMeaning): void {
    if (meaning === "related") return;
    this.#states = true;
    if (meaning !== "blocks") this.#statesBlockers = true;
  }

  /** True when the words named something. */
  #declare(meaning: KeyMeaning, words: string, line: LogicalLine): boolean {
    const { targets } = readReferences(words, { codes: meaning === "blocked-by" });
    for (const target of targets) this.#add(meaning, target, line, true);
    return targets.length > 0;
  }

  #refuseWords(meaning: KeyMeaning, line: LogicalLine, words: string): void {
    if (readReferences(words, { codes: false }).none) return;
    this.#unresolved(meaning, line, words);
  }

  #unresolved(meaning: KeyMeaning, line: LogicalLine, words: string): void {
    if (meaning !== "blocked-by" && meaning !== "needs") return;
    this.#add(meaning, words.slice(0, WORDS_MAX), line, false);
  }

  #add(meaning: KeyMeaning, target: string, line: LogicalLine, resolved: boolean): void {
    // "Requires: Docker" is more often about tools than about an issue: reported, but it holds nothing.
    const soft = meaning === "related" || (meaning === "needs" && !resolved);
    const reverse = meaning === "blocks";
    const id = `${this.#before + line.line} ${reverse ? "<" : ">"}${soft ? "~" : ""}${target}`;
    if (this.#declarations.has(id)) return;
    const { file, firstLine } = this.#place;
    this.#declarations.set(id, {
      target,
      strength: soft ? "soft" : "hard",
      origin: "text",
      place: {
        ...(file === undefined ? {} : { file }),
        line: firstLine + this.#before + line.line - 1,
      },
      words: line.text.slice(0, WORDS_MAX),
      resolved,
      ...(reverse ? { reverse: true as const } : {}),
    });
  }
}
