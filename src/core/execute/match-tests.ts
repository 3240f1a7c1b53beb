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

/** When two tests are taken for the same one; tried in this order, over all tests each time. */
const SAME: readonly ((before: PlacedTest, after: PlacedTest) => boolean)[] = [
  (a, b) => a.path === b.path && a.name === b.name && a.body === b.body,
  (a, b) => a.path === b.path && a.name === b.name,
  // Renamed or moved: it still does the same.
  (a, b) => a.body !== "" && a.name === b.name && a.body === b.body,
  (a, b) => a.body !== "" && a.path === b.path && a.body === b.body,
  (a, b) => a.body !== "" && a.body === b.body,
  // Moved and changed.
  (a, b) => a.name === b.name,
  (a, b) => a.path === b.path && leaf(a.name) === leaf(b.name),
  // Renamed, and something beside the assertions changed.
  (a, b) =>
    a.expectations.length > 0 &&
    a.expectations.toSorted().join("\n") === b.expectations.toSorted().join("\n"),
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
        if (!isSame(test, candidate)) continue;
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
  const key = ({ path, name, isSkipped, body }: PlacedTest) =>
    [path ?? "", name, isSkipped ? "1" : "0", body].join("\u0000");
  return tests.toSorted((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
}

function leaf(name: string): string {
  return name.slice(name.lastIndexOf(" > ") + 1);
}
