import { argumentsIn, normalised, type Range } from "./code-range.ts";
import type { Body, BodyFacts } from "./found-tests.ts";
import { reachOf, type Reach } from "./unreached-code.ts";

/** Functions that assert by their name: `assert`, `expectRow`, `verifyAll`; plain `check` and `verify` do other things too. */
const ASSERTING =
  /^(?:assert|expect|should|fail)$|^(?:assert|expect|verify|check|ensure|should|must)(?:[A-Z_$]|Type\b)/u;

/** Methods of a test's own context, of tap, tape and ava. */
const OF_CONTEXT: ReadonlySet<string> = new Set(
  "equal equals same is deepEqual deepEquals strictEqual ok notOk true false truthy falsy not notEqual notDeepEqual throws throwsAsync rejects doesNotThrow match regex like pass fail plan snapshot error ifError".split(
    " ",
  ),
);

interface Found extends Range {
  readonly isUnawaited: boolean;
}

/** What the body of a test in JavaScript or TypeScript asserts. */
export function javascriptBody(body: Body): BodyFacts {
  const reach = reachOf(body);
  const live = assertionsIn(body).filter(
    ({ from }) => !reach.unreached.some((range) => from >= range.from && from < range.to),
  );
  return {
    expectations: live.map((found) => wordsOf(body, found, reach)),
    exits: reach.exits
      .filter(({ at }) => live.some(({ from }) => from > at))
      .map(({ condition }) => condition),
    cases: loopCases(body),
    isSkipped: /(?<![\w$.])(?:this|[a-z]\w*)\s*\.\s*(?:skip|todo|fixme)\s*\(/u.test(
      body.code.replaceAll(/(?<![\w$.])(?:test|it|describe)\s*\./gu, ""),
    ),
  };
}

function wordsOf(body: Body, found: Found, { branches }: Reach): string {
  const inside = branches.findLast(
    ({ block }) => found.from >= block.from && found.from < block.to,
  );
  const when = inside === undefined ? "" : `when(${normalised(body.masked, inside.condition)}) `;
  return `${when}${found.isUnawaited ? "unawaited " : ""}${normalised(body.masked, found)}`;
}

/** Every assertion, the outermost of those inside one another, except that a call around others is only a frame. */
function assertionsIn(body: Body): readonly Found[] {
  const found: Found[] = [];
  let past = -1;
  for (const { index, 0: word } of body.code.matchAll(/(?<![\w$.#@])[A-Za-z_$][\w$]*/gu)) {
    if (index < past) continue;
    const chain = chainFrom(body, index, word);
    if (chain === null || !asserts(chain.words)) continue;
    const isFrame = chain.words[0] !== "expect" && /\bexpect\s*\(|\bassert\b/u.test(chain.inner);
    if (isFrame) continue;
    past = chain.to;
    const from = body.base + index;
    found.push({
      from,
      to: body.base + chain.to,
      isUnawaited: isUnawaited(body, index, chain.words),
    });
  }
  return found;
}

interface Chain {
  readonly words: readonly string[];
  /** Where it ends in the body's code. */
  readonly to: number;
  /** Code of all its arguments. */
  readonly inner: string;
}

/** `a.b(…).c.d(…)`: the words, and where the last call or word ends; null: nothing in it is called. */
function chainFrom({ masked, code, base }: Body, from: number, first: string): Chain | null {
  const words = [first];
  const inner: string[] = [];
  let at = from + first.length;
  let to = -1;
  for (let turn = 0; turn < 100; turn += 1) {
    const member = /^\s*(?:\?\.|!?\.)\s*([A-Za-z_$][\w$]*)/u.exec(code.slice(at, at + 300));
    const space = typesLength(code, at);
    if (member !== null) {
      words.push(member[1] ?? "");
      at += member[0].length;
      // Properties assert too: `expect(x).to.be.true`.
      if (to >= 0) to = at;
    } else if (code[at + space] === "(") {
      const close = masked.closes.get(base + at + space);
      if (close === undefined || close - base >= code.length) return null;
      inner.push(code.slice(at + space + 1, close - base));
      at = close - base + 1;
      to = at;
    } else break;
  }
  return to < 0 ? null : { words, to, inner: inner.join(" ") };
}

/** Type arguments before a call (`expectTypeOf<Row>()`) take no longer than this. */
const TYPES_MAX = 600;

/** How long the type arguments at a place are; 0: there are none, or no call follows them. */
function typesLength(code: string, at: number): number {
  if (code[at] !== "<") return 0;
  let depth = 0;
  const end = Math.min(code.length, at + TYPES_MAX);
  for (let to = at; to < end; to += 1) {
    if (code[to] === "<") depth += 1;
    if (code[to] === ">" && code[to - 1] !== "=") depth -= 1;
    if (depth === 0) return code[to + 1] === "(" ? to + 1 - at : 0;
  }
  return 0;
}

function asserts(words: readonly string[]): boolean {
  const [first = "", second = "", ...rest] = words;
  if (first === "expect")
    return !/^(?:extend|any|anything|objectContaining|arrayContaining|string\w*|closeTo|getState|setState|addSnapshotSerializer|addEqualityTesters)$/u.test(
      second,
    );
  if (ASSERTING.test(first)) return true;
  if (second === "assert" || (first === "sinon" && rest.length > 0 && second === "assert"))
    return true;
  if (/^(?:t|ctx|context|test|tap|assert)$/u.test(first) && OF_CONTEXT.has(second)) return true;
  // `response.expect(200)`, `cy.get(x).should("exist")`, `value.should.equal(3)`.
  return [second, ...rest].some(
    (word) => word === "expect" || word === "should" || /^assert[A-Z]/u.test(word),
  );
}

/** A promise that a test does not wait for fails after it, or never. */
function isUnawaited({ masked, base }: Body, at: number, words: readonly string[]): boolean {
  if (!words.some((word) => word === "resolves" || word === "rejects" || word === "poll")) {
    return false;
  }
  // Of the whole text: before an arrow's expression stands the arrow, before a statement a brace.
  const before = masked.code.slice(Math.max(0, base + at - 300), base + at).trimEnd();
  return !/(?:(?<![\w$.])(?:await|return|yield)|[(,[=>?:&|])$/u.test(before);
}

/** Rows that a loop in the test goes through: `for (const x of [1, 2])`. */
function loopCases(body: Body): readonly string[] {
  const rows: string[] = [];
  // A loop inside a row of another one is a part of that row.
  let past = 0;
  for (const { index, 0: head } of body.code.matchAll(
    /(?<![\w$.])for\s*\(\s*(?:const|let|var)\s[^()[\]]{1,100}\sof\s*\[|(?<![\w$.])for\s*\(\s*(?:const|let|var)\s*[[{][^()]{1,100}[\]}]\s*of\s*\[/gu,
  )) {
    const open = body.base + index + head.length - 1;
    if (open < past) continue;
    past = body.masked.closes.get(open) ?? open;
    rows.push(...argumentsIn(body.masked, open).map((row) => normalised(body.masked, row)));
  }
  return rows;
}
