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

/** What two tests must have in common; null: this test has nothing of it, and is like no other by it. */
type Trait = (test: PlacedTest) => string | null;

const place: Trait = ({ path }) => path ?? "";
const fullName: Trait = ({ name }) => name;
const ownName: Trait = ({ name }) => name.split(JOINT).at(-1) ?? name;
const does: Trait = ({ body }) => (body === "" ? null : body);
/** It does the same on the same rows, and counts as before. */
const whole: Trait = ({ body, isSkipped, cases }) =>
  [body, String(isSkipped), ...cases].join(BETWEEN);
/** What does nothing is not known again by it. */
const doesAll: Trait = (test) => (test.body === "" ? null : whole(test));
const expects: Trait = ({ expectations }) =>
  expectations.length === 0 ? null : expectations.toSorted().join(BETWEEN);

const JOINT = " > ";
const BETWEEN = "\u0000";

/** When two tests are taken for the same one: by all traits of a row; rows in their order, each over all tests. */
const SAME: readonly (readonly Trait[])[] = [
  [place, fullName, whole],
  [place, fullName],
  // Renamed or moved: it still does the same.
  [fullName, doesAll],
  [place, doesAll],
  [doesAll],
  [place, does],
  [does],
  // Moved and changed.
  [fullName],
  [place, ownName],
  // Renamed, and something beside the assertions changed.
  [expects],
];

/** Finds for each test the one it has become, and which tests are new. Each test is taken once. */
export function matchTests(
  before: readonly PlacedTest[],
  after: readonly PlacedTest[],
): { readonly pairs: readonly TestPair[]; readonly added: readonly PlacedTest[] } {
  const found = new Map<PlacedTest, PlacedTest>();
  const free = new Set(inOrder(after));
  const open = new Set(inOrder(before));
  for (const traits of SAME) {
    const alike = Map.groupBy(free, (test) => keyOf(test, traits));
    for (const test of open) {
      const key = keyOf(test, traits);
      const candidate = key === null ? undefined : alike.get(key)?.shift();
      if (candidate === undefined) continue;
      found.set(test, candidate);
      open.delete(test);
      free.delete(candidate);
    }
  }
  const pairs = inOrder(before).map((test) => ({ before: test, after: found.get(test) ?? null }));
  return { pairs, added: [...free] };
}

function keyOf(test: PlacedTest, traits: readonly Trait[]): string | null {
  const values = traits.map((trait) => trait(test));
  return values.includes(null) ? null : values.join(BETWEEN);
}

/** The order of tests in a file, or of files, must not decide what is taken for what. */
function inOrder(tests: readonly PlacedTest[]): readonly PlacedTest[] {
  const keyed = tests.map((test) => {
    const { path, name, isSkipped, body, cases } = test;
    return { test, key: [path ?? "", name, isSkipped ? "1" : "0", body, ...cases].join(BETWEEN) };
  });
  return keyed
    .toSorted((a, b) => (a.key < b.key ? -1 : Number(a.key > b.key)))
    .map(({ test }) => test);
}
