import type { Issue } from "./issue.ts";

/** What no path is made of. */
const BETWEEN = /[^\w@~+./[\]()-]+/u;
const BODY_MAX = 200_000;

/**
 * Every word of the issues that may be a path; more than their files, never less. For asking the history only about
 * files that can matter, before a plan has read the texts in earnest. Linear.
 */
export function namedPaths(issues: readonly Issue[]): ReadonlySet<string> {
  const named = new Set<string>();
  for (const issue of issues) {
    for (const file of issue.files) named.add(file.replace(/^(?:\.?\/)+/u, ""));
    for (const word of issue.body.slice(0, BODY_MAX).split(BETWEEN)) {
      if (/[./]/u.test(word)) named.add(word.replace(/^(?:\.?\/)+/u, "").replace(/[.)]$/u, ""));
    }
  }
  return named;
}
