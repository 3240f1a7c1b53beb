import { styleText } from "node:util";
import type { TaskStatus } from "../../core/run/run.ts";

export type Style = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";

/** How a text is drawn: everything a renderer would otherwise have to ask its surroundings for. */
export interface Look {
  /** Columns of the terminal. */
  readonly width: number;
  readonly colour: boolean;
  /** No characters beyond ASCII. */
  readonly ascii: boolean;
}

/** Colours only repeat what the words say; without colour the text is the same. */
export function paint(look: Look, style: Style, text: string): string {
  // The caller has decided; the stream this process happens to write to has no say.
  return look.colour ? styleText(style, text, { validateStream: false }) : text;
}

const SYMBOLS: Readonly<Record<TaskStatus, readonly [unicode: string, ascii: string]>> = {
  blocked: ["·", "."],
  ready: ["○", "o"],
  running: ["▸", ">"],
  reviewing: ["▸", ">"],
  fixing: ["▸", ">"],
  queued: ["▹", "~"],
  merging: ["▸", ">"],
  merged: ["✓", "+"],
  failed: ["✗", "x"],
  cancelled: ["✗", "x"],
  skipped: ["-", "-"],
  escalated: ["!", "!"],
};

const STYLES: Readonly<Record<TaskStatus, Style>> = {
  blocked: "dim",
  ready: "dim",
  running: "cyan",
  reviewing: "cyan",
  fixing: "cyan",
  queued: "cyan",
  merging: "cyan",
  merged: "green",
  failed: "red",
  cancelled: "red",
  skipped: "dim",
  escalated: "yellow",
};

export function symbolOf(look: Look, status: TaskStatus): string {
  return SYMBOLS[status][look.ascii ? 1 : 0];
}

export function styleOf(status: TaskStatus): Style {
  return STYLES[status];
}

/** Mark for words that were cut off. */
export function cutMark(look: Look): string {
  return look.ascii ? "..." : "…";
}

/** Put between figures in one line. */
export function separator(look: Look): string {
  return look.ascii ? " | " : " · ";
}

/** The words with everything replaced that an ASCII terminal cannot draw. */
export function drawable(look: Look, text: string): string {
  if (!look.ascii) return text;
  return text
    .replaceAll("…", "...")
    .replaceAll(/[–—]/g, "-")
    .replaceAll(/[^\u0020-\u007E]/gu, "?");
}
