import fs from "node:fs/promises";
import path from "node:path";
import type { CommitSha } from "../../core/shared/names.ts";
import { configVariables, gitEnvironment } from "./git-environment.ts";
import { readGitVersion, type GitVersion } from "./git-version.ts";
import { runGit, type Git } from "./run-git.ts";
import { readStatus } from "./status.ts";
import { exists, realPath } from "./worktrees.ts";

/** What has to be known of a folder before a run; the words about it are the caller's. */
export type GitPreflight =
  | { readonly kind: "no-git"; readonly detail: string }
  /** `detail` may also be git's refusal of a folder that belongs to another user. */
  | { readonly kind: "no-repository"; readonly version: GitVersion | null; readonly detail: string }
  | { readonly kind: "bare"; readonly version: GitVersion | null }
  | (GitFacts & { readonly kind: "repository" });

export interface GitFacts {
  readonly version: GitVersion | null;
  /** Main work tree, also when asked from a linked one or from a folder below. */
  readonly mainRoot: string;
  /** Top of the checkout that was asked from. */
  readonly root: string;
  readonly commonDir: string;
  /** Of the checkout asked from; null when HEAD is detached. */
  readonly branch: string | null;
  /** Null before the first commit. */
  readonly head: CommitSha | null;
  /** Tracked files of the main checkout that differ from HEAD; untracked ones never count. */
  readonly modifiedPaths: readonly string[];
  readonly operation: "merge" | "rebase" | "cherry-pick" | "revert" | "bisect" | null;
  readonly remotes: readonly string[];
  /** `main`, from `refs/remotes/<remote>/HEAD` of `origin` or the only remote. */
  readonly defaultBranch: string | null;
  readonly userName: string | null;
  readonly userEmail: string | null;
  /** The shared `.git` folder (and `info` in it, where it exists) can be written. */
  readonly writable: boolean;
}

/** Reads facts; changes nothing. */
export async function preflightGit(directory: string): Promise<GitPreflight> {
  const git = readingGit(directory);
  const version = await readVersion(git);
  if (typeof version === "string") return { kind: "no-git", detail: version };
  const asked = await git(
    [
      "rev-parse",
      "--path-format=absolute",
      "--is-bare-repository",
      "--git-common-dir",
      "--git-dir",
    ],
    { answers: [128] },
  );
  if (asked.code !== 0) return { kind: "no-repository", version, detail: asked.stderr.trim() };
  const [isBare, common = "", gitDir = ""] = asked.text.split("\n");
  const top = await git(["rev-parse", "--path-format=absolute", "--show-toplevel"], {
    answers: [128],
  });
  if (isBare === "true" || top.code !== 0) return { kind: "bare", version };
  const commonDir = await realPath(common);
  // A shared folder that is not called `.git` (a submodule, --separate-git-dir) has its checkout where we are.
  const root = await realPath(top.text.replace(/\n$/, ""));
  const mainRoot = path.basename(commonDir) === ".git" ? path.dirname(commonDir) : root;
  const status = await readStatus({ gitIn: (cwd, args) => git(args, { cwd }) }, mainRoot, "no");
  const remotes = lines((await git(["remote"])).text);
  return {
    kind: "repository",
    version,
    mainRoot,
    root,
    commonDir,
    branch: await valueOf(git, ["symbolic-ref", "-q", "--short", "HEAD"]),
    head: await valueOf(git, ["rev-parse", "-q", "--verify", "HEAD^{commit}"]),
    modifiedPaths: status.modifiedPaths,
    operation: await operationIn(gitDir),
    remotes,
    defaultBranch: await defaultBranch(git, remotes),
    userName: await valueOf(git, ["config", "--get", "user.name"]),
    userEmail: await valueOf(git, ["config", "--get", "user.email"]),
    writable: await isWritable(commonDir),
  };
}

async function readVersion(git: Git): Promise<GitVersion | null | string> {
  try {
    return readGitVersion((await git(["--version"])).text);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** The user's own configuration must be seen, but for what could start a daemon or ask. */
function readingGit(directory: string): Git {
  const env = {
    ...gitEnvironment({ name: "cairn", email: "cairn@cairn.invalid" }),
    ...configVariables({ "core.fsmonitor": "false", "core.quotePath": "false" }),
  };
  return (args, call) => runGit({ cwd: directory, env, ...call, args });
}

async function valueOf(git: Git, args: readonly string[]): Promise<string | null> {
  const answer = await git(args, { answers: [1, 128] });
  const text = answer.text.replace(/\n$/, "");
  return answer.code === 0 && text !== "" ? text : null;
}

async function defaultBranch(git: Git, remotes: readonly string[]): Promise<string | null> {
  const remote = remotes.includes("origin")
    ? "origin"
    : remotes.length === 1
      ? remotes[0]
      : undefined;
  if (remote === undefined) return null;
  const ref = await valueOf(git, ["symbolic-ref", "-q", `refs/remotes/${remote}/HEAD`]);
  return ref?.slice(`refs/remotes/${remote}/`.length) ?? null;
}

async function operationIn(gitDir: string): Promise<GitFacts["operation"]> {
  const traces = [
    ["rebase-merge", "rebase"],
    ["rebase-apply", "rebase"],
    ["MERGE_HEAD", "merge"],
    ["CHERRY_PICK_HEAD", "cherry-pick"],
    ["REVERT_HEAD", "revert"],
    ["BISECT_LOG", "bisect"],
  ] as const;
  for (const [name, operation] of traces) {
    if (await exists(path.join(gitDir, name))) return operation;
  }
  return null;
}

async function isWritable(commonDir: string): Promise<boolean> {
  const info = path.join(commonDir, "info");
  const folders = (await exists(info)) ? [commonDir, info] : [commonDir];
  for (const folder of folders) {
    const allowed = await fs.access(folder, fs.constants.W_OK | fs.constants.X_OK).then(
      () => true,
      () => false,
    );
    if (!allowed) return false;
  }
  return true;
}

function lines(text: string): readonly string[] {
  return text.split("\n").filter((line) => line !== "");
}
