import { argumentsIn, literalIn, type Range } from "../../shared/written-tests/code-range.ts";
import type { MaskedCode } from "../../shared/written-tests/masked-code.ts";

/** A call, by where its name begins. */
export interface Call {
  readonly at: number;
  readonly name: string;
  readonly given: readonly Range[];
}

/** Calls of functions whose whole written name (`a.b.c`, `a::b`) fits a pattern. */
export function callsOf(masked: MaskedCode, name: RegExp): readonly Call[] {
  const found: Call[] = [];
  for (const { index, 0: head, 1: written = "" } of masked.code.matchAll(
    /(?<![\w$.:#@])([A-Za-z_$][\w$]*(?:(?:\s*\??\.\s*|::)[A-Za-z_$][\w$]*)*)\s*\(/gu,
  )) {
    const plain = written.replaceAll(/\s+|\?/gu, "");
    if (
      !name.test(plain) ||
      /(?<![\w$.])(?:function|def|func|fn)\s+$/u.test(
        masked.code.slice(Math.max(0, index - 12), index),
      )
    )
      continue;
    found.push({ at: index, name: plain, given: argumentsIn(masked, index + head.length - 1) });
  }
  return found;
}

/** Text of an argument that is a string; the first of a list of strings. */
export function textOfArgument(masked: MaskedCode, range: Range | undefined): string | null {
  if (range === undefined) return null;
  const literal = literalIn(masked, range);
  if (literal !== null) return literal;
  // A template begins with what is known of it.
  if (
    masked.code[range.from] === "`" ||
    /^[fF]["']/u.test(masked.code.slice(range.from, range.from + 2))
  ) {
    return masked.text.slice(range.from, range.to).replace(/^[fF]?["'`]/u, "");
  }
  return masked.code[range.from] === "["
    ? textOfArgument(masked, argumentsIn(masked, range.from)[0])
    : null;
}

/** A number that is written down, or a product of such; null: it is something else. */
export function numberOfArgument({ text }: MaskedCode, range: Range | undefined): number | null {
  if (range === undefined) return null;
  const factors = text
    .slice(range.from, range.to)
    .replaceAll("_", "")
    .split("*")
    .map((part) => part.trim());
  if (!factors.every((part) => /^\d+(?:\.\d+)?(?:e\d)?$/u.test(part))) return null;
  return factors.reduce((product, part) => product * Number(part), 1);
}
