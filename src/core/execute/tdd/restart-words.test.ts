import { expect, test } from "vitest";
import { restartWords } from "./restart-words.ts";
import { violation } from "./violation-words.ts";

const late = (path: string) =>
  violation(
    "code-before-test",
    { commit: "c".repeat(40), path, test: null },
    "no-red",
    "feat:\n  all",
  );

test("what was wrong is told once, in one line, and no more of it than is read", () => {
  expect(restartWords([])).toBe("");
  expect(restartWords([late("a.js"), late("a.js")])).toBe(
    '"feat: all" (ccccccccc) changes a.js, and no test failed before it. Commit a failing test first, then the code.',
  );
  const many = Array.from({ length: 11 }, (_, at) => late(`${at}.js`));
  expect(restartWords(many)).toContain("7.js");
  expect(restartWords(many)).not.toContain("8.js");
  expect(restartWords(many)).toMatch(/ And 3 more of this kind\.$/);
});

test("what an agent wrote is quoted short", () => {
  const at = { commit: null, path: "a.js", test: "x".repeat(500) };
  expect(violation("passes-at-once", at).words.length).toBeLessThan(260);
});
