import { join } from "node:path";
import { createBootstrap, type BootstrapOptions } from "../adapters/bootstrap/bootstrap.ts";
import { readPromptTemplate } from "../adapters/agents/read-prompts.ts";
import { refuseDirtyStart, withCheckout } from "./checkout-world.ts";
import { createLocalDispatch } from "../adapters/dispatch/local/local-dispatch.ts";
import { createLocalForge } from "../adapters/forge/local/local-forge.ts";
import { createGateRunner, sweepRun } from "../adapters/gates/gate-runner.ts";
import { openRepository, type GitRepository } from "../adapters/git/git-repository.ts";
import type { Identity } from "../adapters/git/git-environment.ts";
import { isPanic } from "../adapters/process/panic-file.ts";
import { redactText, secretValues } from "../adapters/process/redact.ts";
import { createNpmLockResolver } from "../adapters/resolvers/npm-lock.ts";
import { createSecretScanner } from "../adapters/secrets/secret-scanner.ts";
import { buildPrompt } from "../core/execute/agent-prompt.ts";
import { promptTemplate } from "../core/execute/prompt-template.ts";
import { mergeJson } from "../core/merge/resolvers/merge-json.ts";
import { measurementSession } from "../core/shared/agent-mail.ts";
import type { PriceTable } from "../core/shared/prices.ts";
import type { SessionId } from "../core/shared/names.ts";
import { promptInput } from "../core/run/prompt-input.ts";
import type { Run } from "../core/run/run.ts";
import type { World } from "../engine/performer.ts";
import type { HostedWorld } from "../host/project.ts";
import type { Repository } from "../ports/repository.ts";
import type { FollowUpFiles, ProgressFile } from "../ports/source.ts";
import { UserError } from "../errors.ts";
import type { Agent } from "../ports/agent.ts";
import type { Clock } from "../ports/clock.ts";
import type { Dispatch } from "../ports/dispatch.ts";
import { gateTools } from "./gate-tools.ts";
import type { OpenedGitHub } from "./open-github.ts";

/** What the real world is made of, apart from the run itself. */
export interface WorldOptions {
  readonly root: string;
  readonly cairnFolder: string;
  readonly worktreesFolder: string;
  readonly committer: Identity;
  readonly agents: Readonly<Record<string, Agent>>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly agentVariables: readonly string[];
  /** Values that nobody is to be shown, beside those of variables named like secrets. */
  readonly secrets: readonly string[];
  /** Fingerprints of findings that are known to be harmless (`secrets.allow`). */
  readonly allowedSecrets: readonly string[];
  readonly prices: PriceTable;
  readonly agentHome: "keep" | "private";
  readonly promptsFolder: string | null;
  readonly bootstrap: Pick<BootstrapOptions, "strategy" | "storeFolder">;
  readonly bootstrapTimeoutMs: number;
  /** `branches.existing: clean`: a task branch that is there already is put back; its old tip is kept. */
  readonly cleansExisting: boolean;
  readonly clock: Clock;
  /** GitHub, where the repository is there; null: the local forge. */
  readonly openGitHub: () => Promise<OpenedGitHub | null>;
  /** `forge.webhook`; null: nobody listens. */
  readonly webhook: { readonly listen: string; readonly secretEnv: string } | null;
  /** The file in which the run's source keeps how far it is. */
  readonly progressFile: (run: Run) => ProgressFile | null;
  /** How the files of the run's source take issues that join it; null: they take none. */
  readonly followUpFiles: (run: Run) => FollowUpFiles | null;
  /** Pattern of task branches, for issues that join the run. */
  readonly taskBranch: string;
  /** Identity, hooks and refusals git gets in a session, and wherever else an agent's code is run. */
  readonly gitEnvironment: (session: SessionId) => Readonly<Record<string, string>>;
}

/**
 * Statuses in which no command of the owner is begun any more: what was on its way to one when the run was stopped, in a
 * checkout that takes a second, say, finds the door shut.
 */
const STOPPED: ReadonlySet<Run["status"]> = new Set(["paused", "halted", "cancelled"]);

