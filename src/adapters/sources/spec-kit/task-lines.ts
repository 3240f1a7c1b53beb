import type { PlanFinding } from "../../../core/plan/issue.ts";
import { scanMarkdown } from "../../../core/shared/markdown-lines.ts";
import type { MarkdownLine } from "../../../core/shared/markdown-lines.ts";

/** One `- [ ] T001 [P] [US1] …` with the lines below that belong to it. */
export interface TaskLine {
  readonly key: string;
  readonly line: number;
  readonly column: number;
  readonly done: boolean;
  readonly parallel: boolean;
  /** Number of the user story; null outside of stories. */
  readonly story: number | null;
  readonly text: string;
  readonly nested: readonly string[];
  /** Tasks under one sub-heading of a phase have one number. */
  readonly block: number;
}

export interface Phase {
  readonly title: string;
  /** As written: `3`, `3.1`, `N`; null where the heading has none. */
  readonly number: string | null;
  readonly tasks: readonly TaskLine[];
  /** Goal, purpose and independent test, as written. */
  readonly about: readonly string[];
}

/** A line of a section about dependencies. */
export interface SaidLine {
  readonly text: string;
  readonly line: number;
}

export interface TaskLines {
  readonly title: string | null;
  readonly phases: readonly Phase[];
  readonly said: readonly SaidLine[];
  readonly findings: readonly PlanFinding[];
}

const LINE_MAX = 4000;
const TASK =
  /^(\s*)[-*+]\s+\[([^\]]?)\]\s*(?:\*\*|__|`)?\[?(T\d{1,6}[a-z]?)(?!\w)\]?(?:\*\*|__|`)?[ \t]*[:.–—-]?[ \t]*(.*)$/iu;
