import { join } from "node:path";
import { createBootstrap, type BootstrapStrategy } from "../adapters/bootstrap/bootstrap.ts";
import { readPromptTemplate } from "../adapters/agents/read-prompts.ts";
import { refuseDirtyStart, withCheckout } from "./checkout-world.ts";
import { createLocalDispatch } from "../adapters/dispatch/local/local-dispatch.ts";
import { createLocalForge } from "../adapters/forge/local/local-forge.ts";
import { createGateRunner, sweepRun } from "../adapters/gates/gate-runner.ts";
import { openRepository, type GitRepository } from "../adapters/git/git-repository.ts";
import type { Identity } from "../adapters/git/git-environment.ts";
import { buildPrompt } from "../core/execute/agent-prompt.ts";
import { measurementSession } from "../core/shared/agent-mail.ts";
import type { SessionId } from "../core/shared/names.ts";
import { promptInput } from "../core/run/prompt-input.ts";
import type { Run } from "../core/run/run.ts";
import type { World } from "../engine/performer.ts";
import type { HostedWorld } from "../host/project.ts";
import type { Repository } from "../ports/repository.ts";
import type { ProgressFile } from "../ports/source.ts";
import { UserError } from "../errors.ts";
import type { Agent } from "../ports/agent.ts";
import type { Clock } from "../ports/clock.ts";
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
  readonly agentHome: "keep" | "private";
  readonly promptsFolder: string | null;
  readonly bootstrap: BootstrapStrategy;
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
  /** Identity, hooks and refusals git gets in a session, and wherever else an agent's code is run. */
  readonly gitEnvironment: (session: SessionId) => Readonly<Record<string, string>>;
}

/** Joins the real adapters into the world of one run. What a dead engine's gates left behind is ended first. */
export async function openWorld(run: Run, options: WorldOptions): Promise<HostedWorld> {
  await sweepRun(run.id);
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
  const dispatch = createLocalDispatch({
    cairnFolder,
    agents: options.agents,
    environment,
    variables: options.agentVariables,
    home: options.agentHome,
    secrets,
    gitEnvironment: (request) => options.gitEnvironment(request.session),
  });
  // Gates and installers run what an agent wrote: they get its git, under an address of their own.
  const gitOf = (key: string): Readonly<Record<string, string>> =>
    options.gitEnvironment(measurementSession(key));
  const guarded = { run: run.id, environment, secrets, gitEnvironment: gitOf };
  const { forge, ...ofForge } = await forgeOf(run, repository, options);
  const world: World = {
    repository: options.cleansExisting ? cleaning(repository) : repository,
    dispatch,
    gates: createGateRunner(guarded),
    forge,
    bootstrap: createBootstrap({
      ...guarded,
      strategy: options.bootstrap,
      variables: options.agentVariables,
      timeoutMs: options.bootstrapTimeoutMs,
    }),
    clock: options.clock,
    ...(ofForge.milestone === undefined ? {} : { milestone: ofForge.milestone }),
    progressFile: (now) => options.progressFile(now),
    prompt: (now, task, action) =>
      buildPrompt(
        promptInput(now, task, action, readPromptTemplate(action.role, options.promptsFolder)),
      ),
  };
  return {
    world: run.settings.worktrees ? world : withCheckout(world, root),
    ...(ofForge.listen === undefined ? {} : { listen: ofForge.listen }),
    close: async () => {
      await dispatch.close();
      await repository.close();
    },
  };
}

/** The forge that a run was begun with, and what else of it the engine can use. */
async function forgeOf(
  run: Run,
  repository: GitRepository,
  options: WorldOptions,
): Promise<Pick<World, "forge" | "milestone"> & Pick<HostedWorld, "listen">> {
  if (run.settings.forge === undefined) {
    const branches = [...run.tasks.values()].map(
      (task, index) => [task.branch, index + 1] as const,
    );
    const numbers = new Map(branches);
    return { forge: createLocalForge({ repository, numberOf: (name) => numbers.get(name) ?? 0 }) };
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
