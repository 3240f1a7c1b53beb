import { bare, quote, quotePath, quotePattern, type ShellWords } from "./test-runner-shell.ts";
import type { ReportFormat } from "./test-reports/read-test-report.ts";

/** A test program whose report can be read, and how it is asked for one, of some files or of everything. */
export interface TestProgram {
  readonly format: ReportFormat;
  /** How many words name the program and what it is to do; null: it is another one. */
  readonly recognise: (words: readonly string[]) => number | null;
  /** Assignments it is started with. */
  readonly needs: readonly string[];
  /** Options whose value is a word of its own. */
  readonly valued: ReadonlySet<string>;
  /** Options that are left out: other reports, watching, coverage, stopping early. */
  readonly dropped: RegExp;
  /** The command without its environment; `args` are its options, `places` what it was to run without us. */
  readonly command: (call: ProgramCall) => string;
}

export interface ProgramCall {
  /** The program's own words: `node`, `python -m pytest`. */
  readonly program: string;
  readonly options: readonly string[];
  readonly places: readonly string[];
  /** Paths; empty: everything that it would run by itself. */
  readonly files: readonly string[];
}

/** Path of the report, as the shell that runs the command knows it. */
const REPORT = '"$1"';

/** Programs of node find theirs there, as scripts of npm do. */
const OF_NODE: readonly string[] = ['PATH="$PWD/node_modules/.bin:$PATH"'];

/**
 * Python takes a source of equal size that was written in the same second for the one it has compiled: two commits that
 * are tested one right after the other would be one.
 */
const WITHOUT_BYTECODE: readonly string[] = ["PYTHONDONTWRITEBYTECODE=1"];

const vitest: TestProgram = {
  needs: OF_NODE,
  format: "vitest-json",
  recognise: (words) =>
    words[0] === "vitest" ? (/^(?:run|watch|dev)$/.test(words[1] ?? "") ? 2 : 1) : null,
  valued: valued(
    "-c --config -r --root --dir --project --environment --pool -t --testNamePattern --maxWorkers --shard --mode",
    "--reporter --outputFile",
  ),
  dropped: /^(?:--reporter|--outputFile|--coverage|--watch|-w|--ui|--run|--bail|--changed)/,
  command: ({ options, places, files }) =>
    join("vitest run", options, `--reporter=json --outputFile=${REPORT}`, placesOr(places, files)),
};

const jest: TestProgram = {
  needs: OF_NODE,
  format: "jest-json",
  recognise: (words) => (words[0] === "jest" ? 1 : null),
  valued: valued(
    "-c --config --rootDir --roots --projects --selectProjects -t --testNamePattern -w --maxWorkers --env",
    "--reporters --outputFile --changedSince --coverageReporters",
  ),
  dropped:
    /^(?:--json|--outputFile|--reporters|--coverage|--collectCoverage|--watch|-o$|--onlyChanged|--changedSince|--bail|-b$)/,
  command: ({ options, places, files }) =>
    join(
      "jest",
      options,
      `--json --outputFile=${REPORT}`,
      files.length === 0 ? places : ["--runTestsByPath", ...files.map(quotePath)],
    ),
};

const node: TestProgram = {
  needs: OF_NODE,
  format: "tap",
  recognise: (words) =>
    /^(?:node|tsx)$/.test(words[0] ?? "") && words.includes("--test") ? 1 : null,
  valued: valued(
    "--import -r --require --loader --experimental-loader --env-file -C --conditions",
    "--test-name-pattern --test-skip-pattern --test-concurrency --test-timeout --test-reporter --test-reporter-destination",
  ),
  dropped: /^(?:--test$|--test-reporter|--watch|--experimental-test-coverage|--test-coverage)/,
  // Of its reports the only one that has what a file printed before it broke.
  command: ({ program, options, places, files }) =>
    join(
      program,
      "--test",
      options,
      `--test-reporter=tap --test-reporter-destination=${REPORT}`,
      files.length === 0 ? places : files.map(quotePattern),
    ),
};

