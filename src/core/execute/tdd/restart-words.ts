import type { Violation } from "../proof.ts";

/** More than that is not read; they mostly say the same. */
const VIOLATIONS_TOLD_MAX = 8;

/** What the next attempt (or a person) is told of why this one does not count, in one line; "" where it does. */
export function restartWords(violations: readonly Violation[]): string {
  const told = [...new Set(violations.map((one) => one.words))];
  const shown = told.slice(0, VIOLATIONS_TOLD_MAX);
  const more = told.length - shown.length;
  return [...shown, ...(more > 0 ? [`And ${more} more of this kind.`] : [])].join(" ");
}
