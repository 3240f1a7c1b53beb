import { createBootstrap } from "../adapters/bootstrap/bootstrap.ts";
import { excludeCairnFolder } from "../adapters/git/exclude-folder.ts";
import { readSecretFiles } from "../adapters/process/secret-files.ts";
import {
  mergeBase,
  signWorktree,
  statusAt,
  type FoundWorktree,
} from "../adapters/git/task-worktrees.ts";
import { worktreeAt } from "../adapters/git/worktrees.ts";
import type { CreatedWorktreeJson } from "../api/worktree-json.ts";
import { measurementSession } from "../core/shared/agent-mail.ts";
import type { CommitSha } from "../core/shared/names.ts";
import { BrokenPromise, ExitCode, UserError } from "../errors.ts";
import { bootstrapOptions } from "./bootstrap-options.ts";
import { agentEnvironment } from "./session-environment.ts";
import {
  branchName,
  BY_HAND,
  findTask,
  folderName,
  plainKey,
  type Tools,
} from "./worktree-tools.ts";

export interface CreateRequest {
  readonly key: string;
  readonly title: string | null;
  /** Branch or commit it starts from; null: the target branch. */
  readonly base: string | null;
  /** What is there already: refused, taken as it is, or begun again. */
  readonly existing: "refuse" | "reuse" | "clean";
  /** With `clean`: what was never committed there is given up. */
  readonly force: boolean;
  readonly bootstrap: boolean;
  readonly now: number;
}

/**
 * Makes a worktree with a branch of its own, and verifies it: directory, branch, base, clean. Dependencies are made
 * ready last. @throws UserError `worktree/exists`, `worktree/branch-exists`, `worktree/no-base`, `worktree/loses-work`
 */
export async function createWorktree(
  tools: Tools,
  request: CreateRequest,
): Promise<CreatedWorktreeJson> {
  const key = plainKey(request.key);
  const found = await findTask(tools, key);
  if (found?.note != null && found.note.key !== key) throw taken(key, found.note.key, found.path);
  const before = request.title === null ? found?.note?.branch : undefined;
  const branch = before ?? branchName(tools.config.branches.task, key, request.title);
  const { base, commit } = await baseOf(tools, request.base ?? found?.note?.base ?? null);
  await excludeCairnFolder(tools.root);
  if (found !== null && request.existing === "reuse") return reuse(tools, request, found);
  if (found !== null) await clearAway(tools, request, found, key);
  const made = await make(tools, { key, branch, commit, existing: request.existing });
  const note = { key, title: request.title, branch, base, from: made.from, createdAt: request.now };
  await signWorktree(made.gitDir, note);
  await prepare(tools, request, made.path);
  return {
    schemaVersion: 1,
    key,
    path: made.path,
    branch,
    base,
    commit: made.head,
    reused: false,
    keptAs: made.keptAs,
  };
}

interface Wish {
  readonly key: string;
  readonly branch: string;
  readonly commit: CommitSha;
  readonly existing: CreateRequest["existing"];
}

interface Made {
  readonly path: string;
  readonly gitDir: string;
  readonly head: CommitSha;
  readonly from: CommitSha;
  readonly keptAs: string | null;
}

async function make(tools: Tools, wish: Wish): Promise<Made> {
  const { repository } = tools;
  const { branch, commit, existing } = wish;
  const tip = await repository.resolve(`refs/heads/${branch}`);
  const isOwn = tip === null || tip === commit;
  if (!isOwn && existing === "refuse") throw branchExists(branch, tip);
  const holder = await repository.checkedOutAt(branch);
  if (holder !== null && tip !== null) throw inUse(branch, holder);
  // Work that stands on something else keeps its own beginning.
  const from =
    existing === "reuse" && tip !== null
      ? ((await mergeBase(tools.git, tip, commit)) ?? tip)
      : commit;
  const mode = existing === "reuse" ? "reuse" : existing === "clean" ? "restart" : "create";
  const slot = folderName(wish.key);
  const made = await repository.prepareWorkspace({ slot, branch, base: from, mode });
  const worktree = await worktreeAt(tools.git.commonDir, made.path);
  if (worktree === null) throw new BrokenPromise(`${made.path} was verified and is no worktree.`);
  const keptAs =
    tip !== null && tip !== made.head ? `refs/cairn/old/${branch}-${tip.slice(0, 9)}` : null;
  return { path: made.path, gitDir: worktree.gitDir, head: made.head, from, keptAs };
}

async function reuse(
  tools: Tools,
  request: CreateRequest,
  found: FoundWorktree,
): Promise<CreatedWorktreeJson> {
  const { note, registered, path } = found;
  const branch = registered?.branch ?? null;
  if (registered?.isWhole !== true || note === null || branch !== note.branch) {
    const why =
      found.note === null ? "its making was interrupted" : `it is not on ${found.note.branch}`;
    throw new UserError("worktree/not-usable", `The worktree in ${path} cannot be used: ${why}.`, {
      hints: ["Begin it again: --clean"],
    });
  }
  const head = await tools.repository.resolve(`refs/heads/${branch}`);
  if (head === null) throw new BrokenPromise(`${branch} is checked out and does not resolve.`);
  await prepare(tools, request, path);
  const { key, base } = note;
  return { schemaVersion: 1, key, path, branch, base, commit: head, reused: true, keptAs: null };
}

