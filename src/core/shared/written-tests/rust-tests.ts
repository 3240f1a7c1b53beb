import { argumentsIn, normalised, type Range } from "./code-range.ts";
import type { Body, BodyFacts, FoundTest } from "./found-tests.ts";
import type { MaskedCode } from "./masked-code.ts";
import { reachOf } from "./unreached-code.ts";

/** `#[test]`, `#[tokio::test]`, `#[rstest]`, `#[test_case(…)]`, … */
const IS_TEST =
  /^(?:\w+::)*(?:test|rstest|test_case|case|quickcheck|proptest|wasm_bindgen_test)\b/u;

/** Tests of Rust; modules are their suites. */
export function rustTests(masked: MaskedCode): readonly FoundTest[] {
  const { code } = masked;
  const found: FoundTest[] = [];
  for (const { index, 0: head, 1: name = "" } of code.matchAll(/(?<!\w)mod\s+(\w+)\s*\{/gu)) {
    const attributes = attributesBefore(masked, index);
    const open = index + head.length - 1;
    found.push({
      ...foundAt(masked, { from: index, name, open, attributes }),
      kind: "suite",
      body: null,
    });
  }
  for (const { index, 0: head, 1: name = "" } of code.matchAll(/(?<!\w)fn\s+(\w+)/gu)) {
    const attributes = attributesBefore(masked, index);
    if (!attributes.some(({ words }) => IS_TEST.test(words))) continue;
    const open = blockAfter(masked, index + head.length);
    if (open !== null) found.push(foundAt(masked, { from: index, name, open, attributes }));
  }
  return found;
}

function blockAfter({ code, closes }: MaskedCode, from: number): number | null {
  for (let at = from; at < code.length; at += 1) {
    if (code[at] === "{") return at;
    if (code[at] === ";") return null;
    at = closes.get(at) ?? at;
  }
  return null;
}

interface Attribute extends Range {
  readonly words: string;
}

/** What stands in `#[…]` before an item, nothing but white space and its own words between. */
function attributesBefore(masked: MaskedCode, item: number): readonly Attribute[] {
  const { code, closes } = masked;
  const attributes: Attribute[] = [];
  let end = item;
  for (;;) {
    const before = code.slice(Math.max(0, end - 2_000), end);
    const words =
      /(?:\]|^|[;{}])\s*((?:(?:pub(?:\([^()]{1,40}\))?|async|unsafe|const|extern)\s+)*)$/u.exec(
        before,
      );
    if (words === null || !words[0].startsWith("]")) return attributes;
    const close = end - words[0].length;
    const open = openOf(closes, code, close);
    if (open === null || code[open - 1] !== "#") return attributes;
    attributes.unshift({
      from: open + 1,
      to: close,
      words: normalised(masked, { from: open + 1, to: close }),
    });
    end = open - 1;
  }
}

function openOf(closes: ReadonlyMap<number, number>, code: string, close: number): number | null {
  for (let at = code.lastIndexOf("[", close); at >= 0; at = code.lastIndexOf("[", at - 1)) {
    if (closes.get(at) === close) return at;
    if (at === 0) break;
  }
  return null;
}

function foundAt(
  { closes }: MaskedCode,
  at: {
    readonly from: number;
    readonly name: string;
    readonly open: number;
    readonly attributes: readonly Attribute[];
  },
): FoundTest {
  const close = closes.get(at.open) ?? at.open + 1;
  const words = at.attributes.map((attribute) => attribute.words);
  return {
    kind: "test",
    name: at.name,
    from: at.from,
    to: close + 1,
    body: { from: at.open + 1, to: close },
    isSkipped: words.some((one) =>
      /^(?:ignore\b|cfg\((?:any\(\)|FALSE|false)\)|cfg_attr\([^]*\bignore\b)/u.test(one),
    ),
    isOnly: false,
    cases: words.filter((one) => /^(?:case|test_case)\b/u.test(one)),
    expectations: words.filter((one) => one.startsWith("should_panic")),
  };
}

const ASSERTS =
  /(?<![\w!])(?:\w+::){0,5}((?:debug_|prop_)?assert\w*|panic|unreachable)\s*!\s*[([{]|(?<![\w.!])(?:assert|check|verify|expect)_\w+\s*(?:::\s*<[^()]{1,100}>)?\(/gu;

/** How many of a macro's arguments say what is expected; the rest are words for whoever reads the failure. */
const EXPECTING: Readonly<Record<string, number>> = {
  assert: 1,
  debug_assert: 1,
  prop_assert: 1,
  assert_eq: 2,
  assert_ne: 2,
  debug_assert_eq: 2,
  debug_assert_ne: 2,
  prop_assert_eq: 2,
  prop_assert_ne: 2,
  assert_matches: 2,
};

/** What the body of a test in Rust asserts. */
export function rustBody(body: Body): BodyFacts {
  const { masked, code, base } = body;
  const reach = reachOf(body);
  const found: { readonly at: number; readonly words: string }[] = [];
  for (const { index, 0: head, 1: macro } of code.matchAll(ASSERTS)) {
    const at = base + index;
    if (/\bfn\s+$/u.test(code.slice(Math.max(0, index - 20), index))) continue;
    if (reach.unreached.some(({ from, to }) => at >= from && at < to)) continue;
    const open = at + head.length - 1;
    const whole = { from: at, to: (masked.closes.get(open) ?? open) + 1 };
    const given = argumentsIn(masked, open);
    const last = given[(EXPECTING[macro ?? ""] ?? given.length) - 1];
    const text = normalised(masked, last === undefined ? whole : { from: at, to: last.to });
    const inside = reach.branches.findLast(({ block }) => at >= block.from && at < block.to);
    const when =
      inside === undefined || macro === "panic"
        ? ""
        : `when(${normalised(masked, inside.condition)}) `;
    found.push({ at, words: `${when}${last === undefined ? text : `${text})`}` });
  }
  return {
    expectations: found.map(({ words }) => words),
    exits: reach.exits
      .filter((exit) => found.some(({ at }) => at > exit.at))
      .map(({ condition }) => condition),
    cases: arrayCases(body),
    isSkipped: false,
  };
}

/** Rows of an array literal that a loop in the test goes through. */
function arrayCases({ masked, code, base }: Body): readonly string[] {
  const rows: Range[] = [];
  for (const { index, 0: head } of code.matchAll(
    /(?<!\w)for\s[^{}[\]]{1,200}?\sin\s+&?(?:vec!)?\s*\[/gu,
  )) {
    rows.push(...argumentsIn(masked, base + index + head.length - 1));
  }
  return rows.map((row) => normalised(masked, row));
}
