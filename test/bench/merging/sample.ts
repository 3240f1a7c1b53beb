import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { roll } from "../../simulation/random.ts";

export interface SampleBranch {
  readonly key: string;
  readonly head: string;
  readonly paths: readonly string[];
}

export interface MergeSample {
  readonly root: string;
  readonly base: string;
  readonly branches: readonly SampleBranch[];
  git(...args: readonly string[]): string;
}

const FOLDERS = 77;
const FILES_EACH = 39;
const LINES = 40;
const HOT = 3;
const SEED = 7;

export const ENVIRONMENT: Readonly<Record<string, string>> = {
  PATH: process.env["PATH"] ?? "",
  HOME: "/nonexistent",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_AUTHOR_NAME: "Bench",
  GIT_AUTHOR_EMAIL: "bench@cairn.invalid",
  GIT_COMMITTER_NAME: "Bench",
  GIT_COMMITTER_EMAIL: "bench@cairn.invalid",
  GIT_AUTHOR_DATE: "1800000000 +0000",
  GIT_COMMITTER_DATE: "1800000000 +0000",
};

/**
 * 3,003 files and `count` branches on one base, as the figures of the design were measured: two commits each, about 5.6
 * files touched, three in ten also touch one of three hot files. The same branches each time. `source`: on a clone of
 * that repository instead, which is only read.
 */
export function makeSample(root: string, count: number, source: string | null = null): MergeSample {
  fs.mkdirSync(root, { recursive: true });
  const run = (args: readonly string[], input = ""): string =>
    execFileSync("git", args, {
      cwd: root,
      env: ENVIRONMENT,
      encoding: "utf8",
      input,
      maxBuffer: BYTES_MAX,
    });
  if (source === null) makeBase(run);
  else run(["clone", "--quiet", "--no-checkout", "--", path.resolve(source), root]);
  const base = run(["rev-parse", "HEAD"]).trim();
  const files = source === null ? FILES : plainFiles(run);
  const touched = Array.from({ length: count }, (_, at) => pathsOf(at, files));
  const texts = textsOf(run, new Set(touched.flat()));
  const stream = touched.flatMap((paths, at) => branchStream({ at, paths, base, texts }));
  run(["fast-import", "--quiet"], stream.join(""));
  const branches = touched.map((paths, at) => ({
    key: `b${at}`,
    head: run(["rev-parse", `${REFS}b${at}`]).trim(),
    paths,
  }));
  return { root, base, branches, git: (...args) => run(args).trim() };
}

type Run = (args: readonly string[], input?: string) => string;

const REFS = "refs/heads/bench/";
const BYTES_MAX = 256 * 1024 * 1024;
const FILES = Array.from({ length: FOLDERS * FILES_EACH }, (_, at) => fileOf(at));

function makeBase(run: Run): void {
  run(["init", "--quiet", "--initial-branch=main"]);
  const files = FILES.map((name) => fileEntry(name, lines(name)));
  run(["fast-import", "--quiet"], [commitLine("refs/heads/main", "base"), ...files].join(""));
}

/** Texts of a size that people write, with names that need no quoting. */
function plainFiles(run: Run): readonly string[] {
  const listed = run(["ls-tree", "-r", "-l", "HEAD"]).split("\n");
  const names = listed.flatMap((line) => {
    const [, size = "0", name = ""] = /^100644 blob \w+ +(\d+)\t([\w./-]+)$/.exec(line) ?? [];
    return Number(size) > 200 && Number(size) < 60_000 && !BINARY.test(name) ? [name] : [];
  });
  if (names.length < 100) throw new Error(`only ${names.length} text files: too few to say much.`);
  return names;
}

const BINARY = /\.(?:png|jpe?g|gif|ico|woff2?|ttf|zip|gz|pdf|wasm)$/;

function textsOf(run: Run, names: ReadonlySet<string>): ReadonlyMap<string, string> {
  return new Map([...names].map((name) => [name, run(["cat-file", "blob", `HEAD:${name}`])]));
}

function fileOf(at: number): string {
  return path.posix.join(`src/f${at % FOLDERS}`, `m${Math.floor(at / FOLDERS)}.ts`);
}

function lines(name: string): string {
  return `${Array.from({ length: LINES }, (_, line) => `${name} line ${line}`).join("\n")}\n`;
}

function pathsOf(at: number, files: readonly string[]): readonly string[] {
  const fileAt = (share: number): string => files[Math.floor(share)] ?? "";
  const many = 4 + Math.floor(roll(SEED, at, "many") * 4);
  const paths = Array.from({ length: many }, (_, index) =>
    fileAt(roll(SEED, at, index) * files.length),
  );
  if (roll(SEED, at, "hot") < 0.3) paths.push(fileAt(roll(SEED, at, "which") * HOT));
  return [...new Set(paths)];
}

function branchStream(branch: {
  readonly at: number;
  readonly paths: readonly string[];
  readonly base: string;
  readonly texts: ReadonlyMap<string, string>;
}): readonly string[] {
  const { at, paths, base, texts } = branch;
  const ref = `${REFS}b${at}`;
  const half = Math.ceil(paths.length / 2);
  const edited = (name: string): string => {
    const all = (texts.get(name) ?? "").split("\n");
    const line = Math.floor(roll(SEED, at, name, "line") * (all.length - 1));
    return fileEntry(name, all.with(line, `${name} as branch ${at} has it`).join("\n"));
  };
  return [
    commitLine(ref, `b${at} first`),
    `from ${base}\n`,
    ...paths.slice(0, half).map(edited),
    commitLine(ref, `b${at} second`),
    ...paths.slice(half).map(edited),
  ];
}

function commitLine(ref: string, message: string): string {
  return `commit ${ref}\ncommitter Bench <bench@cairn.invalid> 1800000000 +0000\ndata ${message.length}\n${message}\n`;
}

function fileEntry(name: string, text: string): string {
  return `M 100644 inline ${name}\ndata ${Buffer.byteLength(text)}\n${text}\n`;
}