/** Removes what is there; what was never committed only when that is asked for. */
async function clearAway(
  tools: Tools,
  request: CreateRequest,
  found: FoundWorktree,
  key: string,
): Promise<void> {
  const status = await statusAt(tools.git, found);
  const dirty = status?.dirtyPaths ?? [];
  if (request.existing === "refuse") throw exists(found, key, dirty.length);
  if (dirty.length > 0 && !request.force) {
    const shown = dirty.slice(0, 5).join(", ");
    throw new UserError(
      "worktree/loses-work",
      `${found.path} holds what was never committed: ${shown}${dirty.length > 5 ? ", …" : ""}.`,
      { hints: ["Commit it there; or give it up: --clean --force"], exitCode: ExitCode.failures },
    );
  }
  // Complete once and broken since: nobody can see what lies in it.
  if (status === null && found.note !== null && found.isThere && !request.force) {
    throw new UserError(
      "worktree/loses-work",
      `${found.path} is broken, and what lies in it cannot be told from its branch.`,
      {
        hints: ["Save what you need from it; then: --clean --force"],
        exitCode: ExitCode.failures,
      },
    );
  }
  await tools.repository.removeWorkspace(folderName(key));
}

/** The commit to start from, and how it is called. @throws UserError `worktree/no-base` */
async function baseOf(
  tools: Tools,
  named: string | null,
): Promise<{ readonly base: string; readonly commit: CommitSha }> {
  const base = named ?? tools.target;
  if (base === null) {
    throw new UserError("worktree/no-base", "HEAD is detached, and no base is named.", {
      hints: ["Name what to start from: --base main"],
    });
  }
  const commit = await tools.repository.resolve(base);
  if (commit !== null) return { base, commit };
  throw new UserError("worktree/no-base", `${base} is no branch and no commit here.`, {
    hints: ["`git branch --list` shows the branches; `git fetch` brings what is new."],
  });
}

async function prepare(tools: Tools, request: CreateRequest, path: string): Promise<void> {
  if (!request.bootstrap) return;
  const { config, env, root } = tools;
  const protects = { protectedBranches: config.protected.branches, worktrees: true };
  const gitOf = await agentEnvironment(BY_HAND, tools, protects);
  const bootstrap = createBootstrap({
    run: BY_HAND,
    environment: env,
    secrets: readSecretFiles(root, config.secrets.valuesFrom),
    gitEnvironment: (key) => gitOf(measurementSession(key)),
    ...bootstrapOptions(config, tools.cairnFolder),
    variables: config.agents.env,
    timeoutMs: config.gates.timeoutMs,
  });
  try {
    await bootstrap.prepare(path, folderName(request.key));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(
      error.code,
      `${error.message} The worktree is there all the same: ${path}`,
      {
        hints: [...error.hints, "Try again: --reuse; or leave it out: --reuse --no-bootstrap"],
        ...(error.quote === undefined ? {} : { quote: error.quote }),
        exitCode: ExitCode.failures,
        cause: error,
      },
    );
  }
}

function exists(found: FoundWorktree, key: string, dirty: number): UserError {
  const { note, registered } = found;
  if (note === null || registered?.isWhole !== true) {
    return new UserError(
      "worktree/exists",
      `${found.path} is left over from a worktree for ${key} whose making was interrupted.`,
      {
        hints: [`Begin it again: cairn worktree create ${key} --clean`],
        exitCode: ExitCode.failures,
      },
    );
  }
  const state = dirty === 0 ? "clean" : `${dirty} path(s) not committed`;
  return new UserError(
    "worktree/exists",
    `There is a worktree for ${key} already: ${found.path}, on ${registered.branch ?? "no branch"}, ${state}.`,
    {
      hints: ["Take it as it is: --reuse", "Begin it again, its commits are kept: --clean"],
      exitCode: ExitCode.failures,
    },
  );
}

function taken(key: string, other: string, path: string): UserError {
  return new UserError("worktree/exists", `${path} is the worktree of ${other}, not of ${key}.`, {
    hints: [`Remove it first: cairn worktree remove ${other}`],
    exitCode: ExitCode.failures,
  });
}

function branchExists(branch: string, tip: CommitSha): UserError {
  return new UserError(
    "worktree/branch-exists",
    `The branch ${branch} exists already, at ${tip.slice(0, 9)}.`,
    {
      hints: [
        `Look at it: git log ${branch}`,
        "Take it as it is: --reuse",
        "Begin it again, its commits are kept under refs/cairn/old/: --clean",
      ],
      exitCode: ExitCode.failures,
    },
  );
}

function inUse(branch: string, where: string): UserError {
  return new UserError("worktree/branch-in-use", `${branch} is checked out in ${where}.`, {
    hints: ["Switch that checkout to another branch: git switch --detach"],
    exitCode: ExitCode.failures,
  });
}
