import type { ChangedFile } from "../../review/stops/changed-file.ts";
import { textOutsideTests } from "../../shared/written-tests/tests-in.ts";
import type { Violation } from "../proof.ts";
import type { TestOutcome } from "../test-reports/test-outcome.ts";
import { isBroughtBy } from "./brought-by.ts";
import { testsOf, type ChangedTest } from "./changed-tests.ts";
import { isUnfinished, type TestRun } from "./judge-step.ts";
import { findOutcomes } from "./match-outcomes.ts";
import { violation } from "./violation-words.ts";

/** Old tests whose file, or what they stand on, was changed: they are run as they were, on the new code. */
export interface PlannedOldTests {
  /** Everything of the tests' side that was there before and differs now; it is put back. */
  readonly paths: readonly string[];
  /** Test files among them that are still there. */
  readonly files: readonly string[];
  /** Others among them, as fixtures: whatever test names one is run too. */
  readonly supports: readonly string[];
}

/** Null: nothing that an old test stands on was changed together with source. */
export function planOldTests(
  testFiles: readonly ChangedFile[],
  hasSource: boolean,
): PlannedOldTests | null {
  const old = testFiles.filter(({ before, after }) => before !== null && before !== after);
  const files = old.filter((file) => file.after !== null && holdsTests(file));
  const supports = old.filter((file) => !holdsTests(file));
  if (!hasSource || files.length + supports.length === 0) return null;
  return { paths: pathsOf(old), files: pathsOf(files), supports: pathsOf(supports) };
}

function holdsTests({ path, before }: ChangedFile): boolean {
  return testsOf(path, before ?? "").length > 0;
}

function pathsOf(files: readonly ChangedFile[]): readonly string[] {
  return files.map(({ path }) => path);
}

/** Whether a test file speaks of one of the files it may stand on; by their names, with their endings or without. */
export function standsOn(
  { path, text }: { readonly path: string; readonly text: string },
  supports: readonly string[],
): boolean {
  return supports.some((support) => {
    const name = support.slice(support.lastIndexOf("/") + 1);
    const stem = name.replace(/(?!^)\.\w+$/, "");
    return text.includes(name) || text.includes(`/${stem}`) || path.endsWith(`/${stem}`);
  });
}

interface Asked {
  readonly run: TestRun;
  /** Tests of the files that were run, as they were before. */
  readonly tests: readonly ChangedTest[];
  /** Everything that the task changes. */
  readonly whole: readonly ChangedFile[];
  /** It was seen to fail, as it is meant to, or could not be. */
  readonly wasRed: (test: ChangedTest) => boolean;
}

/** Old tests that fail as they were, where nobody saw them fail before the code that breaks them. */
export function judgeOldTests({ run, tests, whole, wasRed }: Asked): {
  readonly violations: readonly Violation[];
  readonly noted: readonly string[];
} {
  const { outcomes } = run;
  if (outcomes === null || isUnfinished(run)) {
    const words = "Old tests were run as they were before, and no report says how they fared.";
    return { violations: [], noted: run.ok ? [] : [words] };
  }
  const gone = whole.map((file) => ({ ...file, before: file.after, after: file.before }));
  const violations: Violation[] = [];
  const noted: string[] = [];
  for (const test of tests) {
    const { own, broken, others } = findOutcomes(test, tests, outcomes);
    const told = own.length > 0 ? own : broken.length > 0 ? broken : others;
    const fault = told.find(({ result }) => result === "failed" || result === "broken");
    if (fault === undefined || wasRed(test)) continue;
    if (fault.missing !== null && isBroughtBy(fault.missing, gone)) continue;
    const file = whole.find(({ path }) => path === test.path);
    if (isOwnAffair(test, fault, file)) {
      noted.push(`The test "${test.name}" was changed with what it calls: as it was, it fails.`);
      continue;
    }
    const at = { commit: null, path: test.path, test: test.name };
    violations.push(violation("test-weakened", at, "as-before"));
  }
  return { violations, noted };
}

/**
 * The change of the test itself explains the failure, and was compared by its text; or it no longer fits what it calls,
 * as where a constructor wants more. Not where the file no longer asks what it asked.
 */
function isOwnAffair(
  test: ChangedTest,
  fault: TestOutcome,
  file: ChangedFile | undefined,
): boolean {
  const { before = null, after = null } = file ?? {};
  if (before === null || after === null) return false;
  const [old, now] = [before, after].map((text) => textOutsideTests(test.path, text) ?? text);
  if (old === undefined || now === undefined || isRedirected(old, now)) return false;
  const isSame = testsOf(test.path, after).some(({ text }) => text === test.text);
  return isSame ? old !== now && fault.reason === "error" : true;
}

/** A module is no longer asked, a name that makes tests count is taken by another, or the program ends early. */
function isRedirected(before: string, after: string): boolean {
  const specifiers = new Set(importedBy(after));
  if (importedBy(before).some((specifier) => !specifiers.has(specifier))) return true;
  return ENDS.test(after) && !ENDS.test(before);
}

/** Modules that a text of JavaScript or Python imports, as they are written there. */
export function importedBy(text: string): readonly string[] {
  return [...text.matchAll(IMPORTED)].map((match) => match[1] ?? match[2] ?? "");
}

const IMPORTED =
  /\b(?:from|import|require)\s*\(?\s*["']([^"'\n]{1,300})["']|^(?:from|import)\s+([\w.]+)/gm;

const ENDS =
  /\b(?:process\s*\.\s*(?:exit|env)|os\s*\.\s*(?:_exit|environ)|sys\s*\.\s*exit)\b|\b(?:const|let|var|function|def|class)\s+(?:test|it|describe|expect|assert)\b/;
