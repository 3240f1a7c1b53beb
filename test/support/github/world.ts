// A GitHub of its own for one test: a bare repository with a first commit, its service, and hands for bots and people.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { execFileSync } from "node:child_process";
import { git } from "./git-side.ts";
import { addToken, addUser, makeHub, type Alarm, type CheckRun, type Hub } from "./hub.ts";
import type { Review } from "./hub.ts";
import { noticeRefs } from "./pushes.ts";
import { addCheck, beginThread, submitReview } from "./reviewing.ts";
import { startGitHub, type GitHubDouble } from "./server.ts";

export interface GitHubWorld {
  readonly double: GitHubDouble;
  readonly hub: Hub;
  readonly folder: string;
  /** Commits files on a branch of the service, as somebody who pushes. */
  push(branch: string, files: Readonly<Record<string, string>>, from?: string): string;
  /** Ends a check of that commit, or begins it with `null`. */
  check(
    sha: string,
    name: string,
    conclusion: CheckRun["conclusion"],
    more?: Partial<CheckRun>,
  ): CheckRun;
  review(
    pull: number,
    author: string,
    state: Review["state"],
    body: string,
    commit: string,
  ): Review;
  /** A thread on a line, begun by this author. */
  thread(
    pull: number,
    author: string,
    place: { path: string; line: number },
    body: string,
    commit: string,
  ): string;
  close(): Promise<void>;
}

export const TOKEN = "ghp_0123456789abcdefghijklmnopqrstuvwxyz";

/** Time of the double: a function that tells it, or a clock that rings, too. */
export type WorldClock = (() => number) | { readonly now: () => number; readonly alarm: Alarm };

export async function gitHubWorld(clock: WorldClock = Date.now): Promise<GitHubWorld> {
  const now = typeof clock === "function" ? clock : (): number => clock.now();
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "cairn-github-"));
  const gitDir = path.join(folder, "hub.git");
  execFileSync("git", ["init", "-q", "--bare", "-b", "main", gitDir]);
  const hub = makeHub({ owner: "ada", name: "mill", gitDir, now });
  if (typeof clock !== "function") hub.alarm = (at, ring) => clock.alarm(at, ring);
  addToken(hub, TOKEN, { user: "ada" });
  const double = await startGitHub(hub);
  const world: GitHubWorld = {
    double,
    hub,
    folder,
    push: (branch, files, from) => {
      const sha = push(hub, folder, branch, files, from);
      noticeRefs(hub, "bob");
      return sha;
    },
    check: (sha, name, conclusion, more = {}) =>
      addCheck(hub, {
        sha,
        name,
        status: conclusion === null ? "in_progress" : "completed",
        conclusion,
        ...more,
      }),
    review: (pull, author, state, body, commit) =>
      submitReview(hub, { pull, author, state, body, commit }),
    thread: (pull, author, { path: file, line }, body, commit) =>
      beginThread(hub, { pull, author, path: file, line, body, commit, review: null }).id,
    close: async () => {
      await double.close();
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
  addUser(hub, "coderabbitai", "Bot");
  addUser(hub, "claude", "Bot");
  addUser(hub, "bob");
  hub.writers.add("bob");
  world.push("main", { "readme.md": "mill\n" });
  return world;
}

function push(
  hub: Hub,
  folder: string,
  branch: string,
  files: Readonly<Record<string, string>>,
  from = "main",
): string {
  const work = fs.mkdtempSync(path.join(folder, "work-"));
  const env = { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" };
  const run = (...args: readonly string[]): string =>
    execFileSync("git", ["-c", "user.name=Bob", "-c", "user.email=bob@example.org", ...args], {
      cwd: work,
      env,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    }).trim();
  run("init", "-q", "-b", "main");
  const known = [branch, from].find((name) => hasBranch(hub, name));
  if (known !== undefined) {
    run("fetch", "-q", hub.gitDir, `refs/heads/${known}`);
    run("reset", "-q", "--hard", "FETCH_HEAD");
  }
  for (const [name, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(work, name)), { recursive: true });
    fs.writeFileSync(path.join(work, name), text);
  }
  run("add", "-A");
  run("commit", "-q", "-m", `on ${branch}`);
  run("push", "-q", hub.gitDir, `HEAD:refs/heads/${branch}`);
  const sha = run("rev-parse", "HEAD");
  fs.rmSync(work, { recursive: true, force: true });
  return sha;
}

function hasBranch(hub: Hub, name: string): boolean {
  return git(hub, "for-each-ref", `refs/heads/${name}`) !== "";
}
