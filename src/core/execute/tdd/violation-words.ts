import type { Violation, ViolationKind } from "../proof.ts";

type Place = Pick<Violation, "commit" | "path" | "test">;

/** Which of the cases of a kind it is, where they need different words. */
type Case =
  | "no-red"
  | "together"
  | "leftovers"
  | "in-merge"
  | "skipped"
  | "not-found"
  | "syntax"
  | "import"
  | "no-green"
  | "double"
  | "as-before"
  | "usual";

const SUBJECT_MAX = 80;

/** One thing a history did wrong, in words for whoever has to do it again; `detail` is quoted, cut and in one line. */
export function violation(
  kind: ViolationKind,
  place: Place,
  which: Case = "usual",
  detail: string | null = null,
): Violation {
  return { kind, ...place, words: wordsOf(kind, place, which, quoted(detail)) };
}

function quoted(detail: string | null): string {
  const line = (detail ?? "").replaceAll(/\s+/g, " ").trim();
  return line.length > SUBJECT_MAX ? `${line.slice(0, SUBJECT_MAX - 1)}…` : line;
}

function wordsOf(kind: ViolationKind, place: Place, which: Case, detail: string): string {
  const test = place.test === null ? "The new tests" : `The test "${quoted(place.test)}"`;
  const verb = (one: string, many: string): string => (place.test === null ? many : one);
  const where = place.commit === null ? "" : ` (${place.commit.slice(0, 9)})`;
  const file = place.path ?? "a file";
  switch (kind) {
    case "code-before-test":
      return beforeTest(which, file, `"${detail}"${where}`);
    case "passes-at-once":
      return `${test} ${verb("is", "are")} green on the commit that ${verb("brings it", "brings them")}${where}: nothing was missing yet. Commit a test that fails first, then the code.`;
    case "does-not-run":
      return doesNotRun(which, `${test} in ${file}`, where, detail);
    case "red-at-green":
      return which === "no-green"
        ? `${test} in ${file} ${verb("fails", "fail")}${where}, and no later commit makes ${verb("it", "them")} pass.`
        : `${test} in ${file} still ${verb("fails", "fail")} at the commit that should make ${verb("it", "them")} pass${where}. Commit the code that makes the test green in one commit after it.`;
    case "several-behaviours":
      return `The red commit${where} brings tests of several behaviours (${detail}). Commit one test, then its code, then the next test.`;
    case "no-test":
      return `${file} was changed, and no test came with it. Commit a failing test first, then the code.`;
    case "test-deleted":
      return `${test} in ${file} is gone. Tests that were there before stay.`;
    case "test-skipped":
      return `${file} was run before and is not run any more (${detail}). Leave the settings of the test runner as they are.`;
    case "test-weakened":
      if (which === "as-before")
        return `${test} in ${file} fails on the new code as it was before, and was never red: what it stands on was changed under it. Leave imports, setup and fixtures of old tests as they are, or see them fail first.`;
      return `${test} in ${file} expects something else now, and was never red with it. A changed expectation is committed alone and fails first.`;
    case "revert-stays-green":
      if (which === "double")
        return `${file} replaces ${detail}, which it is to test, by a double of its own: it stays green whatever the code does.`;
      return `With the change of the source taken back, ${place.test === null ? "the new tests" : `the test "${quoted(place.test)}"`} still ${verb("passes", "pass")}: ${verb("it does", "they do")} not test what was changed.`;
  }
}

function beforeTest(which: Case, file: string, commit: string): string {
  switch (which) {
    case "together":
      return `${commit} changes ${file} together with its test. Commit the failing test alone, then the code.`;
    case "leftovers":
      return `${file} was left uncommitted, and Cairn had to commit it: that shows no test that failed first. Commit the failing test, then the code, yourself.`;
    case "in-merge":
      return `${commit} is a merge that brings a change of ${file} of its own. Commit a failing test, then the code; merge nothing but the base.`;
    default:
      return `${commit} changes ${file}, and no test failed before it. Commit a failing test first, then the code.`;
  }
}

function doesNotRun(which: Case, test: string, where: string, detail: string): string {
  switch (which) {
    case "skipped":
      return `${test} is skipped on the commit that brings it${where}. It has to run and fail there.`;
    case "syntax":
      return `${test} cannot be parsed${where}. It has to run and fail for what is missing, not for a fault of its own.`;
    case "import":
      return `${test} cannot be loaded${where}: it asks for ${detail === "" ? "something" : `"${detail}"`}, which the code after it does not bring.`;
    default:
      return `${test} was not run${where}: the test runner does not find it.`;
  }
}
