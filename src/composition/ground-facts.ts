import { spawnSync } from "node:child_process";
import { statfsSync } from "node:fs";
import { join } from "node:path";
import { preflightGit, type GitPreflight } from "../adapters/git/preflight-git.ts";
import { gitEnvironment } from "../adapters/git/git-environment.ts";
import { mergeModeOf } from "../adapters/git/git-version.ts";
import { readIfThere } from "../adapters/process/files.ts";
import { runGit } from "../adapters/git/run-git.ts";
import type { GateCommand } from "../core/execute/gates.ts";
import { testRunnerOf } from "../core/execute/test-runner.ts";
import type { WithheldReview } from "../core/run/settings.ts";
import type { GroundFacts } from "../host/checks.ts";
import type { Agent } from "../ports/agent.ts";
import { findProgram, missingForGate } from "./gate-needs.ts";
import { productionNames } from "./ground-facts-variables.ts";
import { COMMITTER } from "./session-environment.ts";

export interface GroundRequest {
  readonly directory: string;
  readonly target: string | null;
  readonly agentNames: readonly string[];
  readonly agents: Readonly<Record<string, Agent>>;
  /** Programs of agents that the configuration defines, as they will be started. */
  readonly programs: Readonly<Record<string, string | undefined>>;
  readonly gates: readonly GateCommand[];
  /** The plan file: it is read as it lies, so that changes in it need not be committed. */
  readonly planFile: string | null;
  /** Tasks will work in the checkout: it is put on other commits, so that no change in it may be left out of them. */
  readonly inCheckout: boolean;
  /** Agents whose sessions will have no known price, in words. */
  readonly unpriced: readonly string[];
  /** A review that was asked for and nobody can do. */
  readonly withheld: WithheldReview | null;
  /** Names of variables that agents get beside the usual ones. */
  readonly handsOn: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** git since 2.38 merges trees without a checkout. */
const GIT_MIN = [2, 38] as const;
const PROBE_MS = 20_000;

/** What git, the agents, the gates and the disk say; nothing is changed. */
export async function groundFacts(request: GroundRequest): Promise<GroundFacts> {
  const git = await preflightGit(request.directory);
  const root = git.kind === "repository" ? git.mainRoot : null;
  const known = root === null ? new Set<string>() : await branchNames(root);
  const manifest = readIfThere(join(root ?? request.directory, "package.json"));
  return {
    git: gitFacts(git, request.inCheckout ? null : request.planFile),
    inCheckout: request.inCheckout,
    unpriced: request.unpriced,
    withheld: request.withheld,
    handedOn: productionNames(request.env, request.handsOn).handedOn,
    target: { name: request.target, exists: request.target !== null && known.has(request.target) },
    agents: request.agentNames.map((name) => agentFact(name, request)),
    gates: request.gates.map((gate) => ({
      name: gate.name,
      run: gate.run,
      missing: missingForGate(gate.run, root ?? request.directory, request.env["PATH"]),
      ...(gate.kind === "test" ? { testRunner: testRunnerOf(gate, manifest) } : {}),
    })),
    freeBytes: root === null ? null : freeBytes(root),
  };
}

const NOTHING = {
  root: null,
  hasCommits: false,
  branch: null,
  inProgress: null,
  modified: [],
  isWritable: false,
  refusal: null,
} as const;

/** A plan is read as it lies; a milestone folder is a plan with all that is in it. */
function isPlan(path: string, planFile: string | null): boolean {
  return planFile !== null && (path === planFile || path.startsWith(`${planFile}/`));
}

function gitFacts(git: GitPreflight, planFile: string | null): GroundFacts["git"] {
  if (git.kind === "no-git")
    return { ...NOTHING, version: null, isNewEnough: false, isRepository: false, isBare: false };
  const { version } = git;
  const words = version === null ? "of an unknown version" : `${version.major}.${version.minor}`;
  const isNewEnough =
    version !== null &&
    (version.major > GIT_MIN[0] || (version.major === GIT_MIN[0] && version.minor >= GIT_MIN[1]));
  const base = {
    version: words,
    merges: mergeWords(git, isNewEnough),
    isNewEnough,
    isRepository: git.kind !== "no-repository",
    isBare: git.kind === "bare",
  };
  if (git.kind === "no-repository") return { ...NOTHING, ...base, refusal: refusalIn(git.detail) };
  if (git.kind === "bare") return { ...NOTHING, ...base };
  return {
    ...base,
    root: git.mainRoot,
    hasCommits: git.head !== null,
    refusal: null,
    branch: git.branch,
    inProgress: git.operation,
    modified: git.modifiedPaths.filter((path) => !isPlan(path, planFile)),
    isWritable: git.writable,
  };
}

function mergeWords(
  git: Exclude<GitPreflight, { kind: "no-git" }>,
  isNewEnough: boolean,
): string | null {
  if (!isNewEnough) return null;
  return mergeModeOf(git.version) === "synthetic-parent"
    ? "merges without a checkout, by a made-up parent (2.40 needs none)"
    : "merges without a checkout";
}

/** A folder of another user is a repository that git will not read: its own words say how to allow it. */
function refusalIn(detail: string): string | null {
  if (!detail.includes("dubious ownership")) return null;
  const lines = detail.replace(/^fatal: /, "").split("\n");
  return lines
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .join(" ");
}

async function branchNames(root: string): Promise<ReadonlySet<string>> {
  const answer = await runGit({
    cwd: root,
    env: gitEnvironment(COMMITTER),
    args: ["for-each-ref", "--format=%(refname:lstrip=2)", "refs/heads/"],
  });
  return new Set(answer.text.split("\n"));
}

function agentFact(name: string, request: GroundRequest): GroundFacts["agents"][number] {
  const agent = request.agents[name];
  const program = request.programs[name] ?? null;
  const fact = { name, known: true, found: true, program, version: null, warning: null };
  if (agent === undefined) return { ...fact, known: false, found: false };
  const { probe } = agent;
  if (probe === null) {
    const isThere = program === null || findProgram(program, request.env["PATH"]);
    return { ...fact, found: isThere };
  }
  const answer = spawnSync(probe.file, [...probe.args], {
    encoding: "utf8",
    timeout: PROBE_MS,
    stdio: ["ignore", "pipe", "ignore"],
  });
  if (answer.error !== undefined) return { ...fact, found: false };
  const version = /\d+\.\d+\.\d+/.exec(answer.stdout)?.[0] ?? null;
  const tried = version === null || version === probe.tested;
  const warning = tried
    ? null
    : `${name} ${version ?? ""} is there; this Cairn was tried with ${probe.tested}.`;
  return { ...fact, version, warning };
}

/** Null: the system does not say. */
export function freeBytes(root: string): number | null {
  try {
    const { bavail, bsize } = statfsSync(root);
    return bavail * bsize;
  } catch {
    return null;
  }
}
