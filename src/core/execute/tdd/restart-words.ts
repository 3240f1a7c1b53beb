import type { Violation } from "../proof.ts";

/** More than that is not read; they mostly say the same. */
const VIOLATIONS_TOLD_MAX = 8;

/** What the next attempt is told of why the one before it does not count; "" where it does. */
export function restartWords(violations: readonly Violation[]): string {
  if (violations.length === 0) return "";
  const told = [...new Set(violations.map((one) => one.words))];
  const shown = told.slice(0, VIOLATIONS_TOLD_MAX).map((words) => `- ${words}`);
  const more = told.length - shown.length;
  return [
    "The earlier attempt was not test-driven, and its commits are gone. What was wrong:",
    ...shown,
    ...(more > 0 ? [`- … and ${more} more of this kind.`] : []),
    "For each step: commit the failing test alone (`test(scope): …`), then the code that makes it pass (`feat(scope): …` or `fix(scope): …`), then a `refactor(scope): …` if there is one.",
  ].join("\n");
}
