import { z } from "zod";
import type { GateCommand } from "./gates.ts";
import {
  canRunAlone,
  readArguments,
  TEST_PROGRAMS,
  type TestProgram,
} from "./test-runner-programs.ts";
import { bare, splitShell, type ShellWords } from "./test-runner-shell.ts";
import type { ReportFormat } from "./test-reports/read-test-report.ts";

/** How tests are run so that their report can be read. */
export interface TestCommand {
  /** For `sh`, which knows the path of the report as `$1`. */
  readonly run: string;
  /** Null: the gate as it stands; only its exit code tells. */
  readonly format: ReportFormat | null;
  /** It runs the files that were asked for and no others; false: the whole suite. */
  readonly perFile: boolean;
}

const ManifestSchema = z.object({ scripts: z.record(z.string(), z.string()).optional() });

/**
 * The command that runs only `files` (paths relative to the repository; empty: everything the gate runs) with a report,
 * out of the owner's own test gate and the scripts it names. What cannot be recognised is run as it stands.
 */
export function testCommandFor(
  gate: Pick<GateCommand, "run">,
  packageJson: string | null,
  files: readonly string[],
): TestCommand {
  const call = findCall(gate.run, scriptsOf(packageJson), SCRIPTS_DEEP_MAX);
  if (call === null) return { run: gate.run, format: null, perFile: false };
  const { program, builds, environment, words } = call;
  const isAlone = files.length > 0 && canRunAlone(program, files);
  const taken = program.recognise(words.map(bare)) ?? 1;
  const { options, places } = readArguments(program, words.slice(taken));
  const command = program.command({
    program: words.slice(0, taken).join(" "),
    options,
    places,
    files: isAlone ? files : [],
  });
  const run = [...builds, [...program.needs, ...environment, command].join(" ")].join("; ");
  return { run, format: program.format, perFile: isAlone };
}

/** The program behind a test gate whose reports can be read, as it is called; null: only the exit code tells. */
export function testRunnerOf(
  gate: Pick<GateCommand, "run">,
  packageJson: string | null,
): string | null {
  const call = findCall(gate.run, scriptsOf(packageJson), SCRIPTS_DEEP_MAX);
  if (call === null) return null;
  const words = call.words.map(bare);
  const name = words.slice(0, call.program.recognise(words) ?? 1).join(" ");
  return /^(?:node|tsx)$/.test(name) ? `${name} --test` : name;
}

/** A script may call another, and that a third; who goes further is looked at as a whole. */
const SCRIPTS_DEEP_MAX = 4;

interface Call {
  readonly program: TestProgram;
  /** Commands before it that make what it runs. */
  readonly builds: readonly string[];
  /** Assignments, and programs that set up the surroundings of the one they start. */
  readonly environment: ShellWords;
  readonly words: ShellWords;
}

type Scripts = Readonly<Record<string, string>>;

function scriptsOf(packageJson: string | null): Scripts {
  try {
    return ManifestSchema.parse(JSON.parse(packageJson ?? "{}")).scripts ?? {};
  } catch {
    // No manifest, or one that is none: the gate has to speak for itself.
    return {};
  }
}

/** The first test program of a line. Null: none that is known, or something around it that would be lost. */
function findCall(line: string, scripts: Scripts, deep: number): Call | null {
  const commands = splitShell(line);
  if (commands === null || deep === 0) return null;
  const builds: string[] = [];
  for (const command of commands) {
    const { environment, words } = peel(command);
    const script = scriptOf(words, scripts);
    const program = TEST_PROGRAMS.find((one) => one.recognise(words.map(bare)) !== null);
    if (program !== undefined) return { program, builds, environment, words };
    const inner = script === null ? null : findCall(script.line, scripts, deep - 1);
    if (inner !== null && script !== null) {
      const { builds: before } = inner;
      return {
        ...inner,
        builds: [...builds, ...script.builds, ...before],
        environment: [...environment, ...inner.environment],
        words: [...inner.words, ...script.args],
      };
    }
    if (CHANGES_SURROUNDINGS.test(words[0] ?? "")) return null;
    if (isBuild(words)) builds.push(command.join(" "));
  }
  return null;
}

