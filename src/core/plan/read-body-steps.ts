import { scanMarkdown, squeezeBlanks } from "../shared/markdown-lines.ts";
import type { MarkdownLine } from "../shared/markdown-lines.ts";
import type { Step } from "./issue.ts";
import { pathsIn } from "./read-body-paths.ts";

export interface StepsPlace {
  readonly file?: string;
  /** Line of the file on which the text begins. */
  readonly firstLine: number;
  /** Heading words that begin a step: in a spec of one issue its steps are called tasks. */
  readonly words: readonly ("step" | "task")[];
}

const LINE_MAX = 1000;
/** An agent is given the text itself; a step's code is kept to be shown and held against the commits. */
const CODE_MAX = 20_000;
const MINUTES_MAX = 24 * 60;

const STEP =
  /^[^\p{L}\p{N}]*(step|task)[\s_-]*#?(\d{1,4}(?:\.\d{1,4})?)(?!\w)\s*(?:[:.)–—-]+\s*)?(.*)$/iu;
const MINUTES =
  /[([]\s*(?:~|≈|ca\.?|about)?\s*(?:\d{1,4}\s*(?:-|–|—|to)\s*)?(\d{1,4})\s*(m|mins?|minutes?|h|hours?)\.?\s*[)\]]/iu;
const PART =
  /^\s*(?:[-*+]\s+)?(?:\*\*|__|\*|_)?(files?|red|green|verify|verification|verified by)(?![\p{L}\p{N}])(?:\s*\([^()]{0,60}\)|\s[–—-][^:*]{0,60}?)?\s*(?:\*\*|__|\*|_)?\s*(:)?\s*(?:\*\*|__|\*|_)?\s*(.*)$/iu;
const STEP_MINUTES = 4;
const RULE = /^ {0,3}(?:-{3,}|\*{3,}|_{3,})$/u;

type Part = "files" | "red" | "green" | "verify";

