import { styleText } from "node:util";
import { isoEvent } from "../../api/event-json.ts";
import { statusJson, type EngineHolder, type TaskJson } from "../../api/status-json.ts";
import { createChangeTeller } from "../../api/tell-changes.ts";
import type { StoredEvent } from "../../core/run/events.ts";
import type { Run } from "../../core/run/run.ts";
import { EMPTY_LINE, renderLine, type Line } from "./line-editor.ts";
import { changeLine } from "./lines.ts";
import { cutMark, type Look } from "./look.ts";
import { displayWidth, harmless, wrap } from "./text-width.ts";
import { clockOf, clockTime, type ProgressMode } from "./terminal.ts";
import { renderTree } from "./tree.ts";

/** Shows a run while it goes on. All methods are synchronous and never throw for what the run does. */
export interface Progress {
  /** What a reader of the whole log knows already; shows nothing. */
  prime(events: readonly StoredEvent[]): void;
  /** New events, after which the run is as given. */
  take(run: Run, events: readonly StoredEvent[]): void;
  /** Words beside the run, as after Ctrl-C or an answer to what was typed; the next ones replace them, none clear them. */
  say(words: string): void;
  /** The line that a person types, wherever the view has a place for it. */
  typed(line: Line): void;
  /** The last picture stays; nothing is drawn afterwards. */
  end(run: Run): void;
}

export interface ProgressParts {
  readonly mode: ProgressMode;
  readonly run: Run;
  readonly out: NodeJS.WriteStream;
  readonly err: NodeJS.WriteStream;
  readonly look: Look;
  readonly now: () => number;
  readonly engine: () => EngineHolder | null;
  readonly lastWords: (task: TaskJson) => string | null;
  /** True under GitHub Actions. */
  readonly annotate: boolean;
  /** A person may type into the tree; shown where they have typed nothing yet. Absent: nobody can. */
  readonly typing?: { readonly hint: (run: Run) => string };
}

// Four pictures a second are enough to look alive; more only flicker and burn the machine the agents need.
const REDRAW_MS = 250;
// Ages count in seconds.
const TICK_MS = 1_000;
// One sentence of a note, however narrow the terminal is.
const NOTE_LINES_MAX = 6;

type LogUpdate = ReturnType<(typeof import("log-update"))["createLogUpdate"]>;

/** Opens the view for a mode; the live tree loads its terminal code only when it is wanted. */
export async function openProgress(parts: ProgressParts): Promise<Progress> {
  switch (parts.mode) {
    case "tty":
      return openTree(parts);
    case "plain":
      return openLines(parts);
    case "json":
      return openEvents(parts);
    case "quiet":
      return {
        prime: nothing,
        take: nothing,
        end: nothing,
        typed: nothing,
        say: (words) => parts.err.write(`${words}\n`),
      };
  }
}

function nothing(): void {
  // Quiet: the exit code says how it ended.
}

function openLines(parts: ProgressParts): Progress {
  const teller = createChangeTeller(parts.run.id);
  const look = { ascii: parts.look.ascii, clock: clockTime, annotate: parts.annotate };
  return {
    prime: (events) => {
      for (const event of events) teller.take(event);
    },
    take: (_run, events) => {
      for (const event of events) {
        for (const change of teller.take(event)) parts.out.write(`${changeLine(change, look)}\n`);
      }
    },
    say: (words) => parts.err.write(`${words}\n`),
    typed: nothing,
    end: nothing,
  };
}

function openEvents(parts: ProgressParts): Progress {
  return {
    prime: nothing,
    take: (_run, events) => {
      for (const event of events) parts.out.write(`${JSON.stringify(isoEvent(event))}\n`);
    },
    say: (words) => parts.err.write(`${words}\n`),
    typed: nothing,
    end: nothing,
  };
}

async function openTree(parts: ProgressParts): Promise<Progress> {
  const { createLogUpdate } = await import("log-update");
  const tree = new LiveTree(parts, createLogUpdate(parts.out));
  return {
    prime: nothing,
    take: (run) => tree.take(run),
    say: (words) => tree.say(words),
    typed: (line) => tree.typed(line),
    end: (run) => tree.end(run),
  };
}

