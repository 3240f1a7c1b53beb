import { isoEvent } from "../../api/event-json.ts";
import { statusJson, type EngineHolder, type TaskJson } from "../../api/status-json.ts";
import { createChangeTeller } from "../../api/tell-changes.ts";
import type { StoredEvent } from "../../core/run/events.ts";
import type { Run } from "../../core/run/run.ts";
import { changeLine } from "./lines.ts";
import type { Look } from "./look.ts";
import { clockOf, clockTime, type ProgressMode } from "./terminal.ts";
import { renderTree } from "./tree.ts";

/** Shows a run while it goes on. All methods are synchronous and never throw for what the run does. */
export interface Progress {
  /** What a reader of the whole log knows already; shows nothing. */
  prime(events: readonly StoredEvent[]): void;
  /** New events, after which the run is as given. */
  take(run: Run, events: readonly StoredEvent[]): void;
  /** A sentence beside the run, as after Ctrl-C. */
  say(words: string): void;
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
}

// Four pictures a second are enough to look alive; more only flicker and burn the machine the agents need.
const REDRAW_MS = 250;
// Ages count in seconds.
const TICK_MS = 1_000;

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
    end: nothing,
  };
}

async function openTree(parts: ProgressParts): Promise<Progress> {
  const { createLogUpdate } = await import("log-update");
  const screen = createLogUpdate(parts.out);
  let run = parts.run;
  let note = "";
  let drawnAt = 0;
  let pending: NodeJS.Timeout | null = null;
  const draw = (height: number | undefined): void => {
    drawnAt = parts.now();
    const lines = pictureOf(parts, run, height);
    screen([...lines, ...(note === "" ? [] : ["", note])].join("\n"));
  };
  const drawSoon = (): void => {
    if (pending !== null) return;
    const wait = Math.max(0, drawnAt + REDRAW_MS - parts.now());
    pending = setTimeout(() => {
      pending = null;
      draw(rowsFor(parts, note));
    }, wait);
  };
  const ticking = setInterval(drawSoon, TICK_MS);
  // A screen keeps no process alive.
  ticking.unref();
  drawSoon();
  return {
    prime: nothing,
    take: (now) => {
      run = now;
      drawSoon();
    },
    say: (words) => {
      note = words;
      drawSoon();
    },
    end: (last) => {
      run = last;
      note = "";
      clearInterval(ticking);
      if (pending !== null) clearTimeout(pending);
      // The whole tree, however tall: it is what remains in the scrollback.
      screen.clear();
      parts.out.write(`${pictureOf(parts, run).join("\n")}\n`);
      screen.done();
    },
  };
}

/** One row is left for the cursor, and two for the note. */
function rowsFor(parts: ProgressParts, note: string): number | undefined {
  const { rows } = parts.out;
  return rows === undefined || rows === 0
    ? undefined
    : Math.max(4, rows - 1 - (note === "" ? 0 : 2));
}

function pictureOf(parts: ProgressParts, run: Run, height?: number): readonly string[] {
  const now = parts.now();
  const width = parts.out.columns || parts.look.width;
  return renderTree(statusJson(run, now, parts.engine()), {
    ...parts.look,
    width,
    now,
    clock: clockOf(now),
    lastWords: parts.lastWords,
    ...(height === undefined ? {} : { height }),
  });
}
