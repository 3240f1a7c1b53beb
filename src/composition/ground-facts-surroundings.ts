import { existsSync, lstatSync, readdirSync, readFileSync } from "node:fs";
import { homedir, release } from "node:os";
import { join } from "node:path";
import { readNpmLock } from "../adapters/bootstrap/npm-lock.ts";
import { preflightGit } from "../adapters/git/preflight-git.ts";
import { askRemote, standingOf } from "../adapters/git/preflight-git-remote.ts";
import { engineHolder } from "../adapters/sqlite/run-lock.ts";
import type { Config } from "../config/load.ts";
import type { Run } from "../core/run/run.ts";
import type { ForgeFact } from "../host/checks-forge.ts";
import type { Surroundings } from "../host/checks-surroundings.ts";
import { findProgram } from "./gate-needs.ts";
import { freeBytes } from "./ground-facts.ts";
import { loginsOf, productionNames } from "./ground-facts-variables.ts";
import { readableRuns } from "./state-tools-runs.ts";
import { worktreesFolderOf } from "./open-world.ts";

export interface SurroundingsRequest {
  readonly root: string;
  readonly cairnFolder: string;
  readonly config: Config;
  readonly target: string | null;
  /** Names of the agents that will be used. */
  readonly agents: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Asks GitHub, where the repository is there. */
  readonly forge: () => Promise<ForgeFact | null>;
}

const REMOTE_MS = 10_000;

/** Looks around a repository that was found fit; nothing is changed, and a remote has ten seconds. */
export async function surroundings(request: SurroundingsRequest): Promise<Surroundings> {
  const { root, cairnFolder, config, env } = request;
  const worktrees = worktreesFolderOf(root, config.workspace.path);
  return {
    machine: {
      node: process.versions.node,
      system: `${process.platform} ${release()} ${process.arch}`,
    },
    insideSession: env["CAIRN_INSIDE"] ?? null,
    remote: await remoteFact(request),
    disk: {
      freeBytes: freeBytes(root),
      usedBytes: bytesOf(worktrees),
      maxBytes: config.workspace.maxBytes,
    },
    bootstrap: bootstrapFact(root, config, env["PATH"]),
    logins: loginsOf(request.agents, config, env, homedir()),
    forge: await request.forge(),
    production: { seen: productionNames(env, config.agents.env).seen },
    leftovers: leftoversIn(cairnFolder, worktrees),
  };
}

async function remoteFact(request: SurroundingsRequest): Promise<Surroundings["remote"]> {
  const { root, target, config } = request;
  const git = await preflightGit(root);
  if (git.kind !== "repository") return null;
  const name = git.remotes.find((one) => one === config.forge.remote) ?? git.remotes[0];
  if (name === undefined) return null;
  const isCheckedOut = git.branch === target;
  const base = { name, target, isCheckedOut, standing: null, unreachable: null } as const;
  const branch = target ?? "HEAD";
  const answer = await askRemote({ root, remote: name, branch, limitMs: REMOTE_MS });
  if (answer.kind === "unreachable") return { ...base, unreachable: answer.why };
  if (answer.tip === null || target === null) return base;
  return { ...base, standing: await standingOf(root, target, answer.tip) };
}

/** Lock files, and what installs from them as they say; the first is what `auto` knows. */
const INSTALLERS = [
  ["package-lock.json", "npm ci"],
  ["pnpm-lock.yaml", "pnpm install --frozen-lockfile"],
  ["yarn.lock", "yarn install --frozen-lockfile"],
  ["bun.lock", "bun install --frozen-lockfile"],
  ["uv.lock", "uv sync --frozen"],
  ["poetry.lock", "poetry install"],
] as const;

function bootstrapFact(
  root: string,
  config: Config,
  path: string | undefined,
): Surroundings["bootstrap"] {
  const { bootstrap } = config.workspace;
  const nothing = { command: null, missing: null, unserved: null };
  if (typeof bootstrap !== "string") {
    const { command } = bootstrap;
    return { ...nothing, strategy: command, command };
  }
  if (bootstrap === "none") return { ...nothing, strategy: bootstrap };
  const found = INSTALLERS.find(([file]) => existsSync(join(root, file)));
  if (found === undefined) return { ...nothing, strategy: bootstrap };
  const [file, command] = found;
  if (file !== "package-lock.json")
    return { ...nothing, strategy: bootstrap, unserved: { file, command } };
  const missing = findProgram("npm", path) ? null : "the program npm";
  const served = { strategy: bootstrap, command, missing, unserved: null };
  return bootstrap === "auto"
    ? served
    : { ...served, ownBecause: readNpmLock(root)?.ownBecause ?? null };
}

/** What runs that are over, or were killed, have left. A log that cannot be read says nothing of either. */
function leftoversIn(cairnFolder: string, worktrees: string): Surroundings["leftovers"] {
  const { runs, broken, unreadable } = readableRuns(cairnFolder);
  if (unreadable !== null || broken.length > 0) return { worktrees: [], deadEngine: null };
  const open = new Set(runs.filter((run) => !isOver(run)).map((run) => run.id));
  const stray = namesIn(worktrees).filter((name) => !isOther(name) && !open.has(name));
  return { worktrees: stray.toSorted(), deadEngine: deadEngine(cairnFolder, runs) };
}

/** What people made by hand, and what is being measured at this moment, is no run's leftover. */
function isOther(name: string): boolean {
  return name === "tasks" || name.startsWith("scratch-");
}

function isOver(run: Run): boolean {
  return run.status === "complete" || run.status === "cancelled";
}

/** A run in one of these is worked on, or its engine was killed. */
export const UNDER_WAY: ReadonlySet<Run["status"]> = new Set([
  "planning",
  "running",
  "draining",
  "verifying",
  "landing",
]);

/** What the last engine wrote about itself, where it was killed at work; after an orderly end that says nothing. */
export function deadEngine(
  cairnFolder: string,
  runs: readonly Run[],
): { readonly pid: number; readonly run: string } | null {
  const told = engineHolder(cairnFolder) === null ? engineNote(cairnFolder) : null;
  const run = runs.find((one) => one.id === told?.run);
  return run !== undefined && UNDER_WAY.has(run.status) ? told : null;
}

function engineNote(cairnFolder: string): { pid: number; run: string } | null {
  try {
    const told: unknown = JSON.parse(readFileSync(join(cairnFolder, "engine.json"), "utf8"));
    if (typeof told !== "object" || told === null) return null;
    if (!("pid" in told) || !("run" in told)) return null;
    return typeof told.pid === "number" && typeof told.run === "string"
      ? { pid: told.pid, run: told.run }
      : null;
  } catch {
    return null;
  }
}

/** Bytes of a folder's files, links not followed; what vanishes meanwhile counts as nothing. */
export function bytesOf(path: string): number {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return 0;
  if (!stat.isDirectory()) return stat.size;
  let sum = 0;
  for (const name of namesIn(path)) sum += bytesOf(join(path, name));
  return sum;
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