/** What is drawn over and over, with two lines that a person has to do with below it: their own, and its answer. */
class LiveTree {
  readonly #parts: ProgressParts;
  readonly #screen: LogUpdate;
  readonly #ticking: NodeJS.Timeout;
  #run: Run;
  #note: readonly string[] = [];
  #line: Line = EMPTY_LINE;
  #drawnAt = 0;
  #isOver = false;
  #pending: NodeJS.Timeout | null = null;
  /** The last picture, and how high it might be. */
  #picture: { readonly height: number | undefined; readonly lines: readonly string[] } | null =
    null;

  constructor(parts: ProgressParts, screen: LogUpdate) {
    this.#parts = parts;
    this.#screen = screen;
    this.#run = parts.run;
    this.#ticking = setInterval(() => this.#drawSoon(), TICK_MS);
    // A screen keeps no process alive.
    this.#ticking.unref();
    this.#drawSoon();
  }

  take(run: Run): void {
    this.#run = run;
    this.#drawSoon();
  }

  say(words: string): void {
    this.#note = words === "" ? [] : words.split("\n").map(harmless);
    this.#drawWords();
  }

  typed(line: Line): void {
    this.#line = line;
    this.#drawWords();
  }

  end(run: Run): void {
    this.#run = run;
    this.#isOver = true;
    clearInterval(this.#ticking);
    if (this.#pending !== null) clearTimeout(this.#pending);
    // The whole tree, however tall: it is what remains in the scrollback.
    this.#screen.clear();
    this.#parts.out.write(`${pictureOf(this.#parts, run, { isLast: true }).join("\n")}\n`);
    this.#screen.done();
  }

  #drawSoon(): void {
    if (this.#pending !== null || this.#isOver) return;
    const wait = Math.max(0, this.#drawnAt + REDRAW_MS - this.#parts.now());
    this.#pending = setTimeout(() => {
      this.#pending = null;
      this.#draw();
    }, wait);
  }

  #draw(): void {
    this.#drawnAt = this.#parts.now();
    const below = this.#below();
    const height = rowsFor(this.#parts, below.length);
    const lines = pictureOf(this.#parts, this.#run, { height });
    this.#picture = { height, lines };
    this.#screen([...lines, ...below].join("\n"));
  }

  /** A key is seen at once; the tree above stays as it was, unless it has less room now. */
  #drawWords(): void {
    // The answer to a word that ended the run comes behind its end.
    if (this.#isOver) return;
    const below = this.#below();
    const picture = this.#picture;
    if (picture === null || picture.height !== rowsFor(this.#parts, below.length))
      return this.#drawnAt === 0 ? this.#drawSoon() : this.#draw();
    this.#screen([...picture.lines, ...below].join("\n"));
  }

  #below(): readonly string[] {
    const { typing, look } = this.#parts;
    const width = widthOf(this.#parts);
    const words = this.#note.flatMap((line) =>
      displayWidth(line) <= width ? [line] : wrap(line, width, NOTE_LINES_MAX, cutMark(look)),
    );
    const note = words.length === 0 ? [] : ["", ...words];
    if (typing === undefined) return note;
    const hint = typing.hint(this.#run);
    return [...note, "", renderLine(this.#line, { width, mark: cursorOn, hint })];
  }
}

/** No colour: a cursor is told from the letters around it also where colours are not wanted. */
function cursorOn(letter: string): string {
  return styleText("inverse", letter, { validateStream: false });
}

/** One row is left for the cursor. */
function rowsFor(parts: ProgressParts, below: number): number | undefined {
  const { rows } = parts.out;
  return rows === undefined || rows === 0 ? undefined : Math.max(4, rows - 1 - below);
}

function widthOf(parts: ProgressParts): number {
  return parts.out.columns || parts.look.width;
}

function pictureOf(
  parts: ProgressParts,
  run: Run,
  how: { readonly height?: number | undefined; readonly isLast?: boolean },
): readonly string[] {
  const now = parts.now();
  return renderTree(statusJson(run, now, parts.engine()), {
    ...parts.look,
    width: widthOf(parts),
    now,
    clock: clockOf(now),
    lastWords: parts.lastWords,
    typing: parts.typing !== undefined && how.isLast !== true,
    ...(how.height === undefined ? {} : { height: how.height }),
  });
}
