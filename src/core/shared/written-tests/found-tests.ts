import { blanked, lineAt, normalised, type Range } from "./code-range.ts";
import { inlined, localValues } from "./local-values.ts";
import type { MaskedCode } from "./masked-code.ts";
import type { WrittenTest, WrittenTests } from "./written-test.ts";

/** A test, or what groups tests, as it was found in a file. */
export interface FoundTest extends Range {
  readonly kind: "test" | "suite";
  readonly name: string;
  /** What it does; null: nothing is written yet. */
  readonly body: Range | null;
  readonly isSkipped: boolean;
  readonly isOnly: boolean;
  /** Rows of the table it is run with. */
  readonly cases: readonly string[];
  /** Assertions that are no part of the body, as an attribute that expects a panic. */
  readonly expectations: readonly string[];
}

/** What a test does itself, without the tests inside it. */
export interface Body {
  readonly masked: MaskedCode;
  readonly code: string;
  /** Where `code` begins in the whole text. */
  readonly base: number;
}

/** What was read from a body. */
export interface BodyFacts {
  readonly expectations: readonly string[];
  readonly exits: readonly string[];
  readonly cases: readonly string[];
  /** It skips itself. */
  readonly isSkipped: boolean;
}

/** Tests nested deeper are not read: nobody writes them, and each would be read once for every level. */
const DEPTH_MAX = 50;

/** Puts together what was found in a file: names by their nesting, what is inherited, and what each body asserts. */
export function writtenTests(
  masked: MaskedCode,
  found: readonly FoundTest[],
  read: (body: Body) => BodyFacts,
): WrittenTests {
  const sorted = found.toSorted((a, b) => a.from - b.from || b.to - a.to);
  const hasOnly = sorted.some(({ isOnly }) => isOnly);
  const tests: WrittenTest[] = [];
  const open: FoundTest[] = [];
  for (const [index, test] of sorted.entries()) {
    while (open.length > 0 && (open.at(-1)?.to ?? 0) <= test.from) open.pop();
    if (open.length >= DEPTH_MAX) continue;
    if (test.kind === "test") {
      const inner = innerOf(sorted, index);
      const facts = factsOf(bodyOf(masked, test, inner), read);
      tests.push(asWritten({ masked, test, above: open, facts, hasOnly, inner }));
    }
    open.push(test);
  }
  const outer = sorted.filter(({ kind }) => kind === "test");
  const code = blanked(masked.code, outer);
  return { tests, elsewhere: read({ masked, code, base: 0 }).expectations };
}

/** Names of a body are given for what they stand for: renaming one changes nothing, another value does. */
function factsOf(body: Body, read: (body: Body) => BodyFacts): BodyFacts {
  const facts = read(body);
  const values = localValues(body);
  return { ...facts, expectations: facts.expectations.map((text) => inlined(text, values)) };
}

function innerOf(sorted: readonly FoundTest[], index: number): readonly FoundTest[] {
  const outer = sorted[index];
  if (outer === undefined) return [];
  const rest = sorted.slice(index + 1);
  const end = rest.findIndex(({ from }) => from >= outer.to);
  return end < 0 ? rest : rest.slice(0, end);
}

function bodyOf(masked: MaskedCode, test: FoundTest, inner: readonly FoundTest[]): Body {
  const { from, to } = test.body ?? { from: test.from, to: test.from };
  const code = masked.code.slice(from, to);
  const holes = inner.map((one) => ({
    from: Math.max(0, one.from - from),
    to: Math.max(0, one.to - from),
  }));
  return { masked, code: blanked(code, holes), base: from };
}

interface Assembled {
  readonly masked: MaskedCode;
  readonly test: FoundTest;
  readonly above: readonly FoundTest[];
  readonly facts: BodyFacts;
  readonly hasOnly: boolean;
  readonly inner: readonly FoundTest[];
}

function asWritten({ masked, test, above, facts, hasOnly, inner }: Assembled): WrittenTest {
  const chain = [...above, test];
  const expectations = [...test.expectations, ...facts.expectations];
  // A test of tests is what they are: one of them marked as the only one keeps it.
  const isOnly = chain.some((one) => one.isOnly) || inner.some((one) => one.isOnly);
  return {
    name: chain.map(({ name }) => name).join(" > "),
    line: lineAt(masked.text, test.from),
    isSkipped: chain.some((one) => one.isSkipped) || facts.isSkipped || (hasOnly && !isOnly),
    assertions: expectations.length,
    expectations,
    body: test.body === null ? "" : normalised(masked, test.body),
    exits: facts.exits,
    cases: [...chain.flatMap((one) => one.cases), ...facts.cases],
  };
}
