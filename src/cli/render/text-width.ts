import { stripVTControlCharacters } from "node:util";

// Columns a terminal gives to a text. Titles come from people: they may be Japanese, and they may hold escape codes.

// East Asian wide and emoji blocks; ambiguous characters count as narrow, as terminals draw them.
const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xa000, 0xa4cf],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f300, 0x1f64f],
  [0x1f680, 0x1f6ff],
  [0x1f900, 0x1faff],
  [0x20000, 0x3fffd],
];

/** Columns the text takes; it must be free of control characters (`oneLine`). */
export function displayWidth(text: string): number {
  let width = 0;
  for (const char of text) width += charWidth(char);
  return width;
}

function charWidth(char: string): number {
  const code = char.codePointAt(0) ?? 0;
  if (code < 0x300) return 1;
  if (/^[\p{Mn}\p{Me}\p{Cf}]$/u.test(char)) return 0;
  return WIDE.some(([from, to]) => code >= from && code <= to) ? 2 : 1;
}

/** The text in one line, without anything a terminal would obey: escape codes, controls, direction marks. */
export function oneLine(text: string): string {
  return harmless(stripVTControlCharacters(text).replaceAll(/\s+/g, " ")).trim();
}

/** The same for a line whose spaces stand in columns. */
export function harmless(line: string): string {
  return stripVTControlCharacters(line).replaceAll(
    /[\p{Cc}\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu,
    "",
  );
}

/** The text cut to `width` columns, the cut shown by `mark`. */
export function fit(text: string, width: number, mark = "…"): string {
  if (displayWidth(text) <= width) return text;
  const room = width - displayWidth(mark);
  if (room <= 0) return mark.slice(0, Math.max(0, width));
  let kept = "";
  let used = 0;
  for (const char of text) {
    used += charWidth(char);
    if (used > room) break;
    kept += char;
  }
  return `${kept.trimEnd()}${mark}`;
}

/** Fills up with spaces on the right. */
export function padEnd(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - displayWidth(text)));
}

/** Fills up with spaces on the left. */
export function padStart(text: string, width: number): string {
  return " ".repeat(Math.max(0, width - displayWidth(text))) + text;
}

/** Breaks at spaces into at most `linesMax` lines of `width` columns; what is left over is cut. */
export function wrap(text: string, width: number, linesMax: number, mark = "…"): readonly string[] {
  const lines: string[] = [];
  let rest = oneLine(text);
  while (rest !== "" && lines.length < linesMax - 1 && displayWidth(rest) > width) {
    const words = rest.split(" ");
    let line = words.shift() ?? "";
    while (words.length > 0 && displayWidth(`${line} ${words[0] ?? ""}`) <= width) {
      line = `${line} ${words.shift() ?? ""}`;
    }
    lines.push(fit(line, width, mark));
    rest = words.join(" ");
  }
  return rest === "" ? lines : [...lines, fit(rest, width, mark)];
}
