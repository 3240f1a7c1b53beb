import { spawnSync } from "node:child_process";
import { accessSync, constants, statfsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { preflightGit, type GitPreflight } from "../adapters/git/preflight-git.ts";
import { gitEnvironment } from "../adapters/git/git-environment.ts";
import { runGit } from "../adapters/git/run-git.ts";
import { COMMITTER } from "./session-environment.ts";
import type { GateCommand } from "../core/execute/gates.ts";
import type { GroundFacts } from "../host/checks.ts";
import type { Agent } from "../ports/agent.ts";

export interface GroundRequest {
  readonly directory: string;
  readonly target: string | null;
  readonly agentNames: readonly string[];
  readonly agents: Readonly<Record<string, Agent>>;
  readonly gates: readonly GateCommand[];
  readonly branches: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** git since 2.38 merges trees without a checkout. */
const GIT_MIN = [2, 38] as const;
const PROBE_MS = 20_000;

/** What git, the agents, the gates and the disk say; nothing is changed. */
export async function groundFacts(request: GroundRequest): Promise<GroundFacts> {
  const git = await preflightGit(request.directory);
  const root = git.kind === "repository" ? git.mainRoot : null;
  return {
    git: gitFacts(git),
    target: {
      name: request.target,
      exists: root !== null && request.target !== null && (await hasBranch(root, request.target)),
    },
    agents: request.agentNames.map((name) => agentFact(name, request)),
    gates: request.gates.map((gate) => ({
      name: gate.name,
      run: gate.run,
      missing: missingProgram(gate.run, request, root),
    })),
    existingBranches: root === null ? [] : await existingOf(root, request.branches),
    freeBytes: root === null ? null : freeBytes(root),
  };
}

function gitFacts(git: GitPreflight): GroundFacts["git"] {
  const none = {
    root: null,
    hasCommits: false,
    branch: null,
    inProgress: null,
    modified: [],
    isWritable: false,
  };
  if (git.kind === "no-git")
    return { ...none, version: null, isNewEnough: false, isRepository: false, isBare: false };
  const { version } = git;
  const words = version === null ? "of an unknown version" : `${version.major}.${version.minor}`;
  const isNewEnough =
    version !== null &&
    (version.major > GIT_MIN[0] || (version.major === GIT_MIN[0] && version.minor >= GIT_MIN[1]));
  const base = {
    version: words,
    isNewEnough,
    isRepository: git.kind !== "no-repository",
    isBare: git.kind === "bare",
  };
  if (git.kind !== "repository") return { ...none, ...base };
  return {
    ...base,
    root: git.mainRoot,
    hasCommits: git.head !== null,
    branch: git.branch,
    inProgress: git.operation,
    modified: git.modifiedPaths,
    isWritable: git.writable,
  };
}

async function hasBranch(root: string, branch: string): Promise<boolean> {
  return (await existingOf(root, [branch])).length > 0;
}

async function existingOf(root: string, branches: readonly string[]): Promise<readonly string[]> {
  if (branches.length === 0) return [];
  const answer = await runGit({
    cwd: root,
    env: gitEnvironment(COMMITTER),
    args: ["for-each-ref", "--format=%(refname:short)", "refs/heads/"],
  });
  const known = new Set(answer.text.split("\n"));
  return branches.filter((branch) => known.has(branch));
}

function agentFact(name: string, request: GroundRequest): GroundFacts["agents"][number] {
  const agent = request.agents[name];
  if (agent === undefined)
    return { name, known: false, found: false, version: null, warning: null };
  const { probe } = agent;
  if (probe === null) return { name, known: true, found: true, version: null, warning: null };
  const answer = spawnSync(probe.file, [...probe.args], {
    encoding: "utf8",
    timeout: PROBE_MS,
    stdio: ["ignore", "pipe", "ignore"],
  });
  if (answer.error !== undefined)
    return { name, known: true, found: false, version: null, warning: null };
  const version = /\d+\.\d+\.\d+/.exec(answer.stdout)?.[0] ?? null;
  const tried = version === null || version === probe.tested;
  const warning = tried
    ? null
    : `${name} ${version ?? ""} is there; this Cairn was tried with ${probe.tested}.`;
  return { name, known: true, found: true, version, warning };
}

/** Words that are the shell's own, or that only it can judge. */
const SHELL_WORDS = new Set([
  "cd",
  "test",
  "true",
  "false",
  "exit",
  "echo",
  "if",
  "for",
  "while",
  "export",
  "set",
  ":",
  "!",
  "{",
  "(",
]);

/** The first program of a gate that is not there, as far as that can be told without running it; else null. */
function missingProgram(
  command: string,
  request: GroundRequest,
  root: string | null,
): string | null {
  const words = command
    .trim()
    .split(/\s+/)
    .filter((word) => !/^[A-Za-z_][A-Za-z0-9_]*=/.test(word));
  const [program = ""] = words;
  if (SHELL_WORDS.has(program) || !/^[A-Za-z0-9_./+-]+$/.test(program)) return null;
  if (program.includes("/"))
    return root === null || canRun(join(root, program)) || canRun(program) ? null : program;
  const folders = (request.env["PATH"] ?? "").split(delimiter);
  return folders.some((folder) => canRun(join(folder, program))) ? null : program;
}

function canRun(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function freeBytes(root: string): number | null {
  try {
    const { bavail, bsize } = statfsSync(root);
    return bavail * bsize;
  } catch {
    return null;
  }
}
