import { blanked, type Range } from "./code-range.ts";
import { maskCode, type MaskedCode } from "./masked-code.ts";

/** A source file in two: its tests, and everything else; both without what only moved a line. */
export interface InlineTests {
  readonly tests: string;
  readonly rest: string;
}

/** Takes the test modules out of a source file of Rust, where they stand by custom. Null: it has none. */
export function inlineTests(path: string, text: string): InlineTests | null {
  const masked = path.endsWith(".rs") ? maskCode(path, text) : null;
  if (masked === null) return null;
  const modules = testModules(masked);
  if (modules.length === 0) return null;
  const tests = modules.map(({ from, to }) => text.slice(from, to)).join("\n");
  return { tests, rest: blanked(text, modules).trimEnd() };
}

function testModules({ code, closes }: MaskedCode): readonly Range[] {
  const found = code.matchAll(/#\[cfg\(test\)\]\s*(?:#\[[^\]]*\]\s*)*(?:pub\s+)?mod\s+\w+\s*\{/gu);
  return [...found].map(({ index, 0: head }) => {
    const open = index + head.length - 1;
    return { from: index, to: (closes.get(open) ?? code.length - 1) + 1 };
  });
}
