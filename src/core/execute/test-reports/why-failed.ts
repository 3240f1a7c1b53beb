/**
 * What kind of failure it was. `import`: something the test names does not exist (a module, an export, in compiled
 * languages any symbol). `error`: it threw or panicked, or does not fit what it calls. `syntax`: it cannot be parsed.
 */
export type FailureReason = "assertion" | "error" | "syntax" | "import" | "timeout" | "unknown";

interface Why {
  readonly reason: FailureReason;
  readonly missing: string | null;
}

interface Said {
  readonly headline: string;
  readonly body: string;
  /** False: no test got to run, so that an error of the parser is one of the file itself. */
  readonly hasRun: boolean;
}

/** Patterns are tried on no more than this much of a text. */
const SEARCHED_MAX = 20_000;

/** What was not found when a file was loaded or built; the first group names it. */
const NOT_THERE: readonly RegExp[] = [
  // Node and vitest; jest writes `from`; TypeScript's TS2307 has the same words.
  /Cannot find (?:module|package) ['"`]([^'"`\n]{1,500})['"`]/u,
  /(?:Failed to resolve import|Could not resolve) ["']([^"'\n]{1,500})["']/u,
  /Failed to load url (\S{1,500})/u,
  /does not provide an export named ['"]?([\w$]+)/u,
  /has no exported member(?: named)? ['"]([\w$]+)['"]/u,
  /TS2304: Cannot find name ['"]([\w$]+)['"]/u,
  /TS2339: Property ['"]([\w$]+)['"] does not exist/u,
  // Python.
  /No module named ['"]?([\w.]+)/u,
  /cannot import name ['"](\w+)['"]/u,
  // Go.
  /(?:no required module provides package|cannot find module providing package|cannot find package) "?([^\s";:]{1,500})/u,
  /package (\S{1,500}) is not in (?:GOROOT|std)/u,
  /undefined: (?:\w{1,200}\.){0,5}(\w{1,200})/u,
  /\.(\w+) undefined \(type/u,
  /undefined \(type \S{1,200} has no field or method (\w+)/u,
  /unknown field '?(\w+)'? in struct literal/u,
  // Rust.
  /unresolved imports? `([^`\n]{1,500})`/u,
  /(?:can't find crate for|file not found for module) `([^`\n]{1,500})`/u,
  /failed to resolve:[^`\n]{0,200}`([^`\n]{1,500})`/u,
  /cannot find [\w, /]{1,80} `([^`\n]{1,500})`/u,
  /no (?:method|function or associated item|associated item|variant or associated item|field)[\w ]{0,60} `([^`\n]{1,500})`/u,
  /has no field named `([^`\n]{1,500})`/u,
];

/** It is there and does not have the shape the test calls it with. */
const OTHER_SHAPE: readonly RegExp[] = [
  /(?:too many|not enough) arguments in call to (?:\w{1,200}\.){0,5}(\w{1,200})/u,
];

/** What a running test looked for and did not get; of `calc.add`, or a bundler's `__import_1__.add`, the last name. */
const NOT_GOT: readonly RegExp[] = [
  /([\w$]{1,200})\)? is not a (?:function|constructor)/u,
  /ReferenceError: ([\w$]{1,200}) is not defined/u,
  /name '(\w{1,200})' is not defined/u,
  /has no attribute '(\w{1,200})'/u,
];

const UNPARSED =
  /SyntaxError|IndentationError|TabError|Transform failed|PARSE_ERROR|[Uu]nexpected token|Parse failure|ERR_INVALID_TYPESCRIPT_SYNTAX|syntax error|^expected [^\n]{1,80}, found |^error: (?:expected|unexpected|unterminated|unknown start|mismatched closing|unclosed|this file contains an un|missing )/mu;

const TIMED_OUT =
  /(?:[Tt]est|[Hh]ook) timed out (?:in|after) |Exceeded timeout of |testTimeoutFailure|Failed: Timeout (?:>|\()|Timeout of \d+ms exceeded/u;

const ASSERTED =
  /AssertionError|ERR_ASSERTION|AssertionFailedError|\bexpect\(|\bexpect\.(?:assertions|hasAssertions)|^E? *assert\b|DID NOT (?:RAISE|WARN)|\bassertion\b.{0,500}\bfailed|did not panic as expected|Snapshot .{0,500} mismatched|^\s*operator: /mu;

const THREW =
  /\b[A-Z]\w{0,100}(?:Error|Exception|Warning)\b|^Error\b|\bpanic(?:ked)?\b|\bthrew\b/mu;

/** Reads from a test program's words why something went red. */
export function whyFailed({ headline, body, hasRun }: Said): Why {
  const look = hasRun ? ofATest : ofAFile;
  const first = look(headline.slice(0, SEARCHED_MAX));
  if (first !== null && (first.reason !== "error" || first.missing !== null)) return first;
  return look(body.slice(0, SEARCHED_MAX)) ?? first ?? { reason: "unknown", missing: null };
}

function ofAFile(text: string): Why | null {
  const absent = firstOf(NOT_THERE, text);
  if (absent !== null) return { reason: "import", missing: absent };
  if (UNPARSED.test(text)) return { reason: "syntax", missing: null };
  if (TIMED_OUT.test(text)) return { reason: "timeout", missing: null };
  const shape = firstOf([...OTHER_SHAPE, ...NOT_GOT], text);
  if (shape !== null) return { reason: "error", missing: shape };
  return THREW.test(text) || /^error/mu.test(text) ? { reason: "error", missing: null } : null;
}

function ofATest(text: string): Why | null {
  if (TIMED_OUT.test(text)) return { reason: "timeout", missing: null };
  if (ASSERTED.test(text)) return { reason: "assertion", missing: null };
  const absent = firstOf([...NOT_GOT, ...NOT_THERE], text);
  if (absent !== null) return { reason: "error", missing: absent };
  return THREW.test(text) ? { reason: "error", missing: null } : null;
}

function firstOf(patterns: readonly RegExp[], text: string): string | null {
  let best: { readonly at: number; readonly name: string } | null = null;
  for (const pattern of patterns) {
    const found = pattern.exec(text);
    const name = found?.[1];
    if (found === null || name === undefined) continue;
    if (best === null || found.index < best.at) best = { at: found.index, name };
  }
  return best?.name ?? null;
}