const pytest: TestProgram = {
  needs: WITHOUT_BYTECODE,
  format: "junit",
  recognise: (words) => {
    if (/^(?:pytest|py\.test)$/.test(words[0] ?? "")) return 1;
    return /^python[\d.]*$/.test(words[0] ?? "") && words[1] === "-m" && words[2] === "pytest"
      ? 3
      : null;
  },
  valued: valued(
    "-k -m -c -p -n -o -W -r --rootdir --ignore --deselect --tb --maxfail --junitxml --junit-xml --cov",
  ),
  dropped: /^(?:--junit|--cov|-x$|--exitfirst|--maxfail|--no-cov|--lf|--ff|--sw)/,
  // The older family of the format names the file of each test.
  command: ({ program, options, places, files }) =>
    join(program, options, `-o junit_family=xunit1 --junitxml=${REPORT}`, placesOr(places, files)),
};

const go: TestProgram = {
  needs: [],
  format: "go-json",
  recognise: (words) => (words[0] === "go" && words[1] === "test" ? 2 : null),
  valued: valued("-run -skip -tags -timeout -count -p -parallel -coverprofile -coverpkg -bench"),
  dropped: /^-(?:json|v|cover\w*|bench|failfast|run|skip)(?:=|$)/,
  // Its packages are folders.
  command: ({ options, places, files }) =>
    join(
      "go test -json",
      options,
      files.length === 0 ? places : [...new Set(files.map((file) => quotePath(folderOf(file))))],
      `> ${REPORT} 2>&1`,
    ),
};

const cargo: TestProgram = {
  needs: [],
  format: "cargo-text",
  recognise: (words) => (words[0] === "cargo" && /^(?:test|t)$/.test(words[1] ?? "") ? 2 : null),
  valued: valued("-p --package --features --manifest-path --target --profile --test -j --jobs"),
  dropped: /^(?:--no-fail-fast|-q$|--quiet)/,
  command: ({ options, places, files }) =>
    join(
      "cargo test --no-fail-fast",
      options,
      files.length === 0 ? places : files.flatMap((file) => ["--test", quote(stemOf(file))]),
      `> ${REPORT} 2>&1`,
    ),
};

const bun: TestProgram = {
  needs: [],
  format: "junit",
  recognise: (words) => (words[0] === "bun" && words[1] === "test" ? 2 : null),
  valued: valued("--preload -r --timeout -t --test-name-pattern --reporter --reporter-outfile"),
  dropped: /^(?:--reporter|--coverage|--watch|--bail)/,
  command: ({ options, places, files }) =>
    join(
      "bun test",
      options,
      `--reporter=junit --reporter-outfile=${REPORT}`,
      placesOr(places, files),
    ),
};

export const TEST_PROGRAMS: readonly TestProgram[] = [vitest, jest, node, pytest, go, cargo, bun];

/** Only tests in a file of their own directly below `tests` are a target that cargo can be asked for. */
export function canRunAlone(program: TestProgram, files: readonly string[]): boolean {
  return program !== cargo || files.every((file) => /^tests\/[^/]+\.rs$/.test(file));
}

/** Options and places of a program's arguments; what stands behind `--` are options of its own kind. */
export function readArguments(
  program: TestProgram,
  words: ShellWords,
): { readonly options: readonly string[]; readonly places: readonly string[] } {
  const options: string[] = [];
  const places: string[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? "";
    const name = bare(word);
    if (!name.startsWith("-")) {
      places.push(word);
      continue;
    }
    const hasValue = program.valued.has(name) && at + 1 < words.length;
    const taken = hasValue ? [word, words[at + 1] ?? ""] : [word];
    if (hasValue) at += 1;
    if (!program.dropped.test(name)) options.push(...taken);
  }
  return { options, places };
}

function placesOr(places: readonly string[], files: readonly string[]): readonly string[] {
  return files.length === 0 ? places : files.map(quotePath);
}

function valued(...names: readonly string[]): ReadonlySet<string> {
  return new Set(names.flatMap((line) => line.split(" ")));
}

function join(...parts: readonly (string | readonly string[])[]): string {
  return parts
    .flat()
    .filter((part) => part !== "")
    .join(" ");
}

function folderOf(path: string): string {
  return path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : ".";
}

function stemOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1).replace(/\.[^.]*$/, "");
}
