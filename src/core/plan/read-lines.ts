import {
  NAMES_ISSUE,
  firstSentence,
  readOrderKey,
  readParentKey,
  readSectionHeading,
  readSubheading,
} from "./dependency-words.ts";
import type { KeyMeaning, KeyedWords, SectionMeaning } from "./dependency-words.ts";
import type { LogicalLine } from "./logical-lines.ts";
import type { Gathering, Said, Spot } from "./read-gathering.ts";
import { OrderedList, readChain, readSequence } from "./read-order.ts";
import { readProse } from "./read-prose.ts";
import type { Relation, Side } from "./read-relations.ts";
import { statementsAbout, subjectOf } from "./read-statements.ts";
import {
  comesAfter,
  isAdvice,
  isAnswer,
  isBlocker,
  isContinuation,
  isEdge,
  meaningOfPoint,
} from "./read-judgements.ts";
import { Subjects } from "./read-subjects.ts";
import { gatherTable } from "./read-table-edges.ts";
import { leadingReferences, onlyReference, readReferences, unreadParts } from "./references.ts";

/** A key whose value may go on below it. */
interface Open {
  readonly meaning: KeyMeaning;
  readonly subject: Side;
  /** Depth of the list the key stands in; deeper lines are its values. */
  readonly depth: number;
  /** Paragraph that the key, or what was last read below it, stands in. */
  block: number;
  found: boolean;
}

interface Section {
  readonly meaning: SectionMeaning;
  readonly level: number;
  readonly subject: Side;
  found: boolean;
  /** First line that named nothing. */
  unread: LogicalLine | null;
}

/** Reads the lines of a text into the gathering. */
export class TextReading {
  readonly #gathering: Gathering;
  readonly #subjects = new Subjects();
  #open: Open | null = null;
  #section: Section | null = null;
  #ordered: OrderedList | null = null;

  constructor(gathering: Gathering) {
    this.#gathering = gathering;
  }

  read(lines: readonly LogicalLine[]): void {
    for (const line of lines) {
      if (line.heading > 0) this.#readHeading(line);
      else if (line.table !== undefined) this.#readTable(line);
      else if (line.text !== "" && (!line.quoted || line.bold)) this.#readLine(line);
      else if (this.#section !== null && NAMES_ISSUE.test(line.text))
        this.#section.unread ??= { ...line, text: `${line.text} (in a quote, code or HTML)` };
    }
    this.#endSection();
  }

  #readHeading(line: LogicalLine): void {
    const inside = this.#section;
    const isDeeper = inside !== null && line.heading > inside.level;
    const meaning = line.quoted ? null : readSectionHeading(line.text);
    const goesOn = isDeeper ? readSubheading(line.text, inside.meaning) : null;
    this.#endSection();
    this.#open = null;
    this.#ordered = null;
    this.#subjects.heading(line);
    const now = goesOn?.meaning ?? meaning;
    if (now === null) {
      if (!line.quoted) this.#readStatements(line, "self");
      return;
    }
    const level = goesOn === null || inside === null ? line.heading : inside.level;
    const subject = this.#subjects.of(line);
    this.#section = { meaning: now, level, subject, found: false, unread: null };
    if (now === "order") this.#ordered = new OrderedList(isAdvice(line.text));
  }