/** Reads the steps of an issue: `### Step 1: Title (3 min)` with its files, red, green and verify. Linear, never throws. */
export function parseSteps(text: string, place: StepsPlace): readonly Step[] {
  if (!/^ {0,3}#{1,6}[^\n\r]{0,40}(?:step|task)/imu.test(text)) return [];
  const reading = new StepReading(place);
  for (const line of scanMarkdown(text).lines) reading.read(line);
  return reading.answer();
}

/** Minutes that steps take together, one without a time counted as four; undefined where none has any. */
export function asMinutes(steps: readonly Step[]): number | undefined {
  if (steps.every((step) => step.minutes === null)) return undefined;
  return steps.reduce((sum, step) => sum + (step.minutes ?? STEP_MINUTES), 0);
}

interface OpenStep {
  readonly title: string;
  readonly minutes: number | null;
  readonly level: number;
  readonly line: number;
  readonly column: number;
  readonly files: Set<string>;
  readonly said: Record<Exclude<Part, "files">, string[]>;
  readonly code: Record<Exclude<Part, "files">, string[]>;
}

class StepReading {
  readonly #place: StepsPlace;
  readonly #steps: Step[] = [];
  #open: OpenStep | null = null;
  #part: Part | null = null;
  #fence: string | null = null;

  constructor(place: StepsPlace) {
    this.#place = place;
  }

  read(line: MarkdownLine): void {
    if (line.heading !== null) this.#readHeading(line, line.heading);
    else if (this.#open === null) return;
    else if (line.prose) this.#readProse(this.#open, line.text);
    else this.#readCode(this.#open, line.text);
  }

  answer(): readonly Step[] {
    this.#close();
    return this.#steps;
  }

  #readHeading(line: MarkdownLine, heading: NonNullable<MarkdownLine["heading"]>): void {
    this.#fence = null;
    const words = heading.text.replaceAll(/\*\*|__|`/gu, "");
    const match = STEP.exec(words);
    const word = match?.[1]?.toLowerCase();
    const isStep = this.#place.words.some((known) => known === word);
    if (!isStep) {
      const part = this.#open === null ? null : partNamed(words.replace(/\W+$/u, ""));
      const isInside = this.#open !== null && heading.level > this.#open.level;
      this.#part = isInside ? part : null;
      if (!isInside) this.#close();
      return;
    }
    this.#close();
    const rest = match?.[3] ?? "";
    const title = squeezeBlanks(rest.replace(MINUTES, "")).trim();
    this.#open = {
      title: title === "" ? words.trim() : title,
      minutes: minutesIn(rest),
      level: heading.level,
      line: line.number,
      column: heading.column,
      files: new Set(),
      said: { red: [], green: [], verify: [] },
      code: { red: [], green: [], verify: [] },
    };
  }

  #readProse(step: OpenStep, written: string): void {
    this.#fence = null;
    const text = squeezeBlanks(written.slice(0, LINE_MAX));
    const field = PART.exec(text);
    const isField = field !== null && (field[2] !== undefined || /^\s*(?:\*\*|__)/u.test(text));
    const part = isField ? partNamed(field[1] ?? "") : null;
    if (part !== null) this.#part = part;
    // Another bold key, or a line drawn, ends what stood above it.
    else if (RULE.test(text) || /^\s*\*\*[^*]{1,40}(?::\*\*|\*\*\s*:)/u.test(text)) {
      this.#part = null;
      return;
    }
    const said = part === null ? text : (field?.[3] ?? "");
    if (this.#part === "files") for (const path of pathsIn(unlabelled(said))) step.files.add(path);
    else if (this.#part !== null && said.trim() !== "") step.said[this.#part].push(said.trim());
  }

  /** A line of a fenced block, its marks included; a comment or `<pre>` says nothing here. */
  #readCode(step: OpenStep, text: string): void {
    const mark = /^ {0,3}(`{3,}|~{3,})/u.exec(text)?.[1];
    if (this.#fence === null) {
      this.#fence = mark ?? "";
      return;
    }
    if (this.#fence === "") return;
    const closes = mark?.startsWith(this.#fence) === true && text.trim() === mark;
    if (closes) this.#fence = null;
    else if (this.#part !== null && this.#part !== "files") step.code[this.#part].push(text);
  }

  #close(): void {
    const step = this.#open;
    this.#open = null;
    this.#part = null;
    if (step === null) return;
    const { file, firstLine } = this.#place;
    this.#steps.push({
      title: step.title,
      minutes: step.minutes,
      files: [...step.files],
      red: textOf(step, "red"),
      green: textOf(step, "green"),
      verify: textOf(step, "verify"),
      place: {
        ...(file === undefined ? {} : { file }),
        line: firstLine + step.line - 1,
        column: step.column,
      },
    });
  }
}

function partNamed(word: string): Part | null {
  switch (word.trim().toLowerCase()) {
    case "file":
    case "files":
      return "files";
    case "red":
      return "red";
    case "green":
      return "green";
    case "verify":
    case "verification":
    case "verified by":
      return "verify";
    default:
      return null;
  }
}

/** Code where there is a block of it, else the words; without the backticks around a whole command. */
function textOf(step: OpenStep, part: Exclude<Part, "files">): string | null {
  const code = step.code[part].join("\n").trimEnd();
  const words = step.said[part].join("\n").trim();
  const whole = code === "" ? words.replace(/^`([^`]+)`$/u, "$1") : code;
  return whole === "" ? null : whole.slice(0, CODE_MAX);
}

/** `- Create: src/a.ts` without its first words. */
function unlabelled(words: string): string {
  return words.replace(
    /^\s*(?:[-*+]|\d+[.)])?\s*(?:\[[ xX]\]\s*)?(?:[*_]{0,2}(?:create|modify|edit|update|delete|remove|test|tests|add|rename|move|new)[*_]{0,2}\s*:\s*[*_]{0,2})?/iu,
    "",
  );
}

function minutesIn(words: string): number | null {
  const match = MINUTES.exec(words);
  if (match === null) return null;
  const amount = Number(match[1]) * (/^h/iu.test(match[2] ?? "") ? 60 : 1);
  return amount > 0 && amount <= MINUTES_MAX ? amount : null;
}
