/** A line as it is being typed. */
export interface Line {
  readonly text: string;
  /** Place of the cursor among the letters, from 0. */
  readonly cursor: number;
  /** Lines entered before, oldest first. */
  readonly entered: readonly string[];
  /** Which of them is shown; equal to their number while a new one is typed. */
  readonly shown: number;
}

/** A key as `node:readline` tells it. */
export interface Key {
  readonly name?: string | undefined;
  readonly sequence?: string | undefined;
  readonly ctrl?: boolean | undefined;
  readonly meta?: boolean | undefined;
}

/** Nobody says more to a run at once; a file pasted by mistake must not fill the memory. */
const LETTERS_MAX = 500;
const ENTERED_MAX = 100;

export const EMPTY_LINE: Line = { text: "", cursor: 0, entered: [], shown: 0 };

/** The line after a key that edits it. Keys that mean nothing here leave it as it is. */
export function editLine(line: Line, key: Key): Line {
  const letters = Array.from(line.text);
  const before = letters.slice(0, line.cursor);
  const after = letters.slice(line.cursor);
  switch (movement(key)) {
    case "left":
      return { ...line, cursor: Math.max(0, line.cursor - 1) };
    case "right":
      return { ...line, cursor: Math.min(letters.length, line.cursor + 1) };
    case "home":
      return { ...line, cursor: 0 };
    case "end":
      return { ...line, cursor: letters.length };
    case "up":
      return recall(line, line.shown - 1);
    case "down":
      return recall(line, line.shown + 1);
    case "backspace":
      return rewritten(line, before.slice(0, -1), after);
    case "delete":
      return rewritten(line, before, after.slice(1));
    case "word":
      return rewritten(line, Array.from(before.join("").replace(/\S*\s*$/u, "")), after);
    case "to-start":
      return rewritten(line, [], after);
    case "to-end":
      return rewritten(line, before, []);
    case "type": {
      const typed = Array.from(key.sequence ?? "");
      return letters.length + typed.length > LETTERS_MAX
        ? line
        : rewritten(line, [...before, ...typed], after);
    }
    default:
      return line;
  }
}

/** Takes the line out: an empty one follows, and this one can be had again with the up key. */
export function enterLine(line: Line): Line {
  const isNew = line.text.trim() !== "" && line.entered.at(-1) !== line.text;
  const entered = isNew ? [...line.entered, line.text].slice(-ENTERED_MAX) : line.entered;
  return { text: "", cursor: 0, entered, shown: entered.length };
}

const BY_CTRL: Readonly<Record<string, string>> = {
  a: "home",
  b: "left",
  d: "delete",
  e: "end",
  f: "right",
  h: "backspace",
  k: "to-end",
  n: "down",
  p: "up",
  u: "to-start",
  w: "word",
};
const BY_NAME: ReadonlySet<string> = new Set([
  "left",
  "right",
  "home",
  "end",
  "up",
  "down",
  "backspace",
  "delete",
]);

function movement(key: Key): string | null {
  const { name = "", sequence = "" } = key;
  if (key.ctrl === true) return Object.hasOwn(BY_CTRL, name) ? (BY_CTRL[name] ?? null) : null;
  if (key.meta === true) return name === "backspace" ? "word" : null;
  if (BY_NAME.has(name)) return name;
  return /^\P{C}+$/u.test(sequence) ? "type" : null;
}

function rewritten(line: Line, before: readonly string[], after: readonly string[]): Line {
  return { ...line, text: [...before, ...after].join(""), cursor: before.length };
}

/** What was being typed is lost: it was never entered, and one line is quickly typed again. */
function recall(line: Line, shown: number): Line {
  if (shown < 0 || shown > line.entered.length) return line;
  const text = line.entered[shown] ?? "";
  return { ...line, text, cursor: Array.from(text).length, shown };
}

/** How a line is drawn: the cursor is a letter of its own, since the terminal's is hidden while a view is redrawn. */
export interface LineLook {
  readonly width: number;
  /** Marks the letter under the cursor. */
  readonly mark: (letter: string) => string;
  /** Shown where nothing is typed. */
  readonly hint: string;
}

/** The line behind its sign, never wider than the look allows: a long one is shown around the cursor. */
export function renderLine(line: Line, look: LineLook): string {
  const letters = Array.from(line.text);
  const room = Math.max(4, look.width - SIGN.length - 1);
  if (letters.length === 0)
    return `${SIGN}${look.mark(" ")}${Array.from(look.hint)
      .slice(0, room - 1)
      .join("")}`;
  const from = Math.max(0, line.cursor - room + 1);
  const before = letters.slice(from, line.cursor).join("");
  const under = look.mark(letters[line.cursor] ?? " ");
  const after = letters.slice(line.cursor + 1, from + room).join("");
  return `${SIGN}${before}${under}${after}`;
}

const SIGN = "> ";
