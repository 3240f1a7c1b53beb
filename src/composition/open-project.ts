import { existsSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { makeAgents } from "../adapters/agents/make-agents.ts";
import { excludeCairnFolder } from "../adapters/git/exclude-folder.ts";
import { remoteName } from "../adapters/git/remote-name.ts";
import { readSecretFiles } from "../adapters/process/secret-files.ts";
import { preflightGit } from "../adapters/git/preflight-git.ts";
import { identify } from "../adapters/process/process-table.ts";
import { tryLock } from "../adapters/sqlite/run-lock.ts";
import { openStore } from "../adapters/sqlite/store.ts";
import { loadConfig, type FlagValue, type LoadedConfig } from "../config/load.ts";
import type { PriceTable } from "../core/shared/prices.ts";
import { checkInvariants } from "../core/run/invariants.ts";
import type { Run } from "../core/run/run.ts";
import { UserError } from "../errors.ts";
import { findMainWorkTree } from "../host/open-run.ts";
import type { ForgeFact } from "../host/checks-forge.ts";
import type { HostedWorld, Project, ReadPlan } from "../host/project.ts";
import type { Agent } from "../ports/agent.ts";
import { bootstrapOptions } from "./bootstrap-options.ts";
import { restoreCheckout } from "./checkout-world.ts";
import { definedAgents, programsOf } from "./defined-agents.ts";
import { clockFrom } from "./clock.ts";
import type { OldIntegration } from "./old-integration.ts";
import { faultsFrom } from "./faults.ts";
import { openForge } from "./open-forge.ts";
import { followUpFilesOf } from "./follow-up-files.ts";
import { conflictFacts, type FactsPlace } from "./groom-facts.ts";
import { groundFacts } from "./ground-facts.ts";
import { mergedInParts } from "./earlier-parts.ts";
import type { OpenedGitHub } from "./open-github.ts";
import { openWorld, worktreesFolderOf, worktreesOf } from "./open-world.ts";
import { readPlanFor, type PlanParts } from "./read-plan.ts";
import { agentEnvironment, COMMITTER } from "./session-environment.ts";
import { progressFileOf } from "./progress-file.ts";
import { taskHistory } from "./task-history.ts";
import { tidyRun } from "./tidy-run.ts";
import { refuseUnbuilt } from "./unbuilt-settings.ts";
import { withheldReview } from "./run-settings.ts";
import { pricesFor, unknownCosts } from "./unknown-cost.ts";

export interface ProjectRequest {
  /** Folder the command was started in. */
  readonly directory: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly flags: readonly FlagValue[];
  readonly configFile: string | null;
  readonly isTerminal: boolean;
  readonly version: string;
  /** `--agent ./agent.sh`: a program that is no name of the configuration. */
  readonly agent: string | null;
  /** Told when a limit of the forge makes everything wait: until when, and its words. */
  readonly onLimit?: (until: number, words: string) => void;
}

/** A project with what was read to open it. */
export interface OpenedProject extends Project {
  readonly loaded: LoadedConfig;
  readonly agents: Readonly<Record<string, Agent>>;
  /** What tokens cost: `limits.prices`, or what this version knows. */
  readonly prices: PriceTable;
  /** The integration branch of a run that has not begun, where it is there already and old. */
  oldIntegration(read: ReadPlan): Promise<OldIntegration | null>;
  /** What GitHub says of this repository and the token here; null: the local forge. */
  forgeFact(): Promise<ForgeFact | null>;
}

/**
 * Opens the repository around a folder with its configuration. Nothing is written.
 * @throws UserError outside of a repository, or with every defect of the configuration.
 */
export async function openProject(request: ProjectRequest): Promise<OpenedProject> {
  const root = findMainWorkTree(request.directory);
  const { env } = request;
  const flags = [...request.flags, ...agentFlags(request)];
  const loaded = loadConfig({ root, env, flags, ...fileOf(request) });
  const { config } = loaded;
  refuseUnbuilt(loaded);
  const prices = pricesFor(root, config);
  const defined = definedAgents(root, loaded.config);
  const agents = makeAgents({ define: defined });
  const cairnFolder = join(root, ".cairn");
  const place = { root, cairnFolder };
  const shared = { root, config, agents, env, prices };
  const worktreesFolder = worktreesFolderOf(root, config.workspace.path);
  const forge = openForge(root, config, env, request.onLimit);
  const parts = {
    ...earlierOf(place),
    ...forge,
    defined,
    root,
    config,
    env,
    agents,
    directory: request.directory,
    isTerminal: request.isTerminal,
    repositoryName: async () => remoteName(root, config.forge.remote),
    namesIntegration: "branches.integration" in loaded.origins,
  };
  let target: Promise<string | null> | null = null;
  const targetHere = (): Promise<string | null> => (target ??= targetOf(root, config.target));
  return {
    loaded,
    agents,
    prices,
    root,
    cairnFolder,
    clock: clockFrom(env),
    faults: faultsFrom(env),
    version: request.version,
    readPlan: async (wanted) => readPlanFor(parts, wanted, await targetHere()),
    groundFacts: async (read) =>
      groundFactsOf({ ...shared, defined, target: await targetHere(), read }),
    ...storeOf(root, cairnFolder),
    openWorld: (run) =>
      worldOf(run, { ...shared, cairnFolder, worktreesFolder, openGitHub: forge.openGitHub }),
    oldIntegration: async (read) => {
      const { oldIntegrationOf } = await import("./old-integration.ts");
      return oldIntegrationOf(read, { ...place, config, env, openGitHub: forge.openGitHub });
    },
    forgeFact: forge.forgeFact,
    checkForge: forge.checkForge,
    inspect: checkInvariants,
    restoreCheckout: (run) => restoreCheckout(run, place),
    tidy: (run) => tidyRun(run, tidyRequest(place, worktreesFolder, run, config)),
  };
}

function tidyRequest(
  place: FactsPlace,
  worktreesFolder: string,
  run: Run,
  { workspace, merge }: LoadedConfig["config"],
): Parameters<typeof tidyRun>[1] {
  return {
    ...place,
    worktreesFolder: worktreesOf(worktreesFolder, run),
    keep: workspace.keep,
    deleteBranch: merge.deleteBranch,
  };
}

function groundFactsOf(asked: {
  readonly config: LoadedConfig["config"];
  readonly agents: Readonly<Record<string, Agent>>;
  readonly defined: ReturnType<typeof definedAgents>;
  readonly root: string;
  readonly env: ProjectRequest["env"];
  readonly prices: PriceTable;
  readonly target: string | null;
  readonly read: ReadPlan | null;
}): ReturnType<Project["groundFacts"]> {
  const { config, agents, defined, root, env, prices, target, read } = asked;
  return groundFacts({
    directory: root,
    target,
    agentNames: agentNames(config),
    agents,
    programs: programsOf(defined),
    gates: read?.gates ?? config.gates.preMerge,
    planFile: read?.plan.source.reference ?? null,
    inCheckout: !config.workspace.worktrees,
    unpriced: unknownCosts(config, prices),
    withheld: withheldReview(config),
    handsOn: config.agents.env,
    env,
  });
}

/** What earlier runs and the history of the repository tell about a plan. */
function earlierOf(
  place: FactsPlace,
): Pick<PlanParts, "history" | "conflictFacts" | "mergedBefore"> {
  return {
    history: () => taskHistory(place.cairnFolder),
    conflictFacts: async (milestone) => conflictFacts(milestone, place),
    mergedBefore: async (source) => mergedInParts(source, place),
  };
}

/** The log of the repository and the right to write it. */
function storeOf(
  root: string,
  cairnFolder: string,
): Pick<Project, "hasStore" | "openStore" | "lock"> {
  return {
    hasStore: () => existsSync(join(cairnFolder, "cairn.db")),
    openStore: async (options = {}) => {
      if (options.readonly !== true) await excludeCairnFolder(root);
      return openStore(cairnFolder, options);
    },
    lock: async (_store, run, command) => {
      const start = identify(process.pid)?.start;
      const holder = {
        pid: process.pid,
        run,
        command,
        startedAt: Date.now(),
        ...(start === undefined ? {} : { start }),
      };
      const attempt = tryLock(cairnFolder, holder);
      return Promise.resolve(
        attempt.lock ?? { heldBy: attempt.lock === null ? attempt.heldBy : null },
      );
    },
  };
}

interface WorldParts {
  readonly openGitHub: () => Promise<OpenedGitHub | null>;
  readonly root: string;
  readonly cairnFolder: string;
  readonly worktreesFolder: string;
  readonly config: LoadedConfig["config"];
  readonly agents: Readonly<Record<string, Agent>>;
  readonly env: ProjectRequest["env"];
  readonly prices: PriceTable;
}

async function worldOf(run: Run, parts: WorldParts): Promise<HostedWorld> {
  const { root, cairnFolder, config } = parts;
  const git = await agentEnvironment(run.id, parts, run.settings);
  return openWorld(run, {
    root,
    cairnFolder,
    worktreesFolder: worktreesOf(parts.worktreesFolder, run),
    committer: COMMITTER,
    agents: { ...parts.agents, ...makeAgents({ define: run.settings.defined ?? {} }) },
    environment: parts.env,
    prices: parts.prices,
    agentVariables: config.agents.env,
    secrets: readSecretFiles(root, config.secrets.valuesFrom),
    allowedSecrets: config.secrets.allow,
    agentHome: config.agents.home,
    promptsFolder: config.agents.prompts === null ? null : resolve(root, config.agents.prompts),
    bootstrap: bootstrapOptions(config, cairnFolder),
    cleansExisting: config.branches.existing === "clean",
    bootstrapTimeoutMs: config.gates.timeoutMs,
    gitEnvironment: git,
    clock: clockFrom(parts.env),
    openGitHub: parts.openGitHub,
    webhook: config.forge.webhook,
    progressFile: (now) => progressFileOf(now, config),
    followUpFiles: followUpFilesOf,
    taskBranch: config.branches.task,
  });
}

function fileOf(request: ProjectRequest): { readonly file?: string } {
  return request.configFile === null
    ? {}
    : { file: resolve(request.directory, request.configFile) };
}

/** `--agent NAME`, or `--agent ./program`: an agent of the command line's own, under the program's name. */
function agentFlags(request: ProjectRequest): readonly FlagValue[] {
  const { agent } = request;
  if (agent === null) return [];
  if (!agent.includes("/")) return [{ flag: "--agent", key: "agents.default", value: agent }];
  const file = resolve(request.directory, agent);
  if (!existsSync(file)) {
    throw new UserError("preflight/unknown-agent", `There is no program ${agent}.`, {
      hints: ["Name claude, codex, an agent under `agents.define`, or the path of a program."],
    });
  }
  const name = basename(file).replaceAll(/[^A-Za-z0-9]+/g, "-");
  const definition = { kind: "command", command: [file], commits: true };
  return [
    { flag: "--agent", key: `agents.define.${name}`, value: definition },
    { flag: "--agent", key: "agents.default", value: name },
  ];
}

function agentNames(config: LoadedConfig["config"]): readonly string[] {
  const { roles } = config.agents;
  const used = [
    roles.implementer,
    roles.fixer,
    roles["conflict-resolver"] ?? roles.fixer,
    ...(config.review.mode === "none" ? [] : [roles["quality-reviewer"]]),
  ];
  return [...new Set(used.map((name) => name ?? config.agents.default))];
}

/** Configured, else the remote's default branch, else the current one. */
async function targetOf(root: string, configured: string | null): Promise<string | null> {
  if (configured !== null) return configured;
  const git = await preflightGit(root);
  if (git.kind !== "repository") return null;
  return git.defaultBranch ?? git.branch;
}
