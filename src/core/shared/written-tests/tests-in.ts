import { blanked } from "./code-range.ts";
import type { Body, BodyFacts, FoundTest } from "./found-tests.ts";
import { writtenTests } from "./found-tests.ts";
import { goBodies, goTests } from "./go-tests.ts";
import { javascriptBody } from "./javascript-expectations.ts";
import { javascriptTests } from "./javascript-tests.ts";
import { maskCode, type Language, type MaskedCode } from "./masked-code.ts";
import { pythonBodies } from "./python-bodies.ts";
import { pythonTests } from "./python-tests.ts";
import { rustBody, rustTests } from "./rust-tests.ts";
import type { WrittenTest, WrittenTests } from "./written-test.ts";

interface Reader {
  readonly find: (masked: MaskedCode) => readonly FoundTest[];
  /** Looks at the whole file once, then at each body. */
  readonly reads: (masked: MaskedCode) => (body: Body) => BodyFacts;
}

const READERS: Readonly<Record<Language, Reader>> = {
  javascript: { find: javascriptTests, reads: () => javascriptBody },
  python: { find: pythonTests, reads: pythonBodies },
  go: { find: goTests, reads: goBodies },
  rust: { find: rustTests, reads: () => rustBody },
};

/**
 * The tests a file's text holds, in their order, read without running or compiling it; null: no language that is known
 * here (by the path's ending). Text that does not compile is read as far as its brackets go. Never throws.
 */
export function testsIn(path: string, text: string): readonly WrittenTest[] | null {
  return assertionsIn(path, text)?.tests ?? null;
}

/** Like `testsIn`, with what is asserted outside of any test. */
export function assertionsIn(path: string, text: string): WrittenTests | null {
  const masked = maskCode(path, text);
  return masked === null ? null : assertionsOf(masked);
}

/** A file's text with blanks for its tests: imports, hooks, what they share. Null: no language that is known here. */
export function textOutsideTests(path: string, text: string): string | null {
  const masked = maskCode(path, text);
  if (masked === null) return null;
  const tests = READERS[masked.language].find(masked).filter(({ kind }) => kind === "test");
  return blanked(masked.text, tests)
    .split("\n")
    .filter((line) => line.trim() !== "")
    .join("\n");
}

/** Of a text that was masked before. */
export function assertionsOf(masked: MaskedCode): WrittenTests {
  const { find, reads } = READERS[masked.language];
  return writtenTests(masked, find(masked), reads(masked));
}
