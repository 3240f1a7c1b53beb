import { argumentsIn, literalIn, normalised, type Range } from "./code-range.ts";
import type { FoundTest } from "./found-tests.ts";
import type { MaskedCode } from "./masked-code.ts";

const TESTS: ReadonlySet<string> = new Set(
  "test it specify fit ftest xit xtest xspecify".split(" "),
);
const SUITES: ReadonlySet<string> = new Set(
  "describe suite context fdescribe xdescribe fcontext xcontext".split(" "),
);
/** Of an object that is none of the above (`t.test(…)`), only these begin a test below it. */
const BELOW: ReadonlySet<string> = new Set("test it describe".split(" "));

/** What may stand between `test` and its arguments; anything else (`test.extend`, `test.beforeEach`) is no test. */
const MODIFIERS: ReadonlySet<string> = new Set(
  "skip only todo each for concurrent sequential shuffle serial parallel skipIf runIf fails failing fixme describe".split(
    " ",
  ),
);
const SKIPS: ReadonlySet<string> = new Set("skip todo skipIf runIf fails failing fixme".split(" "));
/** They take arguments of their own before those of the test. */
const CALLED: ReadonlySet<string> = new Set("each for skipIf runIf".split(" "));

interface Chain {
  readonly words: readonly string[];
  /** Arguments of `each` and its like: where their bracket or template opens. */
  readonly tables: readonly Range[];
  /** Where the arguments of the test open. */
  readonly open: number;
}

