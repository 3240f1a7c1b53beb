import type { CommandName } from "../../core/run/commands.ts";
import type { Word } from "./say.ts";

/** Words that a person may type while they watch, and whether they need the key of a task. */
const WORDS: Readonly<Partial<Record<CommandName, "task" | "run">>> = {
  pause: "run",
  abort: "run",
  approve: "task",
  answer: "task",
  skip: "task",
  retry: "task",
  cancel: "task",
};

/** A typed line as a command: `skip 4.2 done by hand`; or the sentence that says what would be one. */
export function readTyped(line: string): Word | string {
  const [name = "", task, ...rest] = line.trim().split(/\s+/);
  const kind = isWord(name) ? WORDS[name] : undefined;
  if (!isWord(name) || kind === undefined) {
    return `Words here: ${Object.keys(WORDS).join(", ")}. To kill everything at once: cairn panic`;
  }
  if (kind === "run") return { name };
  if (task === undefined) return `${name} needs the key of a task: ${name} 4.2`;
  const text = rest.join(" ");
  if (name === "answer" && text === "") return `answer needs the answer: answer ${task} WORDS`;
  return text === "" ? { name, task } : { name, task, text };
}

function isWord(name: string): name is CommandName {
  return Object.hasOwn(WORDS, name);
}

export interface Typing {
  /** Gives the keyboard back. */
  close(): void;
}

const CTRL_C = "\u0003";
const CTRL_D = "\u0004";
const CTRL_U = "\u0015";
const BACKSPACES: ReadonlySet<string> = new Set(["\u007F", "\b"]);
const LINE_MAX = 500;

/**
 * Takes the keyboard, because what a terminal would echo by itself tears the live tree apart. `show` gets the line so
 * far, `enter` a whole one; Ctrl-C and Ctrl-D leave.
 */
export function openTyping(
  keyboard: NodeJS.ReadStream,
  hands: {
    readonly show: (line: string) => void;
    readonly enter: (line: string) => void;
    readonly leave: () => void;
  },
): Typing {
  let line = "";
  const take = (key: string): void => {
    if (key === CTRL_C || key === CTRL_D) return hands.leave();
    if (key === "\r" || key === "\n") {
      const whole = line;
      line = "";
      if (whole.trim() !== "") hands.enter(whole);
      return;
    }
    if (BACKSPACES.has(key)) line = line.slice(0, -1);
    else if (key === CTRL_U) line = "";
    else if (/^\P{Cc}$/u.test(key)) line = `${line}${key}`.slice(0, LINE_MAX);
    hands.show(line === "" ? "" : `> ${line}`);
  };
  const takeAll = (chunk: string): void => {
    // Arrow keys and their like come as one escape sequence; there is no cursor to move.
    if (chunk.startsWith("\u001B")) return;
    for (const key of chunk) take(key);
  };
  keyboard.setRawMode(true);
  keyboard.setEncoding("utf8");
  keyboard.on("data", takeAll);
  keyboard.resume();
  return {
    close: () => {
      keyboard.off("data", takeAll);
      keyboard.setRawMode(false);
      keyboard.pause();
    },
  };
}
