import { argumentsIn, normalised, partsOf, trimmed, type Range } from "./code-range.ts";
import type { Body, BodyFacts } from "./found-tests.ts";
import type { MaskedCode } from "./masked-code.ts";
import { blockLength, pythonLines, type PythonLine } from "./python-blocks.ts";

/** What the bodies of one file are read with. */
interface File {
  readonly masked: MaskedCode;
  readonly lines: readonly PythonLine[];
  /** Other names of assertions: `eq = self.assertEqual`. */
  readonly aliases: ReadonlySet<string>;
}

/** Reads what the bodies of a file's tests in Python assert. */
export function pythonBodies(masked: MaskedCode): (body: Body) => BodyFacts {
  const found = masked.code.matchAll(/(?<![\w.])(\w+)\s*=\s*self\s*\.\s*assert\w+\s*$/gmu);
  const aliases = new Set([...found].map(([, name = ""]) => name));
  const file = { masked, lines: pythonLines(masked), aliases };
  return (body) => readBody(body, file);
}

function readBody(body: Body, file: File): BodyFacts {
  const { masked } = file;
  const lines = linesOf(body, file.lines);
  const unreached = unreachedLines(lines);
  const level = levelOf(lines);
  const asserted = lines.map((line) => assertionsIn(file, line));
  const lastAt = asserted.findLastIndex((found) => found.length > 0);
  const expectations: string[] = [];
  const exits: string[] = [];
  for (const [index, line] of lines.entries()) {
    if (unreached.has(index)) continue;
    const found = asserted[index] ?? [];
    const when = found.length === 0 ? "" : conditionOver(masked, lines, index);
    for (const range of found) expectations.push(`${when}${normalised(masked, range)}`);
    if (line.indent === level && index < lastAt && leavesIf(lines, index)) {
      exits.push(normalised(masked, conditionOf(masked, line)));
    }
  }
  return { expectations, exits, cases: loopCases(masked, lines), isSkipped: lines.some(isSkip) };
}

function levelOf(lines: readonly PythonLine[]): number {
  return lines.reduce((least, { indent }) => Math.min(least, indent), Number.MAX_SAFE_INTEGER);
}

/** `if x: return`, on one line or two. */
function leavesIf(lines: readonly PythonLine[], index: number): boolean {
  const line = /^if\b.*:\s*(return\b.*)?$/su.exec(lines[index]?.code ?? "");
  if (line === null) return false;
  const next = lines[index + 1]?.code ?? "";
  return line[1] !== undefined || (/^return\b/u.test(next) && blockLength(lines, index) > 0);
}

function isSkip({ code }: PythonLine): boolean {
  return /(?<![\w.])(?:pytest\s*\.\s*(?:skip|xfail|importorskip)|self\s*\.\s*skipTest|raise\s+(?:\w+\.)?SkipTest)\b/u.test(
    code,
  );
}

/** The lines of a body; of `def test_x(): assert x` what stands after the colon. */
function linesOf({ masked, code, base }: Body, all: readonly PythonLine[]): readonly PythonLine[] {
  const end = base + code.length;
  const lines: PythonLine[] = [];
  for (let at = firstBeyond(all, base); at < all.length; at += 1) {
    const line = all[at];
    if (line === undefined || line.from >= end) break;
    const range = trimmed(masked, { from: Math.max(line.from, base), to: Math.min(line.to, end) });
    const text = code.slice(range.from - base, range.to - base);
    if (text.trim() !== "") lines.push({ ...range, indent: line.indent, code: text });
  }
  return lines;
}

