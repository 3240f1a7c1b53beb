import type { TestOutcome } from "../test-reports/test-outcome.ts";
import type { ChangedTest } from "./changed-tests.ts";

/** What a run says of one test that was found in the text of its file. */
export interface Seen {
  /** Outcomes under its name, or of cases below it. */
  readonly own: readonly TestOutcome[];
  /** Its file (or what it is built into) did not get as far as its tests. */
  readonly broken: readonly TestOutcome[];
  /** Outcomes of its file under names that no known test has: names that are made while running. */
  readonly others: readonly TestOutcome[];
}

/** Looks a test up among the outcomes of a run; `known` are all tests that were looked for. */
export function findOutcomes(
  test: ChangedTest,
  known: readonly ChangedTest[],
  outcomes: readonly TestOutcome[],
): Seen {
  const near = outcomes.filter((outcome) => isOfFile(outcome, test.path));
  const own = near.filter((outcome) => outcome.result !== "broken" && isNamed(outcome.name, test));
  const broken = near.filter((outcome) => outcome.result === "broken");
  const others = near.filter(
    (outcome) =>
      outcome.result !== "broken" && !known.some((other) => isNamed(outcome.name, other)),
  );
  return { own, broken, others };
}

/** A report that does not say of which file a test is may mean any. */
function isOfFile(outcome: TestOutcome, path: string): boolean {
  if (outcome.file === null) return true;
  const file = outcome.file.replaceAll("\\", "/").replace(/^file:\/\//, "");
  return (
    file === path || file.endsWith(`/${path}`) || path.endsWith(`/${file.replace(/^\.\//, "")}`)
  );
}

/**
 * Suites stand before a test's name in a report where the text shows them around it, or does not; cases of a table and
 * subtests stand below it.
 */
function isNamed(name: string, test: ChangedTest): boolean {
  if (test.name === "") return true;
  const reported = partsOf(name);
  const wanted = partsOf(test.name);
  const starts = [...reported.keys()].filter((at) => at + wanted.length <= reported.length);
  return starts.some((start) =>
    wanted.every((part, index) => isPart(reported[start + index] ?? "", part)),
  );
}

function partsOf(name: string): readonly string[] {
  return name
    .split(/ > |::/)
    .map((part) => part.replaceAll(/\s+/g, " ").trim())
    .filter((part) => part !== "");
}

/** Placeholders of tables, `%s`, `$name`, `${…}`; they become anything. */
const PLACEHOLDER = /%[sdifjopc#$%]|\$\{[^}]*\}|\$[\w.#]+|\{[\w.]*\}/g;

function isPart(reported: string, wanted: string): boolean {
  if (reported === wanted) return true;
  // pytest puts a table's case behind the name, go a subtest.
  if (reported.replace(/\[.*\]$/, "") === wanted || reported.startsWith(`${wanted}/`)) return true;
  if (wanted.search(PLACEHOLDER) < 0) return false;
  const fixed = wanted.split(PLACEHOLDER);
  return isMadeOf(reported, fixed);
}

/** Whether `text` is the fixed stretches in their order, with anything between them; by hand, so that it stays linear. */
function isMadeOf(text: string, fixed: readonly string[]): boolean {
  const first = fixed[0] ?? "";
  const last = fixed.at(-1) ?? "";
  if (!text.startsWith(first) || !text.endsWith(last)) return false;
  let at = first.length;
  for (const stretch of fixed.slice(1, -1)) {
    const found = text.indexOf(stretch, at);
    if (found < 0) return false;
    at = found + stretch.length;
  }
  return at <= text.length - last.length;
}