const ALMOST = /^\s*(?:[-*+]|\d+[.)])\s+(?:\[([^\]]?)\]\s+)?(?:\*\*|__|`)?\[?T(?:\d{1,9}|XX+|NN+)/u;
/** With a box in front, nothing else is meant: `T-009`, `T 009`, `Task 9`. */
const ALMOST_BOXED =
  /^\s*(?:[-*+]|\d+[.)])\s*\[([^\]]?)\]\s*(?:\*\*|__|`)?\[?T(?:ask)?[-_ #.:]{0,3}(?:\d|XX+|NN+)/iu;
/** A sentence that begins with a task's number is no task. */
const SENTENCE =
  /T\d{1,6}[a-z]?\]?(?:\*\*)?\s*(?:[,(→–-]|and\b|or\b|to\b|is\b|are\b|can\b|may\b|must\b|should\b|depends\b|blocks\b|before\b|after\b|needs\b|requires\b|first\b)/iu;
const PHASE =
  /^[^\p{L}\p{N}]*(?:phase|fase|étape|阶段)\s*(\d{1,4}(?:\.\d{1,4})?|N)\b\s*[:.–—-]*\s*(.*)$/iu;
const DEPENDENCIES = /dependenc|execution order|completion order/iu;
const ASIDE = /parallel|example|strateg/iu;
const ABOUT = /^\s*\*\*\s*(?:goal|purpose|independent test)\b[^*]{0,60}\*\*/iu;

/** Cuts a `tasks.md` into phases and tasks, in one pass. Never throws; what nearly is a task is a finding. */
export function readTaskLines(file: string, text: string): TaskLines {
  const reading = new Reading(file);
  for (const line of scanMarkdown(text).lines)
    reading.read({ ...line, text: line.text.slice(0, LINE_MAX) });
  return reading.answer();
}

interface OpenTask extends TaskLine {
  readonly indent: number;
  readonly nested: string[];
}

interface OpenPhase extends Phase {
  readonly level: number;
  readonly tasks: OpenTask[];
  readonly about: string[];
}

class Reading {
  readonly #file: string;
  readonly #phases: OpenPhase[] = [openPhase("", null, 0)];
  readonly #said: SaidLine[] = [];
  readonly #findings: PlanFinding[] = [];
  #title: string | null = null;
  #block = 0;
  #task: OpenTask | null = null;
  #inAbout = false;
  #dependencies: { readonly level: number; aside: boolean } | null = null;

  constructor(file: string) {
    this.#file = file;
  }

  read(line: MarkdownLine): void {
    if (line.heading !== null) return this.#readHeading(line.heading);
    const task = line.prose ? TASK.exec(line.text) : null;
    if (task !== null) return this.#readTask(line, task);
    if (this.#belongs(line)) {
      this.#task?.nested.push(line.text);
      return;
    }
    this.#task = null;
    if (!line.prose) return;
    if (this.#dependencies !== null) {
      if (!this.#dependencies.aside && line.text.trim() !== "")
        this.#said.push({ text: line.text, line: line.number });
      return;
    }
    this.#readAbout(line.text);
    this.#reportAlmost(line);
  }

  answer(): TaskLines {
    const phases = this.#phases.filter(({ number, tasks }) => number !== null || tasks.length > 0);
    return { title: this.#title, phases, said: this.#said, findings: this.#findings };
  }

  #readHeading(heading: NonNullable<MarkdownLine["heading"]>): void {
    const { level, text } = heading;
    this.#task = null;
    this.#inAbout = false;
    if (this.#dependencies !== null && level > this.#dependencies.level) {
      this.#dependencies.aside = ASIDE.test(text);
      return;
    }
    const phase = PHASE.exec(text);
    const isSaid = phase === null && DEPENDENCIES.test(text);
    this.#dependencies = isSaid ? { level, aside: false } : null;
    if (level === 1) this.#title ??= text;
    const open = this.#phases.at(-1);
    if (phase === null && !isSaid && level > 2 && open !== undefined && level > open.level) {
      this.#block += 1;
      return;
    }
    this.#phases.push(openPhase(text, phase?.[1] ?? null, level));
    this.#block = 0;
  }

  #readTask(line: MarkdownLine, match: RegExpExecArray): void {
    const [, indent = "", mark = "", key = "", rest = ""] = match;
    const tags = readTags(rest);
    if (!/^[\sxX]?$/u.test(mark)) this.#reportMark(line, key, mark);
    this.#inAbout = false;
    this.#task = {
      key: `T${key.slice(1)}`,
      line: line.number,
      column: indent.length + 1,
      done: /^x$/iu.test(mark),
      ...tags,
      nested: [],
      block: this.#block,
      indent: indent.length,
    };
    this.#phases.at(-1)?.tasks.push(this.#task);
  }

  /** Lines that are indented deeper than the task's mark, and the words that go on right below it. */
  #belongs(line: MarkdownLine): boolean {
    if (this.#task === null) return false;
    if (line.text.trim() === "") return true;
    const indent = line.text.length - line.text.trimStart().length;
    if (indent > this.#task.indent) return true;
    return (
      line.prose &&
      this.#task.nested.length === 0 &&
      /^\s*[\p{L}\p{N}(`"']/u.test(line.text) &&
      !/^\s*\d+[.)]\s/u.test(line.text)
    );
  }

  #readAbout(text: string): void {
    const about = this.#phases.at(-1)?.about;
    if (ABOUT.test(text)) this.#inAbout = true;
    else if (text.trim() === "" || /^\s*(?:\*\*|-{3,}|>)/u.test(text)) this.#inAbout = false;
    if (this.#inAbout) about?.push(text);
  }

  #reportMark(line: MarkdownLine, key: string, mark: string): void {
    this.#findings.push({
      code: "source/task-mark",
      severity: "warning",
      key,
      file: this.#file,
      line: line.number,
      column: line.text.indexOf("[") + 1,
      message: `${key} is marked "[${mark}]", which is neither done nor open; it is taken as open.`,
      hint: "Write [x] when it is done, [ ] when it is not.",
    });
  }

  #reportAlmost(line: MarkdownLine): void {
    const boxed = ALMOST_BOXED.exec(line.text);
    const almost = boxed ?? ALMOST.exec(line.text);
    const phase = this.#phases.at(-1);
    const isInPhase = phase !== undefined && (phase.number !== null || phase.tasks.length > 0);
    // Outside of phases a template shows how tasks are written: `- [ ] TXXX`.
    const isMeant = isInPhase || /\d$/u.test(boxed?.[0] ?? "");
    if (almost === null || !isMeant) return;
    if (almost[1] === undefined && SENTENCE.test(line.text)) return;
    const why =
      almost[1] === undefined ? "has no box in front of it" : "has no number that can be read";
    this.#findings.push({
      code: "source/task-line",
      severity: "warning",
      file: this.#file,
      line: line.number,
      column: line.text.search(/\S/u) + 1,
      message: `"${line.text.trim().slice(0, 60)}" looks like a task and ${why}; it is not in the plan.`,
      hint: "Write `- [ ] T001 Description`.",
    });
  }
}

function openPhase(title: string, number: string | null, level: number): OpenPhase {
  return { title: title.trim(), number, level, tasks: [], about: [] };
}

/** `[P]` and `[US1]` in front of the words; other brackets belong to the words. */
function readTags(rest: string): Pick<TaskLine, "parallel" | "story" | "text"> {
  let text = rest;
  let parallel = false;
  let story: number | null = null;
  for (let tag = readTag(text); tag !== null; tag = readTag(text)) {
    const number = /^(?:US|story|S)[\s-]?(\d{1,4})$/iu.exec(tag.name)?.[1];
    const isParallel = /^(?:P|parallel)$/iu.test(tag.name);
    if (number === undefined && !isParallel) break;
    if (isParallel) parallel = true;
    else story ??= Number(number);
    text = text.slice(tag.length);
  }
  return { parallel, story, text: text.trim() };
}

function readTag(text: string): { readonly name: string; readonly length: number } | null {
  const match = /^(?:\*\*|`)?\[([^\]]{1,20})\](?:\*\*|`)?[ \t]*[:–—-]?[ \t]*/u.exec(text);
  return match === null ? null : { name: (match[1] ?? "").trim(), length: match[0].length };
}
