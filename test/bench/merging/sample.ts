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
 * files touched, three in ten also touch one of three hot files. The same branches each time.
 */
export function makeSample(root: string, count: number): MergeSample {
  fs.mkdirSync(root, { recursive: true });
  const git = (...args: readonly string[]): string =>
    execFileSync("git", args, { cwd: root, env: ENVIRONMENT, encoding: "utf8" }).trim();
  git("init", "--quiet", "--initial-branch=main");
  const touched = Array.from({ length: count }, (_, at) => pathsOf(at));
  const input = [...baseStream(), ...touched.flatMap((paths, at) => branchStream(at, paths))];
  execFileSync("git", ["fast-import", "--quiet"], {
    cwd: root,
    env: ENVIRONMENT,
    input: input.join(""),
  });
  const branches = touched.map((paths, at) => ({
    key: `b${at}`,
    head: git("rev-parse", `refs/heads/b${at}`),
    paths,
  }));
  return { root, base: git("rev-parse", "main"), branches, git };
}

function fileOf(at: number): string {
  return path.posix.join(`src/f${at % FOLDERS}`, `m${Math.floor(at / FOLDERS)}.ts`);
}

function lines(name: string, edits: ReadonlyMap<number, string> = new Map()): string {
  const all = Array.from({ length: LINES }, (_, line) => edits.get(line) ?? `${name} line ${line}`);
  return `${all.join("\n")}\n`;
}

function pathsOf(at: number): readonly string[] {
  const files = FOLDERS * FILES_EACH;
  const many = 4 + Math.floor(roll(SEED, at, "many") * 4);
  const paths = Array.from({ length: many }, (_, index) =>
    fileOf(Math.floor(roll(SEED, at, index) * files)),
  );
  if (roll(SEED, at, "hot") < 0.3) paths.push(fileOf(Math.floor(roll(SEED, at, "which") * HOT)));
  return [...new Set(paths)];
}

function* baseStream(): Generator<string> {
  yield commitLine("refs/heads/main", "base");
  for (let at = 0; at < FOLDERS * FILES_EACH; at += 1)
    yield fileEntry(fileOf(at), lines(fileOf(at)));
}

function branchStream(at: number, paths: readonly string[]): readonly string[] {
  const ref = `refs/heads/b${at}`;
  const half = Math.ceil(paths.length / 2);
  const edited = (name: string): string => {
    const line = Math.floor(roll(SEED, at, name, "line") * LINES);
    return fileEntry(name, lines(name, new Map([[line, `${name} as branch ${at} has it`]])));
  };
  return [
    commitLine(ref, `b${at} first`),
    "from refs/heads/main\n",
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
