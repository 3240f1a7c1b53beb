import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { excludeCairnFolder } from "../adapters/git/exclude-folder.ts";
import { preflightGit } from "../adapters/git/preflight-git.ts";
import { engineHolder, tryLock } from "../adapters/sqlite/run-lock.ts";
import { loadConfig } from "../config/load.ts";
import type { StateCheckJson, StateValidationJson } from "../api/state-checks-json.ts";
import { UserError } from "../errors.ts";
import { findMainWorkTree } from "../host/open-run.ts";
import { deadEngine, UNDER_WAY } from "./ground-facts-surroundings.ts";
import { worktreesFolderOf } from "./open-world.ts";
import { deadScratch, removeDeadScratch } from "./preflight-scratch.ts";
import { readLog } from "./state-tools-log.ts";
import { logFile } from "./state-tools.ts";
import { fine, note, off } from "./state-tools-words.ts";
import { worldChecks } from "./state-tools-world.ts";

export interface ValidateRequest {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Mends what nothing is lost with; never a status. */
  readonly fix: boolean;
  /** The invariants after every step of every run. */
  readonly deep: boolean;
  readonly now: number;
}

/** A check, with what mends it where that is safe. */
interface Look {
  readonly check: StateCheckJson;
  readonly fix?: () => Promise<void>;
}

/**
 * Holds log, fold, worktrees and refs against each other and names what is off. Changes nothing but under `fix`.
 * @throws UserError outside of a repository
 */
export async function validateState(request: ValidateRequest): Promise<StateValidationJson> {
  const root = findMainWorkTree(request.cwd);
  const cairnFolder = join(root, ".cairn");
  const log = readLog(logFile(cairnFolder), request.deep);
  const configured = configuredFolder(root, request);
  const { worktreesFolder } = configured;
  const folders = { root, cairnFolder, worktreesFolder };
  const looks: readonly Look[] = [
    ...log.checks.map((check) => ({ check })),
    ...configured.checks.map((check) => ({ check })),
    lockLook(cairnFolder, log.runs, request.now),
    ...(await excludeLooks(root, cairnFolder)),
    ...scratchLooks(folders),
    ...(await worldChecks({ root, worktreesFolder, runs: log.runs })).map((check) => ({ check })),
  ];
  const checks: StateCheckJson[] = [];
  for (const look of looks) checks.push(request.fix ? await mended(look) : seen(look));
  return { schemaVersion: 1, ok: checks.every((one) => one.result !== "off" || one.fixed), checks };
}

function seen({ check, fix }: Look): StateCheckJson {
  return { ...check, fixable: fix !== undefined };
}

async function mended(look: Look): Promise<StateCheckJson> {
  if (look.fix === undefined) return look.check;
  await look.fix();
  return { ...seen(look), fixed: true };
}

/** Where worktrees lie; a configuration that cannot be read is named, and the usual place looked at. */
function configuredFolder(
  root: string,
  request: ValidateRequest,
): { readonly worktreesFolder: string; readonly checks: readonly StateCheckJson[] } {
  try {
    const { config } = loadConfig({ root, env: request.env });
    return { worktreesFolder: worktreesFolderOf(root, config.workspace.path), checks: [] };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const words = "The configuration cannot be read; worktrees are looked for in .cairn/worktrees.";
    const check = off("configuration", words, error.message, "See: cairn config show");
    return { worktreesFolder: join(root, ".cairn/worktrees"), checks: [check] };
  }
}

function lockLook(
  cairnFolder: string,
  runs: ReturnType<typeof readLog>["runs"],
  now: number,
): Look {
  const holder = engineHolder(cairnFolder);
  if (holder !== null)
    return { check: fine("engine", `process ${holder.pid} works on ${holder.run}`) };
  const interrupted = runs.find((run) => UNDER_WAY.has(run.status));
  const dead = deadEngine(cairnFolder, runs);
  if (dead === null) {
    return {
      check:
        interrupted === undefined
          ? fine("engine", "none at work")
          : note(
              "engine",
              `the run ${interrupted.id} is ${interrupted.status}, and nobody works on it`,
              "Go on: cairn resume",
            ),
    };
  }
  const check = off(
    "engine",
    `engine.json names process ${dead.pid} for the run ${dead.run}, and that process is gone.`,
    "It was killed. Its lock went with it; only the note is left.",
    "Go on: cairn resume; or remove the note alone: cairn state validate --fix",
  );
  return { check, fix: () => Promise.resolve(removeNote(cairnFolder, now)) };
}

/** By taking the lock and giving it back: whoever holds it meanwhile is not disturbed. */
function removeNote(cairnFolder: string, now: number): void {
  const holder = {
    pid: process.pid,
    run: "",
    command: "cairn state validate --fix",
    startedAt: now,
  };
  tryLock(cairnFolder, holder).lock?.release();
}

async function excludeLooks(root: string, cairnFolder: string): Promise<readonly Look[]> {
  const git = await preflightGit(root);
  if (git.kind !== "repository" || !existsSync(cairnFolder)) return [];
  const file = join(git.commonDir, "info", "exclude");
  const lines = existsSync(file) ? readFileSync(file, "utf8").split(/\r?\n/) : [];
  if (lines.includes("/.cairn/")) return [{ check: fine("exclude", ".cairn is kept out of git") }];
  const check = off(
    "exclude",
    `The line /.cairn/ is missing in ${file}.`,
    "git shows .cairn as untracked, and an agent's `git add -A` could take it.",
    "Write it again: cairn state validate --fix",
  );
  return [{ check, fix: async () => void (await excludeCairnFolder(root)) }];
}

function scratchLooks(folders: {
  readonly root: string;
  readonly cairnFolder: string;
  readonly worktreesFolder: string;
}): readonly Look[] {
  const dead = deadScratch(folders.worktreesFolder);
  if (dead.length === 0) return [];
  const check = off(
    "scratch",
    `Worktrees of measurings that were killed: ${dead.join(", ")}.`,
    "They only take room.",
    "Remove them: cairn state validate --fix",
  );
  return [{ check, fix: async () => void (await removeDeadScratch(folders)) }];
}
