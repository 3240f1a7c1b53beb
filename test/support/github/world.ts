// A GitHub of its own for one test: a bare repository with a first commit, its service, and hands for bots and people.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { execFileSync } from "node:child_process";
import { git } from "./git-side.ts";
import { addToken, addUser, makeHub, newId, type CheckRun, type Hub, type Review } from "./hub.ts";
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

export async function gitHubWorld(now: () => number = Date.now): Promise<GitHubWorld> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "cairn-github-"));
  const gitDir = path.join(folder, "hub.git");
  execFileSync("git", ["init", "-q", "--bare", "-b", "main", gitDir]);
  const hub = makeHub({ owner: "ada", name: "mill", gitDir, now });
  addToken(hub, TOKEN, { user: "ada" });
  const double = await startGitHub(hub);
  const world: GitHubWorld = {
    double,
    hub,
    folder,
    push: (branch, files, from) => push(hub, folder, branch, files, from),
    check: (sha, name, conclusion, more = {}) => {
      const run: CheckRun = {
        id: newId(hub),
        sha,
        name,
        app: "github-actions",
        status: conclusion === null ? "in_progress" : "completed",
        conclusion,
        output: { title: null, summary: null, text: null },
        annotations: [],
        log: "",
        ...more,
      };
      hub.checks.set(run.id, run);
      return run;
    },
    review: (pull, author, state, body, commit) => {
      const review = { id: newId(hub), pull, author, state, body, commit, submittedAt: hub.now() };
      hub.reviews.set(review.id, review);
      return review;
    },
    thread: (pull, author, { path: file, line }, body, commit) => {
      const id = `PRRT_${newId(hub)}`;
      const first = { id: newId(hub), review: null, author, body, createdAt: hub.now() };
      hub.threads.set(id, {
        id,
        pull,
        path: file,
        line,
        commit,
        resolved: false,
        comments: [first],
      });
      return id;
    },
    close: async () => {
      await double.close();
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
  addUser(hub, "coderabbitai", "Bot");
  addUser(hub, "claude", "Bot");
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
