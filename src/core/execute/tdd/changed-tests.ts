import type { ChangedFile } from "../../review/stops/changed-file.ts";
import { matchTests, type PlacedTest } from "../match-tests.ts";
import { compareTestFiles, testsIn } from "../test-inventory.ts";
import type { ViolationKind } from "../proof.ts";

/** A test that a change brings, or that it makes another one. */
export interface ChangedTest {
  readonly path: string;
  /** Full name as the text has it; "": whatever the file holds, in a language that is not read here. */
  readonly name: string;
  readonly isNew: boolean;
  /** It is new or expects something else. False: only its other lines changed, which may be tidying. */
  readonly isFirm: boolean;
  /** Everything it does, normalised: equal texts are the same test. */
  readonly text: string;
}

/** What became of one test between two texts of its file. */
export interface TestChange {
  readonly kind:
    | Extract<ViolationKind, "test-deleted" | "test-skipped" | "test-weakened">
    | "expectation-changed";
  readonly path: string;
  readonly test: string;
  readonly words: string;
}

/** Texts of one side, by path; what is absent there is left out. */
export function textsOf(
  files: readonly ChangedFile[],
  side: "before" | "after",
): ReadonlyMap<string, string> {
  return new Map(
    files.flatMap((file) => (file[side] === null ? [] : [[file.path, file[side]] as const])),
  );
}

/** Tests that are new or changed; one that moved or has another name is neither. */
export function changedTests(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): readonly ChangedTest[] {
  const { pairs, added } = matchTests(placed(before), placed(after));
  const fresh = added.map((test) => asChanged(test, { isNew: true, isFirm: true }));
  const changed = pairs.flatMap(({ before: old, after: now }) => {
    if (now === null || textOf(old) === textOf(now)) return [];
    const isFirm = demands(old) !== demands(now);
    return [asChanged(now, { isNew: false, isFirm })];
  });
  return [...fresh, ...changed, ...wholeFiles(before, after)].toSorted(byPlace);
}

/** Tests of one file that count there. */
export function testsOf(path: string, text: string): readonly ChangedTest[] {
  return (testsIn(path, text) ?? [])
    .filter((test) => !test.isSkipped)
    .map((test) => asChanged({ ...test, path }, { isNew: false, isFirm: true }));
}

/** Tests that are gone, no longer count, demand less, or demand something else. */
export function comparedTests(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): readonly TestChange[] {
  return compareTestFiles(before, after).map(({ path, ...change }) => ({
    ...change,
    path: path ?? "",
  }));
}

function placed(files: ReadonlyMap<string, string>): readonly PlacedTest[] {
  return [...files].flatMap(([path, text]) =>
    (testsIn(path, text) ?? []).map((test) => ({ ...test, path })),
  );
}

function asChanged(test: PlacedTest, how: Pick<ChangedTest, "isNew" | "isFirm">): ChangedTest {
  return { path: test.path ?? "", name: test.name, ...how, text: textOf(test) };
}

function textOf(test: PlacedTest): string {
  return [test.body, ...test.expectations, ...test.cases].join("\n");
}

function demands({ expectations, cases }: PlacedTest): string {
  return [...expectations.toSorted(), ...cases.toSorted()].join("\n");
}

/** Languages with test files that are not read here: a new file is a new test, whatever it holds. */
const NOT_READ =
  /\.(?:rb|java|kt|kts|scala|groovy|php|cs|fs|swift|exs?|c|cc|cpp|cxx|dart|lua|bats|clj|hs|ml|zig|pl|t)$/;

function wholeFiles(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): readonly ChangedTest[] {
  return [...after]
    .filter(([path, text]) => NOT_READ.test(path) && before.get(path) !== text)
    .map(([path, text]) => {
      const isNew = !before.has(path);
      return { path, name: "", isNew, isFirm: isNew, text };
    });
}

function byPlace(a: ChangedTest, b: ChangedTest): number {
  const [first, second] = [`${a.path}\n${a.name}`, `${b.path}\n${b.name}`];
  return first < second ? -1 : Number(first > second);
}