/** Joins the real adapters into the world of one run. What a dead engine's gates left behind is ended first. */
export async function openWorld(run: Run, options: WorldOptions): Promise<HostedWorld> {
  await sweepRun(run.id, options.cairnFolder);
  const { root, cairnFolder, environment, secrets } = options;
  const repository = await openRepository({
    root,
    cairnFolder,
    worktreesFolder: options.worktreesFolder,
    run: run.id,
    committer: options.committer,
    inCheckout: !run.settings.worktrees,
  });
  await refuseDirtyStart(run, repository);
  const dispatch = dispatchOf(options);
  // Gates and installers run what an agent wrote: they get its git, under an address of their own.
  const gitOf = (key: string): Readonly<Record<string, string>> =>
    options.gitEnvironment(measurementSession(key));
  const mayStart = (): boolean => !STOPPED.has(run.status) && !isPanic(cairnFolder);
  const guarded = { run: run.id, environment, secrets, gitEnvironment: gitOf, mayStart };
  const { forge, ...ofForge } = await forgeOf(run, repository, options);
  const world: World = {
    repository: options.cleansExisting ? cleaning(repository) : repository,
    dispatch,
    gates: createGateRunner(guarded),
    forge,
    bootstrap: createBootstrap({
      ...guarded,
      ...options.bootstrap,
      variables: options.agentVariables,
      timeoutMs: options.bootstrapTimeoutMs,
    }),
    resolvers: [createNpmLockResolver({ ...guarded, mergeJson })],
    clock: options.clock,
    ...(ofForge.milestone === undefined ? {} : { milestone: ofForge.milestone }),
    ...(ofForge.followUps === undefined ? {} : { followUps: ofForge.followUps }),
    progressFile: (now) => options.progressFile(now),
    followUpFiles: (now) => options.followUpFiles(now),
    taskBranch: options.taskBranch,
    ...secretNets(options),
    prompt: (now, task, action) => {
      const name = promptTemplate(action.role, task.issue.type, action.stages);
      const template = readPromptTemplate(name, options.promptsFolder);
      return buildPrompt(promptInput(now, task, action, template));
    },
  };
  return {
    world: run.settings.worktrees ? world : withCheckout(world, root),
    ...(ofForge.listen === undefined ? {} : { listen: ofForge.listen }),
    tools: gateTools(run.settings.gates, environment["PATH"]),
    close: async () => {
      await dispatch.close();
      await repository.close();
    },
  };
}

function dispatchOf(options: WorldOptions): Dispatch {
  return createLocalDispatch({
    cairnFolder: options.cairnFolder,
    agents: options.agents,
    environment: options.environment,
    variables: options.agentVariables,
    home: options.agentHome,
    secrets: options.secrets,
    allowedSecrets: options.allowedSecrets,
    prices: options.prices,
    gitEnvironment: (request) => options.gitEnvironment(request.session),
  });
}

/** What looks for secrets in everything that is told, and in everything that is pushed. */
function secretNets({
  environment,
  secrets,
  allowedSecrets,
}: WorldOptions): Required<Pick<World, "redact" | "secrets">> {
  const values = [...secretValues(environment), ...secrets];
  return {
    redact: (text) => redactText(text, values),
    secrets: createSecretScanner({ values, allow: allowedSecrets }),
  };
}

/** The forge that a run was begun with, and what else of it the engine can use. */
async function forgeOf(
  run: Run,
  repository: GitRepository,
  options: WorldOptions,
): Promise<Pick<World, "forge" | "milestone" | "followUps"> & Pick<HostedWorld, "listen">> {
  if (run.settings.forge === undefined) {
    // Asked each time: tasks join a run while it goes on, always behind those that are there.
    const numberOf = (name: string): number =>
      [...run.tasks.values()].findIndex(({ branch }) => branch === name) + 1;
    return { forge: createLocalForge({ repository, numberOf }) };
  }
  const { gitHubWorld } = await import("./github-world.ts");
  return gitHubWorld(run, run.settings.forge, options);
}

/** A branch that exists already is no refusal then, but is begun again; its old tip is kept under `refs/cairn/old/`. */
function cleaning(repository: Repository): Repository {
  return {
    ...repository,
    prepareWorkspace: async (request) => {
      try {
        return await repository.prepareWorkspace(request);
      } catch (error) {
        if (!(error instanceof UserError) || error.code !== "workspace/branch-exists") throw error;
        return repository.prepareWorkspace({ ...request, mode: "restart" });
      }
    },
  };
}

/** Folder of the worktrees as configured: below the repository unless absolute. */
export function worktreesFolderOf(root: string, configured: string): string {
  return configured.startsWith("/") ? configured : join(root, configured);
}

/** A run's own worktrees: two runs never share one, whatever the first has left or still has alive. */
export function worktreesOf(worktreesFolder: string, run: Pick<Run, "id">): string {
  return join(worktreesFolder, run.id);
}
