import { normalised } from "./code-range.ts";
import type { Body } from "./found-tests.ts";
import type { Language } from "./masked-code.ts";

/** A longer value is left under its name: assertions are shown to people. */
const VALUE_MAX = 200;

/** Where a name gets its only value: the name, then the value behind the match. */
const DEFINITIONS: Readonly<Record<Language, RegExp>> = {
  javascript: /(?<![\w$.])const\s+([A-Za-z_$][\w$]*)\s*(?::[^=;\n]{1,100})?=(?!=|>)/gu,
  python: /^[ \t]*([A-Za-z_]\w*)\s*(?::[^=\n]{1,100})?=(?!=)/gmu,
  go: /^[ \t]*([A-Za-z_]\w*)\s*:=/gmu,
  rust: /(?<!\w)let\s+([a-z_]\w*)\s*(?::[^=;\n]{1,100})?=(?!=)/gu,
};

/** What can never change under its name. */
const FIXED = /^(?:true|false|True|False|null|None|nil|-?\d[\w.]*|"[^"\n]*")$/u;

/**
 * What the names of a body stand for, where each has one value: a constant, or the result of a call. `sum` in
 * `const sum = add(1, 2)` is the same as `add(1, 2)`, whatever it is called, and not the same as `3`.
 */
export function localValues({ masked, code, base }: Body): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  const seen = new Set<string>();
  for (const { index, 0: head, 1: name = "" } of code.matchAll(DEFINITIONS[masked.language])) {
    if (seen.has(name) || isChanged(code, name, index + head.length)) values.delete(name);
    else {
      const from = base + index + head.length;
      const value = inlined(
        normalised(masked, { from, to: valueEnd({ masked, code, base }, from) }),
        values,
      );
      if (isTaken(value)) values.set(name, value);
    }
    seen.add(name);
  }
  return values;
}

function isTaken(value: string): boolean {
  if (value.length > VALUE_MAX) return false;
  // What can be changed in place (a list, an object, a function's own state) is not its first value.
  return (
    FIXED.test(value) ||
    (/^(?:await )?(?:new )?[\w$.:]+\(/u.test(value) && !/=>|\bfunction\b/u.test(value))
  );
}

function isChanged(code: string, name: string, from: number): boolean {
  const escaped = name.replaceAll("$", String.raw`\$`);
  return new RegExp(`(?<![\\w$.])${escaped}\\s*(?:[-+*/|&^%]?=(?![=>])|\\+\\+|--)`, "u").test(
    code.slice(from),
  );
}

function valueEnd({ masked, code, base }: Body, from: number): number {
  const end = base + code.length;
  for (let at = from; at < end; at += 1) {
    const close = masked.closes.get(at);
    const char = code[at - base];
    if (close !== undefined) at = close;
    else if (char === ";") return at;
    else if (char === "\n") {
      // A chain goes on below.
      const next = code.slice(at - base).trimStart();
      if (code.slice(from - base, at - base).trim() !== "" && !/^[.?]/u.test(next)) return at;
    }
  }
  return end;
}

/** A normalised text with the names of a body replaced by what they stand for; strings, members and keys are left. */
export function inlined(text: string, values: ReadonlyMap<string, string>): string {
  if (values.size === 0) return text;
  return text.replaceAll(
    /"(?:[^"\\]|\\.)*"|(?<![\w$.])[A-Za-z_$][\w$]*(?![\w$]|:(?!:)|\()/gu,
    (word) => values.get(word) ?? word,
  );
}
