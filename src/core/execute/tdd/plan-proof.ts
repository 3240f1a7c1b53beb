import type { CommitSha } from "../../shared/names.ts";
import type { ChangedFile } from "../../review/stops/changed-file.ts";
import type { TddPolicy } from "../../run/settings.ts";
import type { ProvenStep, Violation } from "../proof.ts";
import {
  changedTests,
  comparedTests,
  testsOf,
  textsOf,
  type ChangedTest,
  type TestChange,
} from "./changed-tests.ts";
import { believedRole, removedNames } from "./believed-role.ts";
import type { TaskHistory } from "./history.ts";
import { planOldTests, type PlannedOldTests } from "./old-tests.ts";
import { ownDouble, subjectOf } from "./own-double.ts";
import { pairCommits, type Pair } from "./pair-commits.ts";
import { pathKinds, type PathKinds } from "./path-kinds.ts";
import { sidesOf } from "./sides.ts";
import { violation } from "./violation-words.ts";

/** New tests of one red commit: more are hardly one behaviour. Edge cases of one function seldom need as many. */
const NEW_TESTS_MAX = 8;

/** What has to be measured about one step. */
export interface PlannedStep extends Pair {
  /** Test files to run, at the red commit and at the green one. */
  readonly files: readonly string[];
  /** It was proven with the same two commits before; it is not measured again. */
  readonly known: ProvenStep | null;
}

/** The check on the whole task: the head with its source put back to where the task began. */
export interface PlannedRevert {
  /** Paths that are put back. */
  readonly paths: readonly string[];
  /** Test files that are run then. */
  readonly files: readonly string[];
  readonly tests: readonly ChangedTest[];
}

export interface ProofPlan {
  readonly base: CommitSha;
  readonly head: CommitSha;
  /** Why nothing has to be proven; null: it has to. Tests that paid for the change are violations all the same. */
  readonly exempt: string | null;
  readonly steps: readonly PlannedStep[];
  readonly violations: readonly Violation[];
  /** Changed expectations: good only where the test was red with them. `step`: tests of which step changed later, or null. */
  readonly changed: readonly (TestChange & { readonly step: number | null })[];
  readonly revert: PlannedRevert | null;
  /** Old tests that have to hold as they were; null: what they stand on is as it was. */
  readonly old: PlannedOldTests | null;
  /** Everything that the task changes. */
  readonly whole: readonly ChangedFile[];
  readonly noted: readonly string[];
  /** Settings of the test runner that were changed: the whole suite is run once to see whether tests were left out. */
  readonly runnerSettings: readonly string[];
}

/**
 * What has to be measured to prove a task's history, and what its order and its texts alone show. `known`: steps that
 * an earlier proof of the same task has measured.
 */
export function planProof(
  history: TaskHistory,
  policy: Pick<TddPolicy, "tests" | "exempt">,
  known: readonly ProvenStep[],
): ProofPlan {
  const kinds = pathKinds(policy);
  const { base, head, whole } = history;
  const pairing = pairCommits(history.commits, kinds);
  const { testFiles, inline, sources: sourceFiles } = sidesOf(whole, kinds);
  const allTests = [...testFiles, ...inline];
  const texts = { before: textsOf(allTests, "before"), after: textsOf(allTests, "after") };
  const tests = changedTests(texts.before, texts.after).filter((test) => test.isFirm);
  const sources = sourceFiles.map(({ path }) => path);
  const { violations, changed } = compareWhole(texts, pairing.pairs, removedNames(sourceFiles));
  const plain = whole.map(({ path }) => path).filter((path) => kinds.isNoProgram(path));
  const exempt = exemptionOf(history, kinds, { sources, tests, pairs: pairing.pairs });
  const order =
    tests.length === 0 && pairing.pairs.length === 0 && sources.length > 0
      ? [violation("no-test", { commit: null, path: sources[0] ?? null, test: null })]
      : [
          ...pairing.violations,
          ...pairing.pairs.flatMap(severalBehaviours),
          ...doubles(tests, texts),
        ];
  return {
    base,
    head,
    exempt,
    steps: exempt === null ? pairing.pairs.map((pair) => stepOf(pair, known)) : [],
    // A task without any test is one fault, not one for each of its commits.
    violations: exempt === null ? [...order, ...violations] : violations,
    changed,
    revert: exempt === null ? planRevert(sources, tests, inline) : null,
    old: planOldTests(
      testFiles.filter((file) => !kinds.isRunnerSetting(file)),
      sources.length > 0,
    ),
    whole,
    noted: [
      ...(plain.length === 0 ? [] : [`Not proven, as no program is in it: ${shown(plain)}.`]),
      ...(inline.length === 0 ? [] : [INLINE_STAYS_OUT]),
    ],
    runnerSettings: whole.filter(kinds.isRunnerSetting).map(({ path }) => path),
  };
}

const INLINE_STAYS_OUT =
  "Tests inside of source files would be taken back with the source: the revert check leaves them out.";

function planRevert(
  paths: readonly string[],
  tests: readonly ChangedTest[],
  inline: readonly ChangedFile[],
): PlannedRevert | null {
  const inside = new Set(inline.map(({ path }) => path));
  const own = tests.filter(({ path }) => !inside.has(path));
  if (paths.length === 0 || own.length === 0) return null;
  return { paths, tests: own, files: [...new Set(own.map(({ path }) => path))] };
}

