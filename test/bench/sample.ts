import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

/** A throw-away repository with a milestone, and the programs that work on it. */
export interface Sample {
  /** Everything lies below this folder. */
  readonly folder: string;
  readonly root: string;
  /** One line for each process of the three programs: `agent`, `reviewer`, `gate`. */
  readonly countFile: string;
  readonly agent: string;
  readonly reviewer: string;
  readonly gate: string;
  readonly env: Readonly<Record<string, string>>;
}

const PLAN = "docs/M1_bench.md";
const PACKAGE = path.resolve(import.meta.dirname, "../..");

/** The launcher as a user calls it. */
export const CAIRN = path.join(PACKAGE, "bin/cairn");
/** The plan of every sample, from its root. */
export const SAMPLE_PLAN = PLAN;

/** Makes the repository: files of a small project, and `issues` independent issues, each with a file of its own. */
export function makeSample(issues: number): Sample {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "cairn-bench-")));
  const root = path.join(folder, "repository");
  const home = path.join(folder, "home");
  const countFile = path.join(folder, "processes");
  for (const made of [root, home]) fs.mkdirSync(made);
  const programs = writePrograms(folder, countFile);
  writeProject(root, issues, programs);
  const sample = { folder, root, countFile, env: environmentOf(home), ...programs };
  const git = (args: readonly string[]): void => {
    execFileSync("git", args, { cwd: root, env: sample.env });
  };
  git(["init", "-q", "-b", "main"]);
  git(["add", "-A"]);
  git(["commit", "-q", "-m", "Begin"]);
  return sample;
}

/** Removes the sample with everything below it. */
export function removeSample(sample: Sample): void {
  fs.rmSync(sample.folder, { recursive: true, force: true, maxRetries: 5 });
}

/** How often each program was started since the last call. */
export function takeCounts(sample: Sample): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  const text = fs.existsSync(sample.countFile) ? fs.readFileSync(sample.countFile, "utf8") : "";
  fs.rmSync(sample.countFile, { force: true });
  for (const name of text.split("\n").filter((line) => line !== ""))
    counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

/** Nothing of the person's own git configuration, and no cache but the sample's own. */
function environmentOf(home: string): Readonly<Record<string, string>> {
  const who = { NAME: "Bench", EMAIL: "bench@cairn.invalid" };
  return {
    PATH: process.env["PATH"] ?? "",
    HOME: home,
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_AUTHOR_NAME: who.NAME,
    GIT_AUTHOR_EMAIL: who.EMAIL,
    GIT_COMMITTER_NAME: who.NAME,
    GIT_COMMITTER_EMAIL: who.EMAIL,
  };
}

function writePrograms(
  folder: string,
  countFile: string,
): { readonly agent: string; readonly reviewer: string; readonly gate: string } {
  const write = (name: string, body: string): string => {
    const file = path.join(folder, `${name}.sh`);
    const text = `#!/bin/sh\necho ${name} >> ${countFile}\n${body}\n`;
    fs.writeFileSync(file, text, { mode: 0o755 });
    return file;
  };
  return {
    agent: write(
      "agent",
      'echo "$CAIRN_TASK" > "work/$CAIRN_TASK.txt"\ngit add -A\ngit commit -q -m "Do $CAIRN_TASK"',
    ),
    reviewer: write("reviewer", "echo PASS"),
    gate: write("gate", "test -d work"),
  };
}

function writeProject(
  root: string,
  issues: number,
  programs: { readonly agent: string; readonly reviewer: string; readonly gate: string },
): void {
  for (const name of ["docs", "work", "src"]) fs.mkdirSync(path.join(root, name));
  fs.writeFileSync(path.join(root, "work/README.md"), "One file for each issue.\n");
  for (let index = 0; index < 50; index += 1)
    fs.writeFileSync(path.join(root, `src/file-${index}.js`), `export const n = ${index};\n`);
  fs.writeFileSync(path.join(root, ".cairn.yml"), configText(programs));
  const tasks = Array.from({ length: issues }, (_, index) => taskText(index + 1));
  fs.writeFileSync(path.join(root, PLAN), `# Milestone 1: Bench\n\n${tasks.join("\n")}`);
}

function taskText(number: number): string {
  return [
    `## Task 1.${number}: Write file ${number}`,
    "",
    "**Type:** CODING",
    `**Files:** work/1.${number}.txt`,
    "Depends on: none",
    "",
    "### Acceptance criteria",
    "",
    `- The file work/1.${number}.txt is there`,
    "",
  ].join("\n");
}

function configText(programs: {
  readonly agent: string;
  readonly reviewer: string;
  readonly gate: string;
}): string {
  return `version: 1
parallel: 1
in_flight: 1
agents:
  default: worker
  define:
    worker: { kind: command, command: [${programs.agent}], commits: true }
    critic: { kind: command, command: [${programs.reviewer}], commits: true }
  roles:
    spec-reviewer: critic
    quality-reviewer: critic
gates:
  pre_merge:
    - { name: gate, run: ${programs.gate}, kind: other }
`;
}
