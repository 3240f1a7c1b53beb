import { join } from "node:path";
import { openRepository, type GitRepository } from "../adapters/git/git-repository.ts";
import { preflightGit } from "../adapters/git/preflight-git.ts";
import {
  openTaskGit,
  worktreesBelow,
  type FoundWorktree,
  type TaskGit,
} from "../adapters/git/task-worktrees.ts";
import { loadConfig, type Config } from "../config/load.ts";
import { taskBranch } from "../core/execute/workspace-name.ts";
import type { Run } from "../core/run/run.ts";
import { UserError } from "../errors.ts";
import { findMainWorkTree } from "../host/open-run.ts";
import { worktreesFolderOf } from "./open-world.ts";
import { readableRuns } from "./state-tools-runs.ts";
import { COMMITTER } from "./session-environment.ts";
import { removeIfEmpty } from "./tidy-run.ts";

export interface ToolsRequest {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `--config FILE`, made whole. */
  readonly configFile: string | null;
}

/** What the worktree tools work with; opened without a lock: they touch no branch and no folder of a run. */
export interface Tools {
  readonly root: string;
  readonly cairnFolder: string;
  /** All worktrees of Cairn lie here; those made by hand in `tasks` below. */
  readonly worktreesFolder: string;
  readonly tasksFolder: string;
  readonly config: Config;
  readonly env: ToolsRequest["env"];
  readonly git: TaskGit;
  /** Its worktrees folder is `tasks`. */
  readonly repository: GitRepository;
  /** Branch the work is to land on; null: HEAD is detached, and none is configured. */
  readonly target: string | null;
  /** Newest first; those whose log holds. */
  readonly runs: readonly Run[];
  close(): Promise<void>;
}

/** Stands for a run where there is none. */
export const BY_HAND = "by-hand";

/** @throws UserError `repository/none`, `repository/bare`, or with every defect of the configuration. */
export async function openTools(request: ToolsRequest): Promise<Tools> {
  const root = findMainWorkTree(request.cwd);
  const { configFile, env } = request;
  const { config } = loadConfig({
    root,
    env,
    ...(configFile === null ? {} : { file: configFile }),
  });
  const facts = await preflightGit(root);
  if (facts.kind !== "repository" || facts.head === null) throw noGround(root);
  const cairnFolder = join(root, ".cairn");
  const worktreesFolder = worktreesFolderOf(root, config.workspace.path);
  const tasksFolder = join(worktreesFolder, "tasks");
  const person = {
    name: facts.userName ?? COMMITTER.name,
    email: facts.userEmail ?? COMMITTER.email,
  };
  const repository = await openRepository({
    root,
    cairnFolder,
    worktreesFolder: tasksFolder,
    run: BY_HAND,
    committer: COMMITTER,
  });
  return {
    root,
    cairnFolder,
    worktreesFolder,
    tasksFolder,
    config,
    env,
    git: await openTaskGit(root, person),
    repository,
    target: config.target ?? facts.defaultBranch ?? facts.branch,
    runs: readableRuns(cairnFolder).runs,
    close: async () => {
      await repository.close();
      for (const folder of [tasksFolder, worktreesFolder, join(cairnFolder, "tmp")])
        removeIfEmpty(folder);
    },
  };
}

/** Key without the sign a forge puts before it. @throws UserError `worktree/no-key` for one that holds nothing. */
export function plainKey(written: string): string {
  const key = written.trim().replace(/^#/, "");
  if (key !== "") return key;
  throw new UserError("worktree/no-key", "The key of the worktree is empty.", {
    hints: ["Name what it is for: cairn worktree create 12"],
  });
}

/** Folder name for any key: one word, safe on every system; different keys have different ones. */
export function folderName(key: string): string {
  const name = taskBranch("{number}", { number: key, title: "" });
  return /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name)
    ? name
    : taskBranch("key-{number}", { number: key, title: "" });
}

/** Branch by the configured template; without a title, without the place for one. */
export function branchName(template: string, key: string, title: string | null): string {
  if (title !== null) return taskBranch(template, { number: key, title });
  const short = template.replaceAll(/[-_./]?\{(?:slug|title)\}/g, "");
  return taskBranch(short, { number: key, title: "" });
}

/** The person's own worktree for a key; null: there is none. */
export async function findTask(tools: Tools, key: string): Promise<FoundWorktree | null> {
  const own = await ownWorktrees(tools);
  return (
    own.find((one) => one.note?.key === key) ??
    own.find((one) => one.path === pathFor(tools, key)) ??
    null
  );
}

/** Those made by hand, orphans among them. */
export async function ownWorktrees(tools: Tools): Promise<readonly FoundWorktree[]> {
  return worktreesBelow(tools.git, tools.tasksFolder);
}

export function pathFor(tools: Tools, key: string): string {
  return join(tools.tasksFolder, folderName(key));
}

/** @throws UserError `worktree/unknown`, naming those there are. */
export async function requireTask(tools: Tools, written: string): Promise<FoundWorktree> {
  const key = plainKey(written);
  const found = await findTask(tools, key);
  if (found !== null) return found;
  throw await unknown(tools, key);
}

/** The folder for a key: one made by hand, else the newest run's workspace. @throws UserError `worktree/unknown` */
export async function pathOf(tools: Tools, written: string): Promise<string> {
  const key = plainKey(written);
  const own = await findTask(tools, key);
  if (own?.isThere === true) return own.path;
  for (const run of tools.runs) {
    const task = run.tasks.get(key) ?? run.tasks.get(`#${key}`);
    if (task?.workspace == null) continue;
    const { path, branch } = task.workspace;
    // A slot is used again: the folder is the task's only while its branch is there.
    const all = await worktreesBelow(tools.git, tools.worktreesFolder);
    if (all.some((one) => one.path === path && one.registered?.branch === branch)) return path;
  }
  throw await unknown(tools, key);
}

async function unknown(tools: Tools, key: string): Promise<UserError> {
  const keys = (await ownWorktrees(tools)).flatMap((one) => one.note?.key ?? []);
  const there = keys.length === 0 ? [] : [`There are: ${keys.slice(0, 10).join(", ")}`];
  return new UserError("worktree/unknown", `There is no worktree for ${key}.`, {
    hints: [...there, "Make it: cairn worktree create KEY; see all: cairn worktree status"],
  });
}

function noGround(root: string): UserError {
  return new UserError(
    "worktree/no-commits",
    `${root} has no commit a worktree could start from.`,
    {
      hints: ["Make the first one: git add . && git commit -m 'Begin'; `cairn doctor` tells more."],
    },
  );
}
