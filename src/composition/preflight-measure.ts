import { existsSync, mkdirSync, rmSync } from "node:fs";
import { randomInt } from "node:crypto";
import { join } from "node:path";
import { createBootstrap } from "../adapters/bootstrap/bootstrap.ts";
import { createGateRunner, sweepRun } from "../adapters/gates/gate-runner.ts";
import { excludeCairnFolder } from "../adapters/git/exclude-folder.ts";
import { openRepository, type GitRepository } from "../adapters/git/git-repository.ts";
import { readSecretFiles } from "../adapters/process/secret-files.ts";
import { writeStarterNote } from "../adapters/process/starter-note.ts";
import type { Config } from "../config/load.ts";
import type { GateCommand, GateResult } from "../core/execute/gates.ts";
import { emptyRun } from "../core/run/evolve.ts";
import { NO_SETTINGS } from "../core/run/settings.ts";
import { measurementSession } from "../core/shared/agent-mail.ts";
import type { CommitSha } from "../core/shared/names.ts";
import { guardRefs } from "../engine/guard-refs.ts";
import { bootstrapOptions } from "./bootstrap-options.ts";
import { scratchName, removeDeadScratch } from "./preflight-scratch.ts";
import { scratchNote } from "./scratch-name.ts";
import { worktreesFolderOf } from "./open-world.ts";
import { agentEnvironment, COMMITTER } from "./session-environment.ts";
import { removeIfEmpty } from "./tidy-run.ts";

export interface MeasuringParts {
  readonly root: string;
  readonly cairnFolder: string;
  readonly config: Config;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly target: string;
  /** Ends what runs now; what is asked for later is not begun. */
  readonly signal: AbortSignal;
}

/** Gates on commits, in a clean worktree of their own, beside whatever else goes on in the repository. */
export interface Measuring {
  readonly repository: GitRepository;
  /** Each command once on the commit; `told` hears of each as it ends. Refs that a gate moved are put back. */
  measure(
    commit: CommitSha,
    commands: readonly GateCommand[],
    told: (result: GateResult) => void,
  ): Promise<readonly GateResult[]>;
  /** Ends what is left and removes the worktree. */
  close(): Promise<void>;
}

const RANDOM_TAGS = 36 ** 4;

/**
 * Opens a worktree for measuring; takes no lock, because it touches no branch and no folder of a run. What killed
 * measurings left behind is removed first.
 */
export async function openMeasuring(parts: MeasuringParts): Promise<Measuring> {
  const { root, cairnFolder, config, env } = parts;
  const { outputBytes: outputBytesMax } = config.gates;
  const worktreesFolder = worktreesFolderOf(root, config.workspace.path);
  const hadFolder = existsSync(cairnFolder);
  const shared = bootstrapOptions(config, cairnFolder);
  await excludeCairnFolder(root);
  await removeDeadScratch({ root, cairnFolder, worktreesFolder });
  const slot = scratchName(process.pid, randomInt(RANDOM_TAGS).toString(36));
  const options = { root, cairnFolder, worktreesFolder, run: slot, committer: COMMITTER };
  const repository = await openRepository(options);
  // Beside the work tree, not in it: a file there would be measured, too.
  mkdirSync(join(cairnFolder, "tmp"), { recursive: true });
  writeStarterNote(scratchNote(cairnFolder, slot), cairnFolder);
  const run = {
    ...emptyRun(slot),
    settings: { ...NO_SETTINGS, protectedBranches: protectedOf(parts) },
  };
  const gitOf = await agentEnvironment(slot, parts, run.settings);
  const guarded = {
    run: slot,
    environment: env,
    secrets: readSecretFiles(root, config.secrets.valuesFrom),
    gitEnvironment: (key: string) => gitOf(measurementSession(key)),
  };
  const gates = createGateRunner(guarded);
  const bootstrap = createBootstrap({
    ...guarded,
    ...shared,
    variables: config.agents.env,
    timeoutMs: config.gates.timeoutMs,
  });
  // An installer hears of no signal: it is ended by its mark.
  parts.signal.addEventListener("abort", () => void sweepRun(slot, cairnFolder));
  let measured = 0;
  return {
    repository,
    measure: async (commit, commands, told) => {
      if (commands.length === 0) return [];
      const directory = await repository.checkoutForGates(slot, commit);
      measured += 1;
      // One key for all of them: by its address what they do to protected branches is known.
      const key = `measure-${measured}`;
      const work = async (): Promise<readonly GateResult[]> => {
        await bootstrap.prepare(directory, key);
        const results: GateResult[] = [];
        for (const command of commands) {
          const request = { key, directory, commands: [command], outputBytesMax };
          const done = await gates.run(request, parts.signal);
          for (const result of done) told(result);
          results.push(...done);
        }
        return results;
      };
      return (await guardRefs(repository, run, key, work)).value;
    },
    close: () => leave(parts, { repository, slot, worktreesFolder, hadFolder }),
  };
}

interface Opened {
  readonly repository: GitRepository;
  readonly slot: string;
  readonly worktreesFolder: string;
  /** There was a `.cairn` folder before. */
  readonly hadFolder: boolean;
}

async function leave({ cairnFolder }: MeasuringParts, opened: Opened): Promise<void> {
  await sweepRun(opened.slot, cairnFolder);
  rmSync(scratchNote(cairnFolder, opened.slot), { force: true });
  await opened.repository.removeWorkspace(opened.slot);
  await opened.repository.close();
  removeIfEmpty(join(cairnFolder, "tmp"));
  removeIfEmpty(opened.worktreesFolder);
  if (opened.hadFolder) return;
  rmSync(join(cairnFolder, "hooks"), { recursive: true, force: true });
  removeIfEmpty(cairnFolder);
}

function protectedOf({ config, target }: MeasuringParts): readonly string[] {
  return config.protected.branches.map((pattern) => pattern.replaceAll("{target}", target));
}