/** What follows runs elsewhere, or with something set, that a part taken out of the line would not. */
const CHANGES_SURROUNDINGS = /^(?:cd|pushd|export|source|\.|set|eval|exec|docker|docker-compose)$/;

/** Assignments and starters in front of a program, and the program. */
function peel(command: ShellWords): { environment: ShellWords; words: ShellWords } {
  const environment: string[] = [];
  let words = command;
  for (;;) {
    const [first = "", second = ""] = words;
    if (/^[A-Za-z_]\w*=/.test(first)) {
      environment.push(first);
      words = words.slice(1);
    } else if (/^(?:cross-env|c8|nyc|npx|bunx)$/.test(first)) {
      // Their own options go: coverage is not asked for here, and nothing is to be fetched.
      words = withoutOptions(words.slice(1));
    } else if (/^(?:npm|pnpm|yarn) exec$/.test(`${first} ${second}`)) {
      words = withoutOptions(words.slice(2));
    } else if (/^(?:uv|poetry|pipenv|pdm|rye) run$/.test(`${first} ${second}`)) {
      environment.push(first, second);
      words = words.slice(2);
    } else return { environment, words };
  }
}

function withoutOptions(words: ShellWords): ShellWords {
  const start = words.findIndex((word) => !word.startsWith("-"));
  return start < 0 ? [] : words.slice(start);
}

interface Script {
  readonly line: string;
  readonly builds: readonly string[];
  /** What the caller adds to it. */
  readonly args: ShellWords;
}

/** The script that `npm test`, `pnpm run unit` and the like mean. */
function scriptOf(words: ShellWords, scripts: Scripts): Script | null {
  const [runner = "", ...rest] = words;
  if (!/^(?:npm|pnpm|yarn|bun)$/.test(runner)) return null;
  const own = rest.filter((word) => !/^(?:--silent|-s|--if-present)$/.test(word));
  const isRun = /^(?:run|run-script|rum)$/.test(own[0] ?? "");
  // `bun test` is bun's own runner; what else stands first may be a command of the package manager.
  const isTest = runner !== "bun" && /^(?:test|t|tst)$/.test(own[0] ?? "");
  const isNamed =
    (runner === "pnpm" || runner === "yarn") && own[0] !== undefined && own[0] in scripts;
  if (!isRun && !isTest && !isNamed) return null;
  const name = isRun ? (own[1] ?? "") : isTest ? "test" : (own[0] ?? "");
  const line = scripts[name];
  if (line === undefined) return null;
  const before = scripts[`pre${name}`];
  const builds = before === undefined ? [] : (splitShell(before) ?? []).filter(isBuild);
  const args = own.slice(isRun ? 2 : 1).filter((word) => word !== "--");
  return { line, builds: builds.map((command) => command.join(" ")), args };
}

const BUILDERS = /^(?:tsup|esbuild|rollup|webpack|swc|babel|make|cmake|protoc|unbuild)$/;

/** Makes files that tests need; a linter or a type check in front of them is nothing to a single test. */
function isBuild(words: ShellWords): boolean {
  const line = peel(words).words.map(bare);
  const [first = "", second = "", third = ""] = line;
  if (first === "tsc") return !line.includes("--noEmit");
  if (/^(?:npm|pnpm|yarn|bun)$/.test(first))
    return /^(?:build|compile|generate|codegen|prepare)\b/.test(second === "run" ? third : second);
  const pair = `${first} ${second}`;
  return (
    BUILDERS.test(first) ||
    /^(?:vite build|cargo build|go build|go generate|prisma generate)$/.test(pair)
  );
}
