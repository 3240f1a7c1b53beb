import { readFileSync } from "node:fs";
import { emitKeypressEvents } from "node:readline";
import { editLine, EMPTY_LINE, enterLine, type Key, type Line } from "../render/line-editor.ts";

/** What is done with the keys. */
export interface Hands {
  /** The line as it is after each key. */
  readonly show: (line: Line) => void;
  /** A whole line that is not empty. */
  readonly enter: (line: string) => void;
  /** An empty line, or Escape: whatever is shown besides the view has been read. */
  readonly clear: () => void;
  /** Ctrl-C, which a terminal without its own line editing does not make a signal of. */
  readonly interrupt: () => void;
  /** Ctrl-D on an empty line; absent: nothing. */
  readonly leave?: () => void;
}

export interface Keyboard {
  /** Gives the keyboard back. */
  close(): void;
}

/**
 * False where there is nothing to take: stdin is a file or a pipe, and stays unread, or the process works in the
 * background, where touching the terminal would stop it.
 */
export function hasKeyboard(input: { readonly isTTY?: boolean }): boolean {
  return input.isTTY === true && !isInBackground();
}

/** Takes the keyboard, because what a terminal echoes by itself tears a live view apart. */
export function openKeyboard(input: NodeJS.ReadStream, hands: Hands): Keyboard {
  let line = EMPTY_LINE;
  const take = (_letters: string | undefined, key: Key): void => {
    if (key.ctrl === true && key.name === "c") return hands.interrupt();
    if (key.ctrl === true && key.name === "z") return suspend(input);
    if (key.ctrl === true && key.name === "d" && line.text === "") return hands.leave?.();
    if (key.name === "return" || key.name === "enter") {
      const { text } = line;
      line = enterLine(line);
      hands.show(line);
      if (text.trim() === "") hands.clear();
      else hands.enter(text);
      return;
    }
    if (key.name === "escape") hands.clear();
    line = editLine(line, key);
    hands.show(line);
  };
  emitKeypressEvents(input);
  input.setRawMode(true);
  input.on("keypress", take);
  input.resume();
  hands.show(line);
  return {
    close: () => {
      input.off("keypress", take);
      input.setRawMode(false);
      input.pause();
    },
  };
}

/** As Ctrl-Z does anywhere; the view is drawn again by itself when the process goes on. */
function suspend(input: NodeJS.ReadStream): void {
  input.setRawMode(false);
  process.once("SIGCONT", () => input.setRawMode(true));
  process.kill(process.pid, "SIGTSTP");
}

/** Started with `&`: another process group has the terminal. Where the system does not say, it is taken as ours. */
function isInBackground(): boolean {
  try {
    // proc_pid_stat(5): the fields behind the name are state, ppid, pgrp, session, tty_nr, tpgid.
    const fields = readFileSync("/proc/self/stat", "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
    return fields[2] !== fields[5];
  } catch {
    return false;
  }
}