/** Tests and suites of vitest, jest, node:test, mocha, Playwright and their like. */
export function javascriptTests(masked: MaskedCode): readonly FoundTest[] {
  const aliases = aliasesOf(masked.code);
  const found: FoundTest[] = [];
  for (const { index, 0: word } of masked.code.matchAll(/(?<![\w$.#@])[A-Za-z_$][\w$]*/gu)) {
    const chain = chainAt(masked, index, word);
    const kind = chain === null ? null : kindOf(chain.words, aliases);
    const test =
      chain === null || kind === null ? null : testAt(masked, index, { chain, kind, aliases });
    if (test !== null) found.push(test);
  }
  return found;
}

/** Own names for tests: `const it2 = test.extend(…)`, `const maybe = ci ? test : test.skip`. */
function aliasesOf(code: string): ReadonlyMap<string, { readonly isSkipped: boolean }> {
  const pattern =
    /(?<![\w$.])(?:const|let|var)\s+(\w+)\s*=\s*([^;\n]{0,200}?)\b(?:test|it)\b((?:\s*\.\s*(?:extend|skipIf|runIf|concurrent|sequential|skip|only)\b)?[^;\n]{0,200})/gu;
  const aliases = new Map<string, { readonly isSkipped: boolean }>();
  for (const [, name = "", before = "", after = ""] of code.matchAll(pattern)) {
    if (!/\?\s*$/u.test(before) && !/^\s*\./u.test(after)) continue;
    aliases.set(name, { isSkipped: /\.\s*skip/u.test(after) });
  }
  return aliases;
}

function chainAt(masked: MaskedCode, from: number, first: string): Chain | null {
  const { code, closes } = masked;
  const words = [first];
  const tables: Range[] = [];
  let at = from + first.length;
  // Each turn takes one word, bracket or type; none of them repeats for long.
  for (let turn = 0; turn < 20; turn += 1) {
    at += /^\s*/u.exec(code.slice(at, at + 200))?.[0].length ?? 0;
    const member = /^\.\s*([A-Za-z_$][\w$]*)/u.exec(code.slice(at, at + 200));
    const takes = CALLED.has(words.at(-1) ?? "") && tables.length < words.length - 1;
    if (member !== null) {
      words.push(member[1] ?? "");
      at += member[0].length;
    } else if (code[at] === "`" && takes) {
      const end = code.indexOf("`", at + 1);
      if (end < 0) return null;
      tables.push({ from: at, to: end + 1 });
      at = end + 1;
    } else if (code[at] === "<" && /^<[^()]{0,300}?>\s*[(`]/u.test(code.slice(at, at + 310))) {
      at += /^<[^()]{0,300}?>(?=\s*[(`])/u.exec(code.slice(at, at + 310))?.[0].length ?? 1;
    } else if (code[at] === "(") {
      const close = closes.get(at);
      if (close === undefined) return null;
      if (!takes) return { words, tables, open: at };
      tables.push({ from: at, to: close + 1 });
      at = close + 1;
    } else return null;
  }
  return null;
}

type Aliases = ReadonlyMap<string, { readonly isSkipped: boolean }>;

function kindOf(words: readonly string[], aliases: Aliases): "test" | "suite" | "below" | null {
  const [first = "", ...rest] = words;
  if (TESTS.has(first) || SUITES.has(first) || aliases.has(first)) {
    if (!rest.every((word) => MODIFIERS.has(word))) return null;
    return SUITES.has(first) || rest.includes("describe") ? "suite" : "test";
  }
  const [second = "", ...more] = rest;
  return BELOW.has(second) && more.every((word) => MODIFIERS.has(word)) ? "below" : null;
}

function testAt(
  masked: MaskedCode,
  from: number,
  about: {
    readonly chain: Chain;
    readonly kind: "test" | "suite" | "below";
    readonly aliases: Aliases;
  },
): FoundTest | null {
  const { words, tables, open } = about.chain;
  const given = argumentsIn(masked, open);
  const [first, ...rest] = given;
  if (first === undefined) return null;
  const isNamed = /^["'`]/u.test(masked.code.slice(first.from, first.to));
  const run = given.findLast((range) => bodyIn(masked, range) !== null);
  const named = rest.findLast((range) =>
    /^[\w$.]+$/u.test(masked.code.slice(range.from, range.to)),
  );
  // `it("is to be done")` has no function; `pattern.test("text")` and `test(value)` are other things.
  if (run === undefined && (about.kind === "below" || !isNamed)) return null;
  if (about.kind === "below" && !isNamed) return null;
  const options = given.filter((range) => masked.code[range.from] === "{");
  const said = options.map((range) => normalised(masked, range)).join("");
  const body = run === undefined ? (named ?? null) : bodyIn(masked, run);
  return {
    kind:
      about.kind === "suite" || words.includes("describe") || SUITES.has(words[1] ?? "")
        ? "suite"
        : "test",
    name:
      run === first
        ? nameOfFunction(masked, first)
        : (literalIn(masked, first) ?? normalised(masked, first)),
    from,
    to: (masked.closes.get(open) ?? open) + 1,
    body,
    isSkipped:
      body === null ||
      (words[0] ?? "").startsWith("x") ||
      words.some((word) => SKIPS.has(word)) ||
      about.aliases.get(words[0] ?? "")?.isSkipped === true ||
      /[{,](?:skip|todo|fails)(?::(?!false\b|undefined\b)|[,}])/u.test(said),
    isOnly:
      /^f(?:it|test|describe|context)$/u.test(words[0] ?? "") ||
      words.includes("only") ||
      /[{,]only:true\b/u.test(said),
    cases: tables.flatMap((table) => rowsOf(masked, table)),
    expectations: [],
  };
}

function nameOfFunction(masked: MaskedCode, range: Range): string {
  const text = masked.code.slice(range.from, range.to);
  return /^(?:async\s+)?function\s*\*?\s*([\w$]+)/u.exec(text)?.[1] ?? "<anonymous>";
}

/** What a function given as an argument does: inside its braces, or its expression; null: it is no function. */
function bodyIn(masked: MaskedCode, { from, to }: Range): Range | null {
  const { code, closes } = masked;
  let isFunction = false;
  for (let at = from; at < to; at += 1) {
    if (code.startsWith("=>", at)) {
      const start = at + 2 + (/^\s*/u.exec(code.slice(at + 2, to))?.[0].length ?? 0);
      const close = code[start] === "{" ? closes.get(start) : undefined;
      return close === undefined ? { from: start, to } : { from: start + 1, to: close };
    }
    if (code.startsWith("function", at)) isFunction = true;
    const close = closes.get(at);
    if (close === undefined) continue;
    if (code[at] === "{" && isFunction) return { from: at + 1, to: close };
    at = close;
  }
  // `withServer(async (server) => …)`: the function is inside what makes the test.
  const text = code.slice(from, to);
  return !/^[{["'`]/u.test(text) && /=>|\bfunction\b/u.test(text) ? { from, to } : null;
}

/** Rows of the table of `each`: elements of its array, or lines of its template after the head. */
function rowsOf(masked: MaskedCode, table: Range): readonly string[] {
  if (masked.code[table.from] === "`") {
    const lines = masked.text.slice(table.from + 1, table.to - 1).split("\n");
    return lines
      .map((line) => line.replaceAll(/\s+/gu, ""))
      .filter((line) => line !== "")
      .slice(1);
  }
  const [first] = argumentsIn(masked, table.from);
  if (first === undefined || masked.code[first.from] !== "[") return [];
  return argumentsIn(masked, first.from).map((row) => normalised(masked, row));
}
