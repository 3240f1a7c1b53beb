import { assertionsIn } from "../shared/written-tests/tests-in.ts";
import type { WrittenTest } from "../shared/written-tests/written-test.ts";
import { matchTests, type PlacedTest, type TestPair } from "./match-tests.ts";
import {
  compareExpectations,
  type ExpectationChange,
} from "./test-strength/compare-expectations.ts";

export { testsIn } from "../shared/written-tests/tests-in.ts";
export type { WrittenTest } from "../shared/written-tests/written-test.ts";

/**
 * What became of a test that was there before. `expectation-changed`: it demands something else and not less; right
 * where the behaviour is meant to change, so whoever asks decides (in a red commit it must then fail).
 */
export interface TestChange {
  readonly kind: "test-deleted" | "test-skipped" | "test-weakened" | "expectation-changed";
  /** Full name before. */
  readonly test: string;
  /** Where it stood before; null: the tests were given without their files. */
  readonly path: string | null;
  /** One sentence for whoever has to mend it. */
  readonly words: string;
}

/** What is asserted outside of tests goes under this name. */
const ELSEWHERE = "(outside of tests)";

/** Compares the tests of one file, or of files that are not told apart. Their order says nothing. */
export function compareTests(
  before: readonly WrittenTest[],
  after: readonly WrittenTest[],
): readonly TestChange[] {
  return changes(before.map(withoutPlace), after.map(withoutPlace)).found;
}

/**
 * Compares the tests of many files by their texts. A test that moved to another file, or has another name and does the
 * same, is the same test. Files in languages that are not known are passed over. The same texts give nothing.
 */
export function compareTestFiles(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): readonly TestChange[] {
  const [old, young] = [readAll(before), readAll(after)];
  const { found, moved } = changes(old.tests, young.tests);
  return [...found, ...changesElsewhere(old.elsewhere, young.elsewhere, moved)];
}

function withoutPlace(test: WrittenTest): PlacedTest {
  return { ...test, path: null };
}

interface AllTests {
  readonly tests: readonly PlacedTest[];
  /** By path: what is asserted outside of tests. */
  readonly elsewhere: ReadonlyMap<string, readonly string[]>;
}

function readAll(files: ReadonlyMap<string, string>): AllTests {
  const tests: PlacedTest[] = [];
  const elsewhere = new Map<string, readonly string[]>();
  for (const path of [...files.keys()].toSorted()) {
    const read = assertionsIn(path, files.get(path) ?? "");
    if (read === null) continue;
    for (const test of read.tests) tests.push({ ...test, path });
    elsewhere.set(path, read.elsewhere);
  }
  return { tests, elsewhere };
}

function changes(
  before: readonly PlacedTest[],
  after: readonly PlacedTest[],
): { readonly found: readonly TestChange[]; readonly moved: Map<string, number> } {
  const { pairs, added } = matchTests(before, after);
  const moved = new Map<string, number>();
  for (const text of added
    .filter(({ isSkipped }) => !isSkipped)
    .flatMap((test) => test.expectations)) {
    moved.set(text, (moved.get(text) ?? 0) + 1);
  }
  return { found: pairs.flatMap((pair) => ofPair(pair, moved)), moved };
}

function ofPair({ before, after }: TestPair, moved: Map<string, number>): readonly TestChange[] {
  const about = { test: before.name, path: before.path };
  if (after === null) return ofDeleted(before, moved);
  if (before.isSkipped) return [];
  if (after.isSkipped) {
    return [
      {
        ...about,
        kind: "test-skipped",
        words: `The test "${before.name}" no longer counts: it is skipped, expected to fail, or another one is marked as the only one. Let it run.`,
      },
    ];
  }
  if (
    before.body === after.body &&
    before.expectations.join("\n") === after.expectations.join("\n") &&
    sameCases(before, after)
  )
    return [];
  const changed = compareExpectations(before.expectations, after.expectations, moved);
  return [...changed, ...otherChanges(before, after)].map((change) => ({
    ...about,
    kind: change.kind,
    words: `In the test "${before.name}": ${change.words}`,
  }));
}

/** A test whose assertions all went to new tests was split up or merged, not deleted. */
function ofDeleted(before: PlacedTest, moved: Map<string, number>): readonly TestChange[] {
  const kept = compareExpectations(before.expectations, [], new Map(moved)).length === 0;
  if (before.expectations.length > 0 && kept) {
    compareExpectations(before.expectations, [], moved);
    return [];
  }
  return [
    {
      kind: "test-deleted",
      test: before.name,
      path: before.path,
      words: `The test "${before.name}" is gone. Put it back: a test goes only with the code that it calls by name.`,
    },
  ];
}

function sameCases(before: WrittenTest, after: WrittenTest): boolean {
  return (
    before.cases.join("\n") === after.cases.join("\n") &&
    before.exits.join("\n") === after.exits.join("\n")
  );
}

/** What makes a test say less without touching its assertions. */
function otherChanges(before: WrittenTest, after: WrittenTest): readonly ExpectationChange[] {
  const found: ExpectationChange[] = [];
  const exits = after.exits.filter((exit) => !before.exits.includes(exit));
  if (exits.length > 0) {
    found.push({
      kind: "test-weakened",
      words: `it now ends before its assertions if \`${exits.join("`, `")}\`.`,
    });
  }
  if (before.body !== "" && after.body === "") {
    found.push({ kind: "test-weakened", words: "it is empty now." });
  }
  const gone = before.cases.filter((row) => !after.cases.includes(row));
  const fewer = before.cases.length - after.cases.length;
  if (gone.length > 0 && fewer > 0) {
    found.push({
      kind: "test-weakened",
      words: `${fewer === 1 ? "a row" : `${fewer} rows`} of its table are gone, among them \`${gone[0]}\`.`,
    });
  } else if (gone.length > 0) {
    found.push({
      kind: "expectation-changed",
      words: `the row \`${gone[0]}\` of its table became another.`,
    });
  }
  return found;
}

/** Hooks and functions that tests call assert as well; what they lose, every test loses. */
function changesElsewhere(
  before: ReadonlyMap<string, readonly string[]>,
  after: ReadonlyMap<string, readonly string[]>,
  moved: Map<string, number>,
): readonly TestChange[] {
  // What another file now asserts was moved there; a file that is gone took its tests with it, which were compared.
  const spare = new Map(moved);
  for (const [path, texts] of after) {
    if (before.has(path)) continue;
    for (const text of texts) spare.set(text, (spare.get(text) ?? 0) + 1);
  }
  return [...before].flatMap(([path, texts]) => {
    const now = after.get(path);
    if (now === undefined) return [];
    return compareExpectations(texts, now, spare).map((change) => ({
      kind: change.kind,
      test: ELSEWHERE,
      path,
      words: `Outside of the tests of ${path}: ${change.words}`,
    }));
  });
}