/** Index of the first line that ends after a place. */
function firstBeyond(lines: readonly PythonLine[], place: number): number {
  let [low, high] = [0, lines.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((lines[middle]?.to ?? 0) <= place) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Lines after an unconditional `return`, under a condition that never holds, or whose failure is caught unseen. */
function unreachedLines(lines: readonly PythonLine[]): ReadonlySet<number> {
  const dead = new Set<number>();
  const level = levelOf(lines);
  for (const [index, { indent, code }] of lines.entries()) {
    const length = blockLength(lines, index);
    const block = () => {
      for (let at = index; at <= index + length; at += 1) dead.add(at);
    };
    if (/^(?:return\b|raise\s+StopIteration)/u.test(code) && indent === level) {
      for (let at = index + 1; at < lines.length; at += 1) dead.add(at);
    }
    if (/^(?:if|while)\s+(?:False|0|None|not\s+True)\s*:/u.test(code)) block();
    if (/^with\b.*\bsuppress\s*\([^)]*\b(?:AssertionError|Exception|BaseException)\b/u.test(code))
      block();
    if (/^try\s*:/u.test(code) && swallows(lines, index + length + 1, indent)) block();
  }
  return dead;
}

/** Whether a handler after a `try` takes failures of assertions and lets nobody see them. */
function swallows(lines: readonly PythonLine[], from: number, indent: number): boolean {
  for (let at = from; lines[at]?.indent === indent; at += blockLength(lines, at) + 1) {
    const code = lines[at]?.code ?? "";
    if (!/^(?:except|else|finally)\b/u.test(code)) return false;
    if (!/^except\s*(?::|\(?[^:]*\b(?:AssertionError|Exception|BaseException)\b)/u.test(code))
      continue;
    const handler = lines.slice(at, at + blockLength(lines, at) + 1).map((line) => line.code);
    if (!/\b(?:raise|assert\w*|fail)\b/u.test(handler.join("\n"))) return true;
  }
  return false;
}

function conditionOver(masked: MaskedCode, lines: readonly PythonLine[], index: number): string {
  let indent = lines[index]?.indent ?? 0;
  for (let at = index - 1; at >= 0; at -= 1) {
    const line = lines[at];
    if (line === undefined || line.indent >= indent) continue;
    indent = line.indent;
    if (/^(?:if|elif|else)\b/u.test(line.code))
      return `when(${normalised(masked, conditionOf(masked, line))}) `;
  }
  return "";
}

function conditionOf(masked: MaskedCode, { from, code }: PythonLine): Range {
  const word = /^\w+/u.exec(code)?.[0].length ?? 0;
  const [head] = partsOf(masked, { from: from + word, to: from + code.length }, ":");
  return head ?? { from, to: from + word };
}

const CALLS =
  /(?<![\w.])(?:self|cls)\s*\.\s*(?:assert\w+|fail)\s*\(|(?<![\w.])pytest\s*\.\s*(?:raises|warns|fail|deprecated_call)\s*\(|(?<![\w.])(?:[\w]+(?:\([^()]{0,100}\))?\s*\.\s*){1,6}assert_\w+\s*\(|(?<![\w.])(?:raises|_*(?:expect|check|verify|ensure)_\w+|\w*assert_\w+|assert[A-Z]\w*)\s*\(/gu;

function assertionsIn({ masked, aliases }: File, line: PythonLine): readonly Range[] {
  const found: Range[] = [];
  for (const part of partsOf(masked, line, ";")) {
    const text = masked.code.slice(part.from, part.to);
    if (/^(?:async\s+)?(?:def|class)\b|^(?:import|from)\b|^@/u.test(text)) continue;
    const plain = /^(?:[^"'()]{0,200}:\s*)?assert\b/u.exec(text);
    if (plain !== null) {
      // After the comma stands what is said about it, not what is expected.
      const from = part.from + plain[0].length - "assert".length;
      const [first] = partsOf(masked, { from, to: part.to }, ",");
      found.push(first ?? part);
      continue;
    }
    const named = [...text.matchAll(/(?<![\w.])(\w+)\s*\(/gu)].filter(([, name = ""]) =>
      aliases.has(name),
    );
    for (const { index, 0: head } of [...text.matchAll(CALLS), ...named]) {
      const open = part.from + index + head.length - 1;
      found.push(
        trimmed(masked, { from: part.from + index, to: (masked.closes.get(open) ?? open) + 1 }),
      );
    }
  }
  return found;
}

function loopCases(masked: MaskedCode, lines: readonly PythonLine[]): readonly string[] {
  return lines.flatMap(({ from, code }) => {
    const head = /^for\s[^:[\]]{1,200}?\sin\s*[[(]/u.exec(code);
    if (head === null) return [];
    return argumentsIn(masked, from + head[0].length - 1).map((row) => normalised(masked, row));
  });
}
