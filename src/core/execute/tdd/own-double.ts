/**
 * The module that a test file replaces by a double, where it is the one the file is named after: `mul.test.ts` with
 * `vi.mock("./mul.ts")`. What is tested then is the double. Null: none, or one that still calls the real module.
 */
export function ownDouble(path: string, text: string): string | null {
  if (/\b(?:importActual|requireActual|importOriginal)\b/.test(text)) return null;
  const subject = subjectOf(path);
  for (const match of text.matchAll(REPLACED)) {
    const module = match[1] ?? "";
    // What is only watched still runs.
    if (/^\s*,\s*\{\s*spy\s*:\s*true/.test(text.slice(match.index + match[0].length))) continue;
    if (/^[./@~]/.test(module) && subjectOf(module) === subject) return module;
  }
  return null;
}

const REPLACED =
  /\b(?:(?:vi|jest)\s*\.\s*(?:mock|doMock|unstable_mockModule)|mock\s*\.\s*module)\s*\(\s*(?:import\s*\(\s*)?["'`]([^"'`\n]{1,300})["'`]\)?/g;

/** Of a test its name without what makes it one; of a module its name without the ending. */
export function subjectOf(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return name.replace(/(?!^)\..*$/, "").replace(/^test_|_test$|_spec$/, "");
}