function shown(paths: readonly string[]): string {
  const more = paths.length - PATHS_SHOWN;
  return `${paths.slice(0, PATHS_SHOWN).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

const PATHS_SHOWN = 3;

function stepOf(pair: Pair, known: readonly ProvenStep[]): PlannedStep {
  const before = known.find(
    ({ red, green, isProven }) => isProven && red === pair.red && green === pair.green,
  );
  return {
    ...pair,
    files: [...new Set(pair.tests.map((test) => test.path))],
    known: before ?? null,
  };
}

/**
 * More than one behaviour in a red commit, as far as a machine sees it: too many new tests, or test files whose names
 * say that each belongs to another one of the files that the green commit changes.
 */
function severalBehaviours(pair: Pair): readonly Violation[] {
  const fresh = pair.tests.filter((test) => test.isNew);
  const at = { commit: pair.red, path: null, test: null };
  if (fresh.length > NEW_TESTS_MAX) {
    const words = `${fresh.length} new tests, at most ${NEW_TESTS_MAX}`;
    return [violation("several-behaviours", at, "usual", words)];
  }
  const stems = [...new Set(fresh.map(({ path }) => subjectOf(path)))];
  const subjects = stems.filter((stem) =>
    pair.greenFiles.some(({ path }) => !pair.texts.has(path) && subjectOf(path) === stem),
  );
  if (subjects.length < 2) return [];
  return [violation("several-behaviours", at, "usual", `tests of ${subjects.join(" and ")}`)];
}

/** Files with new tests that replace what they test by a double, and did not before. */
function doubles(
  tests: readonly ChangedTest[],
  texts: { before: ReadonlyMap<string, string>; after: ReadonlyMap<string, string> },
): readonly Violation[] {
  return [...new Set(tests.map((test) => test.path))].flatMap((path) => {
    const module = ownDouble(path, texts.after.get(path) ?? "");
    if (module === null || ownDouble(path, texts.before.get(path) ?? "") !== null) return [];
    return [violation("revert-stays-green", { commit: null, path, test: null }, "double", module)];
  });
}

/** What became of the tests that were there before, and of those each step brought. */
function compareWhole(
  texts: { before: ReadonlyMap<string, string>; after: ReadonlyMap<string, string> },
  pairs: readonly Pair[],
  removed: ReadonlySet<string>,
): Pick<ProofPlan, "violations" | "changed"> {
  const violations: Violation[] = [];
  const changed: (TestChange & { step: number | null })[] = [];
  const seen = new Set<string>();
  const take = (change: TestChange, step: number | null): void => {
    const { kind, path, test, words } = change;
    if (kind === "test-deleted" && wentWith(removed, texts.before.get(path), change)) return;
    const name = `${kind}\n${path}\n${test}`;
    if (seen.has(name)) return;
    seen.add(name);
    if (kind === "expectation-changed") changed.push({ ...change, step });
    else violations.push({ kind, commit: null, path, test, words });
  };
  for (const change of comparedTests(texts.before, texts.after)) take(change, null);
  for (const [step, pair] of pairs.entries()) {
    // Only its own tests: the others of its files were compared with where they began.
    const own = new Set(pair.tests.map((test) => `${test.path}\n${test.name}`));
    for (const change of comparedTests(pair.texts, texts.after))
      if (own.has(`${change.path}\n${change.test}`)) take(change, step);
  }
  return { violations, changed };
}

/** What a deleted test called by name is gone for good as well. */
function wentWith(
  removed: ReadonlySet<string>,
  text: string | undefined,
  { path, test }: TestChange,
): boolean {
  const bodies = testsOf(path, text ?? "").filter(({ name }) => name === test);
  return bodies.some((body) =>
    (body.text.match(/[\p{L}_$][\p{L}\p{N}_$]*/gu) ?? []).some((word) => removed.has(word)),
  );
}

/** Why a task has nothing to prove; null: it has. */
function exemptionOf(
  { issueType, commits, whole }: TaskHistory,
  kinds: PathKinds,
  found: {
    readonly sources: readonly string[];
    readonly tests: readonly ChangedTest[];
    readonly pairs: readonly Pair[];
  },
): string | null {
  if (issueType === "RESEARCH" || issueType === "VALIDATION") return `type ${issueType}`;
  if (whole.length === 0) return "nothing was changed";
  if (found.sources.length === 0) {
    if (found.tests.length === 0) {
      const isTests = whole.some(({ path }) => kinds.kindOf(path) === "test");
      return isTests
        ? "no source was changed, and no test is new"
        : "only paths that need no proof (documents, scaffolding, types) were changed";
    }
    // Settings or documents may have been tested first; where nothing but tests was changed there is no code to test.
    const isAllTests = whole.every(({ path }) => kinds.kindOf(path) !== "neutral");
    return isAllTests ? "only tests were changed, and no source" : null;
  }
  const isRefactor = commits.every(
    (commit) => !["work", "leftovers"].includes(believedRole(commit, kinds)),
  );
  return isRefactor && found.tests.length === 0 && found.pairs.length === 0
    ? "by its commits a pure refactor: no test was added or changed, and those that were there pass"
    : null;
}
