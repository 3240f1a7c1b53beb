import { scanMarkdown, squeezeBlanks } from "../../../core/shared/markdown-lines.ts";
import type { MarkdownLine } from "../../../core/shared/markdown-lines.ts";
import { DONE, DoneRows, isDoubted, labelMeans } from "./done-words.ts";

const ID = String.raw`(\d{1,6}(?:\.\d{1,6}){0,4}[a-z]?)(?![\w.]*\w)`;
const NAMED = String.raw`task(?:\s*[#:_-]\s*|\s+|(?=\d))#?`;
/** `Task 4.1 Complete`, `Task 4.1 Completed: title`, `Task 4.1 ✅`, `Task 4.1: Done`; behind the id. */
const SAID_FIRST = new RegExp(
  String.raw`^\s*(?:[:–—(\[-]|\bis\b|\bhas been\b)?\s*(?:✅\s*)?${DONE}\s*(?=$|[:.,;!)\]–—(✅-]|(?:but|except)\b)`,
  "iu",
);
/** `Task 4.1: Title — Complete`, `Task 4.1: Title (done)`, `Task 4.1: Title ✅`; only in headings, sentences end that way too. */
const SAID_LAST = new RegExp(String.raw`^.*(?:[:–—(\[|-]\s*${DONE}|✅|✔|☑)\s*[)\].]?$`, "iu");
const TASK = new RegExp(String.raw`^${NAMED}${ID}`, "iu");
/** In headings and in lists of what is done the word "Task" may be left out. */
const BARE = new RegExp(String.raw`^(?:${NAMED}|#)?${ID}`, "iu");
/** `Completed: Task 4.1`, `Tasks completed: 4.1, 4.2`, `Done: 4.1 (from handoff)`. */
const LISTED = /^(?:tasks?\s+)?(?:completed|done|finished)(?:\s+tasks?)?\s*:\s*(\S.*)$/iu;
/** Behind an id that stands for itself; `3 tests` is a number of something. */
const ID_ENDS = /^\s*(?:$|[:(–—]|-\s)/u;
/** `## Completed`, `### Completed tasks ✅`: the list below names what is done. */
const DONE_SECTION = new RegExp(
  String.raw`^(?:(?:tasks?\s+)?(?:complete|completed|done|finished)(?:\s+tasks?)?)$`,
  "iu",
);
const NOT =
  /\b(?:not|in|partially|partly|nearly|almost|half|un)[\s-]*(?:yet\s+)?(?:complete|completed|done|finished)\b/iu;
const STATUS = new RegExp(String.raw`^status\s*:?\W*${DONE}(?![\w-])`, "iu");

const LINE_MAX = 1000;

/** Keys of the tasks a handoff calls done, in the order of the text. What is in code blocks does not count. */
export function readHandoff(text: string): readonly string[] {
  return [...handoffLines(text).keys()];
}

/** The same with the line, from 1, that first says so. */
export function handoffLines(text: string): ReadonlyMap<string, number> {
  const reading = new HandoffReading();
  for (const line of scanMarkdown(text).lines) {
    if (line.prose) reading.read({ ...line, text: squeezeBlanks(line.text.slice(0, LINE_MAX)) });
  }
  return reading.answer();
}

class HandoffReading {
  readonly #done = new Map<string, number>();
  #line = 1;
  /** Task whose section is being read. */
  #section: string | null = null;
  /** The heading above says that what is listed below is done. */
  #isDoneSection = false;
  #inDone = false;
  /** The list below that heading has begun. */
  #hasListed = false;
  readonly #rows = new DoneRows();

  read(line: MarkdownLine): void {
    this.#line = line.number;
    const isHeading = line.heading !== null;
    const isItem = /^\s*(?:[-*+]|\d+[.)])\s/u.test(line.text);
    const ticked = /^\s*[-*+]\s+\[[xX]\]\s/u.test(line.text) || /^[#\s*+-]*[✅✔☑]/u.test(line.text);
    const words = wordsOf(line);
    const listed = this.#inDone && isItem;
    const named = TASK.exec(words) ?? (isHeading || listed ? bareTask(words, isHeading) : null);
    const task = named?.[1]?.toLowerCase() ?? null;
    if (isHeading) {
      this.#section = task;
      this.#isDoneSection = DONE_SECTION.test(words.replace(/[^\p{L}\p{N}]+$/u, ""));
      this.#inDone = this.#isDoneSection;
      this.#hasListed = false;
    } else if (task === null) this.#readLabel(line.text, words, isItem);
    const row = this.#rows.read(line.text);
    if (listed) this.#hasListed = true;
    if (/^\s*[-*+]\s+\[ \]\s/u.test(line.text) || NOT.test(words)) return;
    if (row !== null) return row.isDone ? this.#addRow(row.first) : undefined;
    if (task === null || named === null) return this.#readOther(words);
    const rest = words.slice(named[0].length);
    const first = SAID_FIRST.exec(rest)?.[0];
    const last = isHeading && SAID_LAST.test(rest);
    const isSaid = first !== undefined || last || ticked || listed;
    if (isSaid && !isDoubted(rest.slice(first?.length ?? 0))) this.#add(task);
  }

  answer(): ReadonlyMap<string, number> {
    return this.#done;
  }

  #add(key: string): void {
    if (!this.#done.has(key)) this.#done.set(key, this.#line);
  }

  #readOther(words: string): void {
    const status = STATUS.exec(words)?.[0];
    if (this.#section !== null && status !== undefined && !isDoubted(words.slice(status.length)))
      this.#add(this.#section);
    const list = LISTED.exec(words)?.[1];
    for (const part of list?.split(/[,;]|\sand\s/iu) ?? []) {
      const match = BARE.exec(part.trim());
      const behind = part.trim().slice(match?.[0].length);
      const ends = ID_ENDS.test(behind) && !isDoubted(behind);
      // "Tasks completed: 4" counts them.
      if (match?.[1] !== undefined && ends && /^task|^#|\./iu.test(match[0]))
        this.#add(match[1].toLowerCase());
    }
  }

  /** `**Remaining:**`, `Next are:`: what is listed below it belongs to the heading no longer, unless it says "done" too. */
  #readLabel(text: string, words: string, isItem: boolean): void {
    if (!this.#isDoneSection || !isLabel(text, words)) return;
    const means = labelMeans(words);
    if (means === "open") this.#inDone = false;
    else if (!isItem) this.#inDone = means === "done" || (this.#inDone && !this.#hasListed);
  }

  #addRow(first: string): void {
    const key = BARE.exec(first.replace(/^[^\p{L}\p{N}]+/u, ""))?.[1];
    if (key !== undefined) this.#add(key.toLowerCase());
  }
}

function isLabel(text: string, words: string): boolean {
  return words.endsWith(":") || /^\s*(?:[-*+]\s+)?(?:\*\*[^*]+\*\*|__[^_]+__)\s*$/u.test(text);
}

function bareTask(words: string, isHeading: boolean): RegExpExecArray | null {
  const match = BARE.exec(words);
  const rest = words.slice(match?.[0].length);
  const isNumber = isHeading && match?.[1]?.includes(".") === true;
  return isNumber || ID_ENDS.test(rest) || SAID_FIRST.test(rest) ? match : null;
}

function wordsOf(line: MarkdownLine): string {
  return (line.heading?.text ?? line.text)
    .replace(/^\s*(?:(?:[-*+]|\d+[.)])\s+)?(?:\[[ xX]\]\s+)?[^\p{L}\p{N}]*/u, "")
    .replaceAll(/\*\*|__|`/gu, "")
    .trim();
}

/**
 * Names a handoff file may have, best first: `HANDOFF_M4.md` and `HANDOFF_M4_workers.md` for `M4_workers.md`.
 */
export function handoffNames(planName: string): readonly string[] {
  const stem = planName.replace(/\.[^.]+$/u, "");
  const milestone = /^m\d+(?:\.\d+)*[a-z]?(?=$|[_\s.-])/iu.exec(stem)?.[0];
  const first = milestone ?? stem;
  return [...new Set([`HANDOFF_${first}.md`, `HANDOFF_${stem}.md`])];
}
