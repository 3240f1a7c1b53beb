import { argumentsIn, literalIn, normalised, partsOf, type Range } from "./code-range.ts";
import type { Body, BodyFacts, FoundTest } from "./found-tests.ts";
import type { MaskedCode } from "./masked-code.ts";
import { reachOf, type Branch } from "./unreached-code.ts";

/** Tests and fuzz tests of Go, methods of testify's suites, and `t.Run` with a literal name as tests below them. */
export function goTests(masked: MaskedCode): readonly FoundTest[] {
  const { code, closes } = masked;
  const isLeftOut = /^[ \t]*\/\/go:build[ \t]+(?:ignore|never|false)\b/mu.test(masked.text);
  const found: FoundTest[] = [];
  const heads =
    /(?<!\w)func\s+(?:\([^()]{1,200}\)\s*)?((?:Test|Fuzz)(?![a-z])\w*)\s*\([^()]{0,200}\)\s*\{/gu;
  for (const { index, 0: head, 1: name = "" } of code.matchAll(heads)) {
    if (name === "TestMain") continue;
    found.push(
      foundAt(masked, { from: index, name, open: index + head.length - 1, isSkipped: isLeftOut }),
    );
  }
  const contexts = contextsOf(code);
  for (const { index, 0: head, 1: context = "" } of code.matchAll(/(?<![\w.])(\w+)\.Run\s*\(/gu)) {
    // `b.Run` is a part of a benchmark.
    if (!contexts.has(context)) continue;
    const open = index + head.length - 1;
    const [first, second] = argumentsIn(masked, open);
    const name = first === undefined ? null : literalIn(masked, first);
    const brace = second === undefined ? -1 : code.indexOf("{", second.from);
    if (name === null || second === undefined || brace < 0 || brace >= second.to) continue;
    const test = foundAt(masked, { from: index, name, open: brace, isSkipped: false });
    found.push({ ...test, to: (closes.get(open) ?? brace) + 1 });
  }
  return found;
}

function foundAt(
  { closes }: MaskedCode,
  at: {
    readonly from: number;
    readonly name: string;
    readonly open: number;
    readonly isSkipped: boolean;
  },
): FoundTest {
  const close = closes.get(at.open) ?? at.open + 1;
  return {
    kind: "test",
    name: at.name,
    from: at.from,
    to: close + 1,
    body: { from: at.open + 1, to: close },
    isSkipped: at.isSkipped,
    isOnly: false,
    cases: [],
    expectations: [],
  };
}

const FAILS = /(?<![\w.])(\w+)\.(?:Errorf?|Fatalf?|Fail|FailNow)\s*\(/gu;
/** testify, gocheck, quicktest, and own functions that take the test's `t`. */
const CALLS =
  /(?<![\w.])(?:(?:assert|require|must|qt|is|a|r|c|s|suite)(?:\.(?:Require|Assert)\(\))?\.[A-Z]\w*|_*(?:[Aa]ssert|[Rr]equire|[Ee]xpect|[Cc]heck|[Vv]erify|[Mm]ust|[Ww]ant)\w*)\s*\(/gu;

/** Reads what the bodies of a file's tests in Go assert: where they fail, and the condition they fail on. */
export function goBodies(masked: MaskedCode): (body: Body) => BodyFacts {
  const contexts = contextsOf(masked.code);
  return (body) => readBody(body, contexts);
}

function readBody(body: Body, contexts: ReadonlySet<string>): BodyFacts {
  const { masked, code, base } = body;
  const reach = reachOf(body);
  const isReached = (at: number) => !reach.unreached.some(({ from, to }) => at >= from && at < to);
  const found: { readonly at: number; readonly words: string }[] = [];
  for (const { index, 1: context = "" } of code.matchAll(FAILS)) {
    if (!contexts.has(context)) continue;
    found.push({
      at: base + index,
      words: `fails if ${failsIf(masked, reach.branches, base + index)}`,
    });
  }
  for (const { index, 0: head } of code.matchAll(CALLS)) {
    const open = base + index + head.length - 1;
    const range = { from: base + index, to: (masked.closes.get(open) ?? open) + 1 };
    // A name that does not say so asserts only if it can make the test fail.
    const takes = /^\(\s*(?:t|s|c|tb|\w+\.T\(\))(?!\w)/u.test(masked.code.slice(open, open + 60));
    if (
      takes ||
      /^(?:a|is|r|s|c|suite)\.(?:Require|Assert|[A-Z]\w*$)/u.test(head.slice(0, -1).trim())
    ) {
      found.push({ at: range.from, words: normalised(masked, range) });
    }
  }
  const live = found.filter(({ at }) => isReached(at)).toSorted((a, b) => a.at - b.at);
  const short = code.replaceAll(/if\s+testing\.Short\(\)\s*\{\s*\w+\.Skip\w*\([^()]*\)\s*\}/gu, "");
  return {
    expectations: live.map(({ words }) => words),
    exits: reach.exits
      .filter((exit) => live.some(({ at }) => at > exit.at))
      .map(({ condition }) => condition),
    cases: tableCases(body),
    isSkipped: /(?<![\w.])\w+\.Skip(?:f|Now)?\s*\(/u.test(short),
  };
}

function contextsOf(code: string): ReadonlySet<string> {
  const names = [...code.matchAll(/(?<!\w)(\w+)\s+(?:\*testing\.[TF]|testing\.TB)\b/gu)];
  return new Set(["t", ...names.map(([, name = ""]) => name)]);
}

function failsIf(masked: MaskedCode, branches: readonly Branch[], at: number): string {
  const inside = branches.findLast(({ block }) => at >= block.from && at < block.to);
  return inside === undefined ? "reached" : normalised(masked, inside.condition);
}

/** Rows of the tables in a test: `[]struct{…}{{…}, {…}}`, `map[string]…{…}`. */
function tableCases({ masked, code, base }: Body): readonly string[] {
  const rows: Range[] = [];
  for (const { index, 0: head } of code.matchAll(
    /(?:\[\]|map\[\w+\])\s*(struct\s*\{|[\w.]+\s*\{)/gu,
  )) {
    let open = base + index + head.length - 1;
    if (/struct\s*\{$/u.test(head)) {
      const close = masked.closes.get(open) ?? open;
      open = close + 1 + (/^\s*/u.exec(masked.code.slice(close + 1, close + 50))?.[0].length ?? 0);
    }
    const close = masked.code[open] === "{" ? masked.closes.get(open) : undefined;
    if (close === undefined) continue;
    const parts = partsOf(masked, { from: open + 1, to: close }, ",");
    rows.push(
      ...parts.filter((part) =>
        /^(?:\{|[^{}]{1,200}?:\s*\{|\w+\{)/u.test(masked.code.slice(part.from, part.to)),
      ),
    );
  }
  return rows.map((row) => normalised(masked, row));
}
