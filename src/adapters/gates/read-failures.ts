interface FailureFormat {
  readonly pattern: RegExp;
  /** Words for one failure, or null when the line is none after all. */
  readonly read: (match: RegExpExecArray) => string | null;
}

const FAILURES_MAX = 50;
const FAILURE_LENGTH_MAX = 300;

// oxlint-disable-next-line eslint/no-control-regex -- the escape character is what is looked for
const COLOUR = /\u001B\[[0-9;]*m/g;

const FORMATS: readonly FailureFormat[] = [
  // tsc: src/a.ts(12,3): error TS2322: words — and its --pretty form with colons and a dash.
  {
    pattern: /^(\S+?)[(:](\d+)[,:]\d+\)?(?: -|:) error (TS\d+): (.*)$/,
    read: ([, file, line, code, words]) => `${file}:${line}: ${code} ${words}`,
  },
  // eslint and oxlint, unix format; gcc, clang, go vet: file:line:column: words
  {
    pattern: /^(?!\s*at )(\.{0,2}[\w@./+-]+\.[A-Za-z]\w*):(\d+):\d+: (.*)$/,
    read: ([, file, line, words]) => `${file}:${line}: ${words}`,
  },
  // TAP, node:test: the innermost subtest says what failed, its parents only repeat it.
  {
    pattern: /^\s*not ok \d+ -? ?(.*?)(?: # (SKIP|TODO)\b.*)?$/i,
    read: ([, name, excuse]) => (excuse || !name || /\.[cm]?[jt]sx?$/.test(name) ? null : name),
  },
  // vitest: ` FAIL  file > suite > name`; jest: `  ● suite › name`
  { pattern: /^\s*FAIL\s+(\S+\.\w+ > .*)$/, read: ([, name]) => name ?? null },
  { pattern: /^\s*● (.* › .*|[^›]+)$/, read: ([, name]) => name ?? null },
  // node:test, mocha, vitest: a cross before the name
  {
    pattern: /^\s*[✗✖✕×] (.+?)(?: \(?[\d.]+ ?m?s\)?)?$/,
    read: ([, name]) =>
      /^(?:\d+ problems?\b|failing tests:)/.test(name ?? "") ? null : (name ?? null),
  },
  // pytest summary
  { pattern: /^(?:FAILED|ERROR) (\S+::\S+|\S+\.py)(?: - .*)?$/, read: ([, name]) => name ?? null },
  // go test
  { pattern: /^\s*--- FAIL: (\S+)/, read: ([, name]) => name ?? null },
  // cargo test
  { pattern: /^test (\S+) \.\.\. FAILED$/, read: ([, name]) => name ?? null },
];

// A linter that groups by file names it on a line of its own, and the places below it.
const FILE_ALONE = /^(\S*[\w-]+\.[A-Za-z]\w*)$/;
const PLACE_BELOW = /^\s+(\d+):\d+\s+(?:error|✖|x)\s+(.*)$/;

/**
 * Single failures named in the output of a checker or a test runner, in order, each once: `src/a.ts:12: words` or
 * a test's name. Empty when nothing is readable; never longer than a page.
 */
export function readFailures(output: string): readonly string[] {
  const found = new Set<string>();
  let file: string | null = null;
  for (const raw of output.replaceAll(COLOUR, "").split("\n")) {
    const line = raw.trimEnd();
    file = FILE_ALONE.exec(line)?.[1] ?? (line === "" ? null : file);
    const failure = readPlaceBelow(line, file) ?? readLine(line);
    if (failure !== null) found.add(failure.slice(0, FAILURE_LENGTH_MAX));
    if (found.size >= FAILURES_MAX) break;
  }
  return [...found];
}

function readPlaceBelow(line: string, file: string | null): string | null {
  const place = file === null ? null : PLACE_BELOW.exec(line);
  return place === null ? null : `${file}:${place[1]}: ${place[2]}`;
}

function readLine(line: string): string | null {
  for (const { pattern, read } of FORMATS) {
    const match = pattern.exec(line);
    const failure = match === null ? null : read(match);
    if (failure !== null) return failure.trim();
  }
  return null;
}