  #endSection(): void {
    const section = this.#section;
    this.#section = null;
    if (section === null || !isEdge(section.meaning)) return;
    if (section.subject === "self" && (section.meaning !== "needs" || section.found))
      this.#gathering.state(section.meaning);
    if (!section.found && section.unread !== null)
      this.#refuse(section.meaning, section.subject, section.unread, section.unread.text);
  }

  #readLine(line: LogicalLine): void {
    const subject = this.#subjects.of(line);
    this.#readPoint(line);
    if (this.#readStatements(line, subject) || line.quoted) return;
    if (this.#continueKey(line)) return;
    if (this.#readOrder(line)) return;
    const relations = readProse(line.text, subjectOf(line, subject), subject);
    this.#relate(relations, line);
    if (this.#section === null) return;
    if (relations.length > 0) this.#section.found = true;
    else this.#readSectionLine(this.#section, line, line.text);
  }

  /** Keys and words about parents; true when nothing is left to be read. */
  #readStatements(line: LogicalLine, inherited: Side): boolean {
    const statements = statementsAbout(line, inherited);
    for (const { text, key, isNoEdge, aside, subject, tail } of statements) {
      if (key !== null) {
        this.#readKeyed(key, subject, line);
        this.#readRest(key.value, tail, line);
      } else if (isNoEdge) {
        if (!aside) this.#noteParent(text, inherited);
        this.#relate(readChain(text, false), line);
        this.#readRest(text, tail, line);
      }
    }
    const rest = statements.filter(({ key, isNoEdge }) => key === null && !isNoEdge);
    if (!statements.some(({ key }) => key !== null)) return rest.length < statements.length;
    for (const { text } of rest) this.#readBesideKey(text, line, inherited);
    return true;
  }

  #readKeyed(key: KeyedWords, subject: Side, line: LogicalLine): void {
    const { meaning, explicit } = key;
    const value = firstSentence(key.value);
    const chain = readChain(value, true);
    if (chain.length > 0) {
      this.#relate(chain, line);
      this.#readEndOf(chain, { meaning, subject, line });
      return;
    }
    const found = this.#declare(meaning, subject, value, line);
    const nothingYet = value === "";
    const isStated = found || meaning !== "needs" || readReferences(value, { codes: false }).none;
    if (subject === "self" && isStated && (explicit || found)) this.#gathering.state(meaning);
    if (!found && !nothingYet && explicit) this.#refuse(meaning, subject, line, value);
    const beside = found && explicit && meaning === "blocked-by" ? unreadParts(value) : [];
    for (const words of beside) this.#say("needs", subject, words, this.#spot(line));
    if (this.#section !== null && (found || explicit)) this.#section.found = true;
    const { listDepth: depth, block } = line;
    const goesOn = nothingYet || /[,&]$|\sand$/iu.test(key.value.trim()) || found;
    this.#open = goesOn ? { meaning, subject, depth, block, found } : null;
  }

  /** `Depends on: #3 -> #4`: the issue itself waits for where the chain ends. */
  #readEndOf(
    chain: readonly Relation[],
    { meaning, subject, line }: { meaning: KeyMeaning; subject: Side; line: LogicalLine },
  ): void {
    const ends = chain.at(-1)?.dependents;
    if (meaning !== "blocked-by" || ends === undefined || ends === "self") return;
    for (const target of ends)
      this.#gathering.say({ meaning, target, subject, resolved: true }, this.#spot(line));
    if (subject === "self") this.#gathering.state(meaning);
  }

  /** What stands on a line beside its keys: `- #62 — parser (requires: #61)`. */
  #readBesideKey(text: string, line: LogicalLine, inherited: Side): void {
    const relations = readProse(text, subjectOf(line, inherited), inherited);
    this.#relate(relations, line);
    const section = this.#section;
    if (section !== null && relations.length === 0 && NAMES_ISSUE.test(text))
      this.#readSectionLine(section, line, text);
  }

  /** Sentences behind the one that a key or a parent stands in. */
  #readRest(text: string, subject: Side, line: LogicalLine): void {
    const rest = text.trim().slice(firstSentence(text).length);
    if (NAMES_ISSUE.test(rest)) this.#relate(readProse(rest.replace(/^\W\s/u, ""), subject), line);
  }

  #noteParent(text: string, inherited: Side): void {
    const value = readParentKey(text);
    if (value === null || inherited !== "self") return;
    this.#gathering.parent ??= onlyReference(firstSentence(value));
  }

  /** Lines below a key that belong to it: the list under `Depends on:`, references on the paragraph's next line. */
  #continueKey(line: LogicalLine): boolean {
    const open = this.#open;
    if (open === null) return false;
    const sameBlock = line.block === open.block;
    const below = !open.found && line.listDepth > open.depth;
    const next = sameBlock
      ? isContinuation(line.text)
      : !open.found && leadingReferences(line.text).length > 0;
    if (!below && !next) {
      if (!sameBlock && line.listDepth <= open.depth) this.#open = null;
      return false;
    }
    const found = this.#declare(open.meaning, open.subject, firstSentence(line.text), line);
    if (found && open.subject === "self") this.#gathering.state(open.meaning);
    if (!found && below && line.listDepth === open.depth + 1 && line.startsItem)
      this.#refuse(open.meaning, open.subject, line, line.text);
    if (next && found && line.listDepth === open.depth) {
      open.found = true;
      open.block = line.block;
    }
    return true;
  }

  /** `Execution order:` with its chain, or a chain by itself. */
  #readOrder(line: LogicalLine): boolean {
    const value = readOrderKey(line.text);
    if (value !== null) {
      const soft = isAdvice(line.text);
      this.#ordered = value === "" ? new OrderedList(soft) : null;
      const relations = readSequence(value);
      this.#relate(soft ? relations.map((relation) => ({ ...relation, soft })) : relations, line);
      return value === "" || relations.length > 0;
    }
    const chain = readChain(line.text, this.#section !== null || this.#ordered !== null);
    this.#relate(chain, line);
    if (this.#section !== null && chain.length > 0) this.#section.found = true;
    return chain.length > 0;
  }

  #readPoint(line: LogicalLine): void {
    const relation = this.#ordered?.read(line) ?? null;
    if (relation !== null) this.#relate([relation], line);
    // A list by label ends with the next paragraph, one in a section with the section.
    const isOver = this.#section?.meaning !== "order" && this.#ordered?.isOver(line) === true;
    if (isOver) this.#ordered = null;
  }

  #readTable(line: LogicalLine): void {
    if (line.quoted || line.table === undefined) return;
    const section = this.#section;
    // `Dependencies:` with its table below.
    const label = this.#open?.found === false ? this.#open : null;
    const around = section?.meaning ?? label?.meaning ?? null;
    const meaning = around !== null && isEdge(around) ? around : null;
    const subject = section?.subject ?? label?.subject ?? "self";
    const found = gatherTable(line.table, this.#gathering, { meaning, subject });
    if (section !== null && found) section.found = true;
  }

  #readSectionLine(section: Section, line: LogicalLine, words: string): void {
    const { meaning, subject } = section;
    if (meaning === "parent") {
      this.#noteParent(`Parent: ${words}`, subject);
      return;
    }
    if (meaning === "order") return;
    const way = isBlocker(meaning) && comesAfter(words) ? "blocks" : meaning;
    if (this.#declare(way, subject, firstSentence(words), line)) {
      section.found = true;
      return;
    }
    // Prose around a list explains it, and so do points below a point.
    if (line.startsItem && line.listDepth === 1) {
      this.#refuse(meaningOfPoint(meaning, words), subject, line, words);
    } else if (line.listDepth === 0) section.unread ??= line;
  }

  /** True when the words named something. */
  #declare(meaning: KeyMeaning, subject: Side, words: string, line: LogicalLine): boolean {
    const { targets, soft } = readReferences(words, { codes: meaning === "blocked-by" });
    for (const target of targets) {
      const said: Said = { meaning, target, subject, resolved: true, soft: soft.has(target) };
      this.#gathering.say(said, this.#spot(line));
    }
    return targets.length > 0;
  }

  #refuse(meaning: KeyMeaning, subject: Side, line: LogicalLine, words: string): void {
    const { none, denied } = readReferences(words, { codes: false });
    if (!none && !denied && !isAnswer(meaning, words))
      this.#say(meaning, subject, words, this.#spot(line));
  }

  /** Reports words that declare a blocker and name no issue. */
  #say(meaning: KeyMeaning, subject: Side, target: string, spot: Spot): void {
    if (!isBlocker(meaning)) return;
    this.#gathering.say({ meaning, target, subject, resolved: false }, spot);
  }

  #relate(relations: readonly Relation[], line: LogicalLine): void {
    for (const relation of relations) this.#gathering.relate(relation, this.#spot(line));
  }

  #spot(line: LogicalLine): Spot {
    return { line: line.line, words: line.text };
  }
}
