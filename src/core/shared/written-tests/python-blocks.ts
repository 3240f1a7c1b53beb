import { trimmed, type Range } from "./code-range.ts";
import type { MaskedCode } from "./masked-code.ts";

/** One logical line of Python: what stands in brackets or strings belongs to it. */
export interface PythonLine extends Range {
  readonly indent: number;
  /** Its code, masked, without the indent. */
  readonly code: string;
}

/** The lines of a text that hold code. */
export function pythonLines(masked: MaskedCode): readonly PythonLine[] {
  const { code, closes } = masked;
  const lines: PythonLine[] = [];
  let from = 0;
  for (let at = 0; at <= code.length; at += 1) {
    const close = closes.get(at);
    if (close !== undefined) at = close;
    else if (at === code.length || (code[at] === "\n" && code[at - 1] !== "\\")) {
      const range = trimmed(masked, { from, to: at });
      if (range.to > range.from) {
        const indent = code.slice(from, range.from).replaceAll("\t", "        ").length;
        lines.push({ ...range, indent, code: code.slice(range.from, range.to) });
      }
      from = at + 1;
    }
  }
  return lines;
}

/** How many lines after one belong to its block. */
export function blockLength(lines: readonly PythonLine[], index: number): number {
  const indent = lines[index]?.indent ?? 0;
  let end = index + 1;
  while (end < lines.length && (lines[end]?.indent ?? 0) > indent) end += 1;
  return end - index - 1;
}
