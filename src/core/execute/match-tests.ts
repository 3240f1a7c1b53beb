import type { WrittenTest } from "../shared/written-tests/written-test.ts";

/** A test and the file it stands in. */
export interface PlacedTest extends WrittenTest {
  readonly path: string | null;
}

/** A test before, and the same one after; null: there is none any more. */
export interface TestPair {
  readonly before: PlacedTest;
  readonly after: PlacedTest | null;
}

type IsSame = (before: PlacedTest, after: PlacedTest) => boolean;

/** It does the same on the same rows, and counts as before. */
const isAlike: IsSame = (a, b) =>
  a.body !== "" && a.body === b.body && a.isSkipped === b.isSkipped && rowsOf(a) === rowsOf(b);
const isInPlace: IsSame = (a, b) => a.path === b.path;
const isNamed: IsSame = (a, b) => a.name === b.name;
const hasBody: IsSame = (a, b) => a.body !== "" && a.body === b.body;
const expectsSame: IsSame = (a, b) =>
  a.expectations.length > 0 &&
  a.expectations.toSorted().join("\n") === b.expectations.toSorted().join("\n");

/** When two tests are taken for the same one: all of a row; rows are tried in their order, each over all tests. */
const SAME: readonly (readonly IsSame[])[] = [
  [isInPlace, isNamed, isAlike],
  [isInPlace, isNamed],
  // Renamed or moved: it still does the same.
  [isNamed, isAlike],
  [isInPlace, isAlike],
  [isAlike],
  [isInPlace, hasBody],
  [hasBody],
  // Moved and changed.
  [isNamed],
  [isInPlace, (a, b) => leaf(a.name) === leaf(b.name)],
  // Renamed, and something beside the assertions changed.
  [expectsSame],
];

/** Finds for each test the one it has become, and which tests are new. Each test is taken once. */
export function matchTests(
  before: readonly PlacedTest[],
  after: readonly PlacedTest[],
): { readonly pairs: readonly TestPair[]; readonly added: readonly PlacedTest[] } {
  const found = new Map<PlacedTest, PlacedTest>();
  const free = new Set(inOrder(after));
  const open = new Set(inOrder(before));
  for (const isSame of SAME) {
    for (const test of open) {
      for (const candidate of free) {
        if (!isSame.every((holds) => holds(test, candidate))) continue;
        found.set(test, candidate);
        open.delete(test);
        free.delete(candidate);
        break;
      }
    }
  }
  const pairs = inOrder(before).map((test) => ({ before: test, after: found.get(test) ?? null }));
  return { pairs, added: [...free] };
}

/** The order of tests in a file, or of files, must not decide what is taken for what. */
function inOrder(tests: readonly PlacedTest[]): readonly PlacedTest[] {
  const key = ({ path, name, isSkipped, body, cases }: PlacedTest) =>
    [path ?? "", name, isSkipped ? "1" : "0", body, ...cases].join("\u0000");
  return tests.toSorted((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
}

function rowsOf({ cases }: PlacedTest): string {
  return cases.join("\n");
}

function leaf(name: string): string {
  return name.slice(name.lastIndexOf(" > ") + 1);
}
