import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { openRepository, type GitRepository } from "../../src/adapters/git/git-repository.ts";
import type { MergeMode } from "../../src/adapters/git/git-version.ts";
import type { Files, RepositoryWorld } from "./repository.contract.ts";

// The user's own configuration must not decide what a test sees.
process.env["GIT_CONFIG_GLOBAL"] = "/dev/null";
process.env["GIT_CONFIG_NOSYSTEM"] = "1";

export interface GitWorld extends RepositoryWorld {
  readonly repository: GitRepository;
  readonly root: string;
  /** Runs git as a person (or with another environment); answers trimmed stdout, throws on failure. */
  git(args: readonly string[], options?: GitOptions): string;
}

export interface GitOptions {
  readonly cwd?: string;
  readonly email?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
}

export const CAIRN = { name: "Cairn", email: "cairn@cairn.invalid" };

/** A real repository in a folder of its own, with `main` checked out in it as a user would have it. */
export async function gitWorld(
  options: { readonly mergeMode?: MergeMode } = {},
): Promise<GitWorld> {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "cairn-git-")));
  const root = path.join(folder, "repo");
  const git = (args: readonly string[], run: GitOptions = {}): string =>
    execFileSync("git", args, {
      cwd: run.cwd ?? root,
      encoding: "utf8",
      input: run.input ?? "",
      stdio: ["pipe", "pipe", "pipe"],
      env: run.env ?? identity(run.email ?? "person@example.com"),
    }).trim();
  fs.mkdirSync(root);
  git(["init", "-q", "-b", "main"]);
  writeFiles(root, {
    "a.txt": "1\n2\n3\n4\n5\n6\n7\n8\n9\n",
    "b.txt": "b\n",
    ".gitignore": "*.ignored\n/.cairn/\n",
  });
  git(["add", "-A"]);
  git(["commit", "-q", "-m", "start"]);
  const open = (): Promise<GitRepository> =>
    openRepository({
      root,
      cairnFolder: path.join(root, ".cairn"),
      run: "m1-test",
      committer: CAIRN,
      ...options,
    });
  let repository = await open();
  return {
    get repository() {
      return repository;
    },
    root,
    git,
    start: git(["rev-parse", "HEAD"]),
    write: async (at, files) => writeFiles(at, files),
    contentAt: async (at, file) => readFile(path.join(at, file)),
    async commitIn(at, files, message, email) {
      writeFiles(at, files);
      const by = email === undefined ? {} : { email };
      git(["add", "-A"], { cwd: at, ...by });
      git(["commit", "-q", "--allow-empty", "-m", message], { cwd: at, ...by });
      return git(["rev-parse", "HEAD"], { cwd: at });
    },
    commitOn: async (branch, files, message, email) =>
      commitOn(git, folder, { branch, files, message, email: email ?? "person@example.com" }),
    async contentOf(commit, file) {
      try {
        return execFileSync("git", ["show", `${commit}:${file}`], {
          cwd: root,
          encoding: "utf8",
          stdio: ["ignore", "pipe", "ignore"],
        });
      } catch {
        return null;
      }
    },
    parentsOf: async (commit) => git(["log", "-1", "--format=%P", commit]).split(" "),
    async detach(at) {
      git(["checkout", "-q", "--detach"], { cwd: at });
    },
    lose: async (at) => fs.rmSync(at, { recursive: true, force: true }),
    async reopen() {
      await repository.close();
      repository = await open();
    },
    async close() {
      await repository.close();
      fs.rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

/** Environment of somebody with this address who has no configuration. */
export function identity(email: string): Record<string, string> {
  return {
    PATH: process.env["PATH"] ?? "",
    HOME: os.tmpdir(),
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_AUTHOR_NAME: "somebody",
    GIT_AUTHOR_EMAIL: email,
    GIT_COMMITTER_NAME: "somebody",
    GIT_COMMITTER_EMAIL: email,
  };
}

function commitOn(
  git: GitWorld["git"],
  folder: string,
  commit: {
    readonly branch: string;
    readonly files: Files;
    readonly message: string;
    readonly email: string;
  },
): string {
  const ref = `refs/heads/${commit.branch}`;
  const env = { ...identity(commit.email), GIT_INDEX_FILE: path.join(folder, "other-index") };
  git(["read-tree", ref], { env });
  for (const [name, content] of Object.entries(commit.files)) {
    if (content === null) git(["update-index", "--force-remove", name], { env });
    else {
      const blob = git(["hash-object", "-w", "--stdin"], { env, input: content });
      git(["update-index", "--add", "--cacheinfo", `100644,${blob},${name}`], { env });
    }
  }
  const tree = git(["write-tree"], { env });
  const made = git(["commit-tree", tree, "-p", ref, "-m", commit.message], { env });
  // The mover's address stays in the ref's log, as it would with any other way.
  git(["update-ref", ref, made], { env });
  return made;
}

function writeFiles(at: string, files: Files): void {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(at, name);
    if (content === null) fs.rmSync(file, { force: true });
    else {
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(file, content);
    }
  }
}

function readFile(file: string): string | null {
  try {
    return fs.readFileSync(file, "utf8");
  } catch {
    return null;
  }
}
